import EaselModel
@testable import EaselStore
import Glibc
import Testing

@Suite("SQLite store: moving the log into the database")
struct CheckpointerTests {
  /// Writes about `megabytes` into the log, in transactions of about 64 KB.
  func write(_ megabytes: Int, to store: SQLiteStore) throws {
    let block = [UInt8](repeating: 7, count: 60_000)
    for index in 0..<megabytes * 16 {
      try store.write(epoch: nil) { try $0.setWorldPart("part \(index % 50)", block) }
    }
  }

  func logBytes(_ directory: TemporaryDirectory) -> Int {
    var status = stat()
    return stat(directory.path + "/state.db-wal", &status) == 0 ? status.st_size : 0
  }

  @Test("the log of a store that is written to without end stays bounded, and nothing is lost")
  func bounded() throws {
    let directory = TemporaryDirectory()
    do {
      let store = try SQLiteStore.open(directory: directory.path, create: true)
      try write(200, to: store)
      #expect(logBytes(directory) < 80 << 20)
      #expect(try store.checkIntegrity().isEmpty)
    }
    // The last one who leaves takes the log with it: the thread's connection is closed, too.
    #expect(logBytes(directory) == 0)
    let again = try SQLiteStore.open(directory: directory.path, create: false)
    #expect(try again.read { try $0.worldParts() }.count == 50)
  }

  @Test("a reader that stays keeps its picture, the log waits for it, and starts anew after it")
  func heldByReader() throws {
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    try store.write(epoch: nil) { try $0.setWorldPart("part 0", [1]) }
    try store.read { reader throws in
      #expect(try reader.worldPart("part 0") == [1])
      try write(40, to: store)
      #expect(logBytes(directory) > 30 << 20)
      #expect(try reader.worldPart("part 0") == [1])
    }
    let held = logBytes(directory)
    try write(200, to: store)
    #expect(logBytes(directory) < held + 80 << 20)
    #expect(try store.checkIntegrity().isEmpty)
  }
}
