import EaselModel
import EaselYAML
import Testing

@Suite("Files: hostile input")
struct HostileInputTests {
  func code(_ bytes: [UInt8]) -> String? {
    failure { _ = try ManifestReader.read(bytes: bytes, file: "t") }?.code
  }

  @Test("garbage is refused with a place and never crashes")
  func garbage() {
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededGenerator(state: seed)
      let bytes = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
      let error = failure { _ = try ManifestReader.read(bytes: bytes, file: "t") }
      #expect(error?.category == .usage && error?.line != nil)
    }
  }

  @Test("valid files with a few bytes changed are read or refused, never more")
  func mutations() throws {
    let text = Array(try ManifestWriter.yaml(.cluster(cluster("edge"))).utf8)
    let marks = Array("{}[]:,-&*!|>'\"%@`#?\n\t \\\0".utf8)
    for seed in 0..<500 as Range<UInt64> {
      var random = SeededGenerator(state: seed)
      var bytes = text
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = marks.randomElement(using: &random)!
      }
      if let error = failure({ _ = try ManifestReader.read(bytes: bytes, file: "t") }) {
        #expect(error.category == .usage && error.code != "Untyped" && error.line != nil, "seed \(seed): \(error)")
      }
    }
  }

  @Test("nesting ends at a limit", arguments: ["[", "{a: ", "- ", "{", "? "])
  func nesting(_ opening: String) {
    let bytes = Array(String(repeating: opening, count: 50_000).utf8)
    #expect(["TooLarge", "InvalidYAML"].contains(code(bytes)))
  }

  @Test("NUL, invalid UTF-8 and other encodings are refused with their place")
  func encodings() {
    let head = Array("apiVersion: easel.internal/v1\nkind: ".utf8)
    for bytes: [UInt8] in [[0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc3], [0x1b]] {
      let error = failure { _ = try ManifestReader.read(bytes: head + bytes + [0x0a], file: "t") }
      #expect(
        error?.code == "InvalidYAML" && error?.line == 2 && (7...8).contains(error?.column ?? 0),
        "\(bytes): \(String(describing: error))"
      )
    }
    #expect(code([0xff, 0xfe, 0x61, 0x00]) == "InvalidYAML")
  }

  @Test("aliases that multiply are refused, honest ones are read")
  func aliases() throws {
    var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in 1..<20 {
      bomb += "a\(level): &a\(level) [" + String(repeating: "*a\(level - 1),", count: 9) + "*a\(level - 1)]\n"
    }
    #expect(code(Array(bomb.utf8)) == "TooLarge")
    #expect(code(Array("a: &a [*a]".utf8)) == "InvalidYAML")
    #expect(code(Array("a: *b".utf8)) == "InvalidYAML")
    let text = """
      apiVersion: easel.internal/v1
      kind: Cluster
      metadata: {name: edge}
      spec:
        profile: {name: k, version: v}
        kubernetesVersion: v1.31.4
        pools:
        - {name: a, replicas: 1, labels: &common {tier: front}}
        - {name: b, replicas: 1, labels: *common}
      """
    guard case .cluster(let read)? = try ManifestReader.read(text: text, file: "t").first?.record else { return }
    #expect(read.spec.pools.map(\.labels) == [["tier": "front"], ["tier": "front"]])
  }

  @Test("tags, merge keys, complex keys and oversized files are refused")
  func unsupported() {
    #expect(code(Array("a: !!binary aGk=".utf8)) == "InvalidYAML")
    #expect(code(Array("a: {<<: {b: c}}".utf8)) == "InvalidYAML")
    #expect(code(Array("[a]: b".utf8)) == "InvalidYAML")
    #expect(code([UInt8](repeating: 0x20, count: YAMLReader.mostBytes + 1)) == "TooLarge")
    #expect(code(Array("%YAML 3.0\n---\na".utf8)) == "InvalidYAML")
  }

  @Test("JSON as other programs write it is read, escapes beyond U+FFFF included")
  func json() throws {
    let text =
      #"{"apiVersion":"easel.internal\/v1","kind":"Host","metadata":{"name":"h","labels":{"a":"\ud83d\ude00\\ud83d\u00e9"}},"#
      + "\n\t\"spec\":{\"address\":\"192.0.2.1\",\"port\":22,\"maintenance\":true}}"
    guard case .host(let host)? = try ManifestReader.read(text: text, file: "t").first?.record else {
      Issue.record("not a host")
      return
    }
    #expect(host.metadata.labels == ["a": "😀\\ud83dé"] && host.spec.port == 22 && host.spec.maintenance)
    #expect(code(Array(#"{"a":"\ud83d"}"#.utf8)) == "InvalidYAML")
  }
}
