import EaselModel
import FoundationEssentials
import Testing

@testable import EaselStore

@Suite("SQLite store: reading JSON")
struct JSONReaderTests {
  private func read<T: Decodable>(_ text: String, as type: T.Type) throws -> T {
    try Array(text.utf8).withUnsafeBytes { try JSONReader(texts: 256).decode(type, from: $0) }
  }

  @Test("what Foundation writes, spaced or not, is read as Foundation reads it", arguments: Kind.allCases)
  func foundation(_ kind: Kind) throws {
    for seed in 200..<220 as Range<UInt64> {
      let record = try randomRecord(kind, seed: seed)
      let encoder = JSONEncoder()
      if seed % 2 == 0 { encoder.outputFormatting = [.prettyPrinted, .sortedKeys] }
      let data = try encoder.encode(record.resource)
      let found = try data.withUnsafeBytes { try RecordCoding(.follower).decode(kind, $0, path: "") }
      #expect(found == record, "seed \(seed)")
    }
  }

  @Test("escapes, surrogate pairs and numbers")
  func values() throws {
    #expect(
      try read(#"["a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude80","é🚀"]"#, as: [String].self) == [
        "a\"\\/\u{8}\u{c}\n\r\té🚀", "é🚀",
      ])
    #expect(try read("[0,-1,9223372036854775807,-9223372036854775808]", as: [Int64].self) == [0, -1, .max, .min])
    #expect(try read("[0,1.5,-2e3]", as: [Double].self) == [0, 1.5, -2000])
    #expect(try read(#" { "b" : "2" , "a" : "1" } "#, as: [String: String].self) == ["a": "1", "b": "2"])
    #expect(try read("[[],[true],[false,true]]", as: [[Bool]].self) == [[], [true], [false, true]])
    #expect(try read("{}", as: [String: String].self).isEmpty)
  }

  @Test(
    "what is no JSON, or of another type, is refused",
    arguments: [
      "", "[", "[1", "[1,]", "[1 2]", "{\"a\":1}", "[\"a\"]", "[1]x", "nul", "[9223372036854775808]", "[1.5]", "[--1]",
      "[-]",
      "[\"\\", String(repeating: "[", count: 1000),
    ])
  func refused(_ text: String) { #expect(throws: (any Error).self) { try read(text, as: [Int64].self) } }

  @Test("every beginning of an object is refused, none brings the reader down")
  func beginnings() throws {
    for kind in Kind.allCases {
      let bytes = try RecordCoding(.follower).encode(try randomRecord(kind, seed: 7))
      for count in stride(from: 0, to: bytes.count - 1, by: 3) {
        #expect(throws: EaselError.self) {
          try bytes[..<count].withUnsafeBytes { try RecordCoding(.follower).decode(kind, $0, path: "") }
        }
      }
    }
  }
}
