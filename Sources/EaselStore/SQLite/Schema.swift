/// One step of the schema from the version before to `version`.
package struct Migration: Sendable {
  package var version: Int64
  /// SQL statements; they run in one transaction with all other missing steps.
  package var sql: String

  package init(version: Int64, sql: String) { (self.version, self.sql) = (version, sql) }
}

/// What the database looks like. A published step never changes; a new version is a new step at the end.
package enum Schema {
  /// "Easl": tells our files from other programs' (SQLite's `application_id`).
  static let applicationID: Int64 = 0x4561_736C

  package static let migrations: [Migration] = [Migration(version: 1, sql: first)]

  private static let first = """
    -- The number of the last write, and the newest deletion that the change feed has forgotten.
    CREATE TABLE counter (
      id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, pruned INTEGER NOT NULL
    ) STRICT;
    INSERT INTO counter VALUES (1, 0, 0);

    -- Named objects of every kind; the body is the whole object as JSON.
    CREATE TABLE objects (
      uid TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, scope TEXT, version INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX objects_name ON objects (kind, name);
    CREATE INDEX objects_scope ON objects (scope, kind, name) WHERE scope IS NOT NULL;
    CREATE INDEX objects_version ON objects (version);

    CREATE TABLE deletions (version INTEGER PRIMARY KEY, kind TEXT NOT NULL, uid TEXT NOT NULL) STRICT;

    -- A host is in at most one cluster, and a pod network of a cluster belongs to one machine.
    CREATE TABLE claims (
      host TEXT NOT NULL PRIMARY KEY, cluster TEXT NOT NULL, machine TEXT NOT NULL, pod_cidr TEXT NOT NULL,
      claimed_at INTEGER NOT NULL, UNIQUE (cluster, pod_cidr)
    ) STRICT;

    CREATE TABLE observations (
      object TEXT NOT NULL, source TEXT NOT NULL, sequence INTEGER NOT NULL, version INTEGER NOT NULL,
      body TEXT NOT NULL, PRIMARY KEY (object, source)
    ) STRICT;
    CREATE INDEX observations_version ON observations (version);

    -- AUTOINCREMENT: a number is never given twice, also after pruning.
    CREATE TABLE events (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, severity TEXT NOT NULL, reason TEXT NOT NULL,
      message TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, operation TEXT, scope TEXT
    ) STRICT;
    CREATE INDEX events_uid ON events (uid);
    CREATE INDEX events_scope ON events (scope) WHERE scope IS NOT NULL;

    -- `previous` repeats the hash of the record before, so that each record can be checked by itself.
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, verb TEXT NOT NULL, kind TEXT NOT NULL,
      name TEXT NOT NULL, uid TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;

    CREATE TABLE lease (
      id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, holder TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE secrets (name TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL, expires_at INTEGER) STRICT;

    CREATE TABLE world (key TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    """
}
