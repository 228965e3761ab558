import EaselModel
import EaselRuntime
import EaselStore
import FoundationEssentials
import Glibc
import Testing

/// What is wrong with the files of a site is said in words, and changes nothing.
@Suite struct DamageTests {
  private func site() async throws -> TestSite {
    let site = try TestSite()
    let made = try await site.easel("site", "init")
    try #require(made.status == 0, "\(made.errors)")
    return site
  }

  @Test func `a corrupt database is named`() async throws {
    let site = try await site()
    try Data(repeating: 0x5A, count: 8192).write(to: URL(filePath: site.path + "/state.db"))
    for name in ["state.db-wal", "state.db-shm"] { unlink("\(site.path)/\(name)") }
    let run = try await site.easel("get", "hosts")
    #expect(run.status == 1)
    #expect(run.errors.contains("state.db"))
    let checkup = try await site.easel("doctor", "-o", "json")
    #expect(checkup.status == 1)
    let state = try JSON(checkup.output)["items"]?.array.first { $0["name"] == .string("state") }
    #expect(state?["result"] == .string("wrong"))
  }

  @Test func `an act whose record was changed in the database is found by audit verify`() async throws {
    let site = try await site()
    #expect(try await site.easel("audit", "verify").status == 0)
    var bytes = try Data(contentsOf: URL(filePath: site.path + "/audit.head"))
    bytes.removeAll()
    try bytes.write(to: URL(filePath: site.path + "/audit.head"))
    let run = try await site.easel("audit", "verify")
    #expect(run.status == 1)
    #expect(run.output.contains("audit.head"))
  }

  @Test func `a state directory that others may write to is refused`() async throws {
    let site = try await site()
    chmod(site.path, 0o777)
    let run = try await site.easel("get", "hosts")
    #expect(run.status != 0)
    #expect(run.errors.contains(site.path))
  }

  @Test func `a key that others may read is not used, and the checkup says so`() async throws {
    let site = try await site()
    chmod(site.path, 0o755)
    chmod(site.path + "/seal.key", 0o644)
    let checkup = try await site.easel("doctor", "-o", "json")
    let keys = try JSON(checkup.output)["items"]?.array.first { $0["name"] == .string("keys") }
    #expect(checkup.status == 1 && keys?["result"] == .string("wrong"), "\(checkup.output)")
    #expect(keys?["message"]?.string?.contains("chmod 600 '\(site.path)/seal.key'") == true, "\(keys as Any)")
    chmod(site.path + "/seal.key", 0o600)
    #expect(
      try JSON(try await site.easel("doctor", "-o", "json").output)["items"]?.array
        .first { $0["name"] == .string("keys") }?["result"] == .string("ok"))
  }

  @Test func `a site whose directory was removed under an open console is told, and comes back`() async throws {
    let site = try await site()
    let directory = StateDirectory(given: site.path)
    let store = try SQLiteStore.open(directory: site.path, create: false)
    let gate = SiteGate(directory: directory, store: store, starter: nil)
    _ = try gate.snapshot()
    rename(site.path + "/state.db", site.path + "/elsewhere.db")
    #expect {
      _ = try gate.snapshot()
    } throws: { error in
      (error as? EaselError)?.code == "SiteGone" && "\(error)".contains(site.path)
    }
    rename(site.path + "/elsewhere.db", site.path + "/state.db")
    _ = try gate.snapshot()
  }
}
