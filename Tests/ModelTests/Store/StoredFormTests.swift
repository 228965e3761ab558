import EaselModel
import EaselStore
import Testing

@Suite("SQLite store: stored form")
struct StoredFormTests {
  @Test("whatever an object holds is stored and loaded without loss", arguments: Kind.allCases)
  func roundTrip(_ kind: Kind) throws {
    let directory = TemporaryDirectory()
    let (store, other) = (
      try SQLiteStore.open(directory: directory.path, create: true),
      try SQLiteStore.open(directory: directory.path, create: false)
    )
    for seed in 100..<125 as Range<UInt64> {
      var record = try randomRecord(kind, seed: seed)
      record.version = try store.write(epoch: nil) { writer in
        try writer.records(kind, scope: nil).forEach { try writer.delete(kind, uid: $0.uid) }
        return try writer.put(record, expecting: 0)
      }
      // The other handle has not seen it and must decode it.
      #expect(try other.read { try $0.record(kind, uid: record.uid) } == record, "seed \(seed)")
    }
  }

  @Test(
    "times are written with four-digit years and read back",
    arguments: [
      ("1970-01-01T00:00:00.000Z", Int64(0)), ("1969-12-31T23:59:59.999Z", -1),
      ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("2026-02-28T09:05:03.007Z", 1_772_269_503_007),
    ])
  func times(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }
}
