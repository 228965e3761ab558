import EaselModel
import EaselStore
import Glibc

/// Object writes in transactions of 1 and of 100, beside the sqlite3 shell that writes the same rows with the same settings.
enum StoreBench {
  private static let runs = 3

  static func run() throws -> Report {
    var report = Report("Store: new objects of about 1 KB, WAL, synchronous=FULL (median of \(runs) runs)")
    for (size, count) in [(1, 1000), (100, 20_000)] {
      var ours: [Double] = []
      var shell: [Double] = []
      for _ in 0..<runs {
        ours.append(try withTemporaryFolder { try easel(count: count, perTransaction: size, in: $0) })
        shell.append(try withTemporaryFolder { try sqlite3(count: count, perTransaction: size, in: $0) })
      }
      let (rate, other) = (Double(count) / median(ours), Double(count) / median(shell))
      report.row(
        "transactions of \(size)", short(rate, "objects/s"),
        beside: "sqlite3 shell \(short(other)) objects/s, ratio \(short(rate / other))")
    }
    return report
  }

  private static func easel(count: Int, perTransaction size: Int, in folder: String) throws -> Double {
    let store = try SQLiteStore.open(directory: folder + "/state", create: true)
    let machines = (0..<count).map { machine($0) }
    return try measure {
      for first in stride(from: 0, to: count, by: size) {
        try store.write(epoch: nil) { writer in
          for machine in machines[first..<min(count, first + size)] {
            try writer.put(.machine(machine), expecting: 0)
          }
        }
      }
    }.wall
  }

  /// The same bodies as SQL text, into a database that the store has laid out.
  private static func sqlite3(count: Int, perTransaction size: Int, in folder: String) throws -> Double {
    let store = try SQLiteStore.open(directory: folder + "/state", create: true)
    let bodies = try ManifestBody.texts(of: (0..<count).map { machine($0) }, through: store)
    var sql = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;\nDELETE FROM objects;\n"
    for first in stride(from: 0, to: count, by: size) {
      sql += "BEGIN IMMEDIATE;\n"
      for index in first..<min(count, first + size) {
        let body = bodies[index].split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        sql +=
          "INSERT INTO objects (uid, kind, name, scope, version, body) VALUES ('m-\(index)', 'Machine', 'edge-\(index)', "
          + "'cluster-1', \(index + 1), '\(body)');\n"
      }
      sql += "UPDATE counter SET version = \(first + size);\nCOMMIT;\n"
    }
    let script = folder + "/insert.sql"
    try writeFile(script, sql)
    return try measure {
      let status = try runProgram(
        ["sqlite3", "-batch", folder + "/state/state.db"], input: script, output: folder + "/shell.out")
      guard status == 0 else { throw BenchError("the sqlite3 shell ended with status \(status)") }
    }.wall
  }

  static func machine(_ index: Int) -> Machine {
    var machine = Machine(
      metadata: Metadata(
        name: "edge-\(index)", uid: UID("m-\(index)"), createdAt: Timestamp(milliseconds: 1_767_225_600_000),
        labels: ["site": "north", "rack": "r\(index % 40)"]),
      spec: Machine.Spec(
        cluster: ObjectReference(kind: .cluster, name: "edge", uid: "cluster-1"), role: .worker, pool: "workers",
        binding: .host(ObjectReference(kind: .host, name: "host-\(index)", uid: UID("h-\(index)"))),
        nodeName: "host-\(index)", address: "10.0.\(index / 250 % 250).\(index % 250)",
        podCIDR: "10.244.\(index % 250).0/24"))
    machine.status.phase = .running
    machine.status.kubeletVersion = KubernetesVersion(major: 1, minor: 31, patch: 4)
    for type in ["Ready", "HostReachable", "Connected"] {
      machine.status.conditions.set(
        type, .yes, reason: "AsItShouldBe", message: "seen by the agent of the machine's own host",
        at: Timestamp(milliseconds: 1_767_225_600_000))
    }
    return machine
  }
}

/// The bodies of objects exactly as the store writes them.
private enum ManifestBody {
  static func texts(of machines: [Machine], through store: SQLiteStore) throws -> [String] {
    let output = store.path + "/bodies"
    try store.write(epoch: nil) { writer in
      for machine in machines { try writer.put(.machine(machine), expecting: 0) }
    }
    let status = try runProgram(
      ["sqlite3", "-batch", store.path + "/state.db", "SELECT body FROM objects ORDER BY version"], output: output)
    guard status == 0 else { throw BenchError("the sqlite3 shell ended with status \(status)") }
    let lines = try readFile(output).split(separator: "\n").map(String.init)
    guard lines.count == machines.count else { throw BenchError("read \(lines.count) bodies back") }
    return lines
  }
}

func writeFile(_ path: String, _ text: String) throws {
  let file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
  guard file >= 0 else { throw BenchError("cannot write \(path)") }
  defer { close(file) }
  var bytes = ArraySlice(text.utf8)
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard count > 0 else { throw BenchError("cannot write \(path)") }
    bytes = bytes.dropFirst(count)
  }
}

func readFile(_ path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw BenchError("cannot read \(path)") }
  defer { close(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(file, &block, block.count)
    guard count >= 0 else { throw BenchError("cannot read \(path)") }
    if count == 0 { break }
    bytes += block[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
