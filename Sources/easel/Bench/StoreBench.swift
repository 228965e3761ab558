import EaselModel

import EaselRuntime
import EaselStore
import FoundationEssentials

/// How fast objects are written, against the sqlite3 shell on the same data.
enum StoreBench {
  static func rows(runs: Int) throws -> [[String]] {
    var rows: [[String]] = []
    for size in [1, 100] {
      let count = size == 1 ? 2_000 : 20_000
      let own = try Measurement.median((0..<runs).map { _ in try ours(count: count, perTransaction: size) })
      let others = try Measurement.median((0..<runs).map { _ in try shell(count: count, perTransaction: size) })
      let title = "store: objects written per second, \(size) in a transaction"
      rows.append([title, Measurement.short(own), "sqlite3 shell: \(Measurement.short(others))"])
    }
    return rows
  }

  private static func host(_ number: Int) -> Host {
    var host = Host(
      metadata: Metadata(name: "host\(number)", uid: UID("host-\(number)"), createdAt: .zero),
      spec: SiteFounding.simulatedHost(number).spec)
    host.status.inventory = Inventory(
      hostname: "host\(number)", architecture: "x86_64", operatingSystem: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.1.0", cpuCount: 8, memoryBytes: 16 << 30, cgroupMode: "v2", canSetOOMScore: true, swapBytes: 0,
      hasKernelModules: true, machineID: "machine\(number)", productUUID: "uuid\(number)",
      disks: [Inventory.Disk(mountPoint: "/", totalBytes: 100 << 30, freeBytes: 80 << 30)],
      interfaces: [
        Inventory.Interface(
          name: "eth0", hardwareAddress: "02:00:00:00:00:01", addresses: [host.spec.address + "/24"], up: true)
      ], clockSkewSeconds: 0)
    return host
  }

  private static func ours(count: Int, perTransaction size: Int) throws -> Double {
    let folder = try ScratchFolder()
    let store = try SQLiteStore.open(directory: folder.path + "/site", create: true)
    let hosts = (0..<count).map { Record.host(host($0)) }
    let seconds = try Measurement.time {
      for start in stride(from: 0, to: count, by: size) {
        try store.write(epoch: nil) { writer in
          for record in hosts[start..<start + size] { try writer.put(record, expecting: 0) }
        }
      }
    }
    return Double(count) / seconds
  }

  /// The same bodies as SQL text on the shell's standard input, with the same journal, synchronisation and indexes.
  private static func shell(count: Int, perTransaction size: Int) throws -> Double {
    let folder = try ScratchFolder()
    var sql = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;\n"
    sql += "CREATE TABLE objects (uid TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, scope TEXT,"
    sql += " version INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (kind, name)) STRICT;\n"
    sql += "CREATE INDEX by_version ON objects (version); CREATE INDEX by_scope ON objects (kind, scope);\n"
    for start in stride(from: 0, to: count, by: size) {
      sql += "BEGIN IMMEDIATE;\n"
      for number in start..<start + size {
        let host = host(number)
        let body = try jsonLine(host).replacing("'", with: "''")
        sql += "INSERT INTO objects VALUES ('\(host.uid)','Host','\(host.name)',NULL,\(number),'\(body)');\n"
      }
      sql += "COMMIT;\n"
    }
    let script = folder.path + "/script.sql"
    try Data(sql.utf8).write(to: URL(filePath: script))
    let seconds = try Measurement.time {
      let run = try Children.run(["sqlite3", folder.path + "/shell.db", ".read \(script)"])
      guard run.status == 0 else {
        throw EaselError(
          .failed, "ShellFailed", "running sqlite3: \(run.errors)", advice: "install the Debian package sqlite3")
      }
    }
    return Double(count) / seconds
  }
}
