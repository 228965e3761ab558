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

  @Test("as many problems as anybody reads are told of a file that is wrong throughout")
  func manyProblems() {
    let head = "apiVersion: easel.internal/v1\nkind: Host\nmetadata: {name: h}\nspec:\n  address: 192.0.2.1\n"
    let fields = head + (0..<50_000).map { "  f\($0): 1\n" }.joined()
    let objects = (0..<5000).map { _ in head + "  port: x\n---\n" }.joined()
    for text in [fields, objects] {
      let error = failure { _ = try ManifestReader.read(text: text, file: "t") }
      #expect(error?.each.count == 100)
    }
  }

  @Test("the largest files of each kind of nonsense are refused with their place")
  func largest() {
    let size = YAMLReader.mostBytes
    func filled(_ piece: String) -> [UInt8] {
      Array(String(repeating: piece, count: size / piece.utf8.count).utf8)
    }
    for piece in [
      "a", "\t", "[", "{", "- ", "? ", "! ", "&a ", "*a ", "\"", "'", "|\n", "a: ", "a:\n", "- a\n", "a: 1\n", "#", "%",
      "---\n",
      "{a: ", "\u{feff}", "\\\u{0}", "[a, ", "a: &a\n", "é",
    ] {
      let error = failure { _ = try ManifestReader.read(bytes: filled(piece), file: "t") }
      #expect(
        piece == "#" ? error == nil : error?.category == .usage && error?.line != nil, "\(piece): \(error as Any)")
    }
    let garbage = [UInt8](repeating: 0xc3, count: 10 << 20)
    #expect(code(garbage) == "TooLarge")
  }

  @Test(
    "a tab in the place of an indent, a field that is there twice and numbers of any size are told with their place")
  func small() {
    func place(_ spec: String) -> String? {
      let text = "apiVersion: easel.internal/v1\nkind: Host\nmetadata: {name: h}\nspec:\n" + spec
      return failure { _ = try ManifestReader.read(text: text, file: "t") }.map {
        "\($0.code) \($0.line ?? 0):\($0.column ?? 0)"
      }
    }
    #expect(place("\taddress: x\n") == "InvalidYAML 5:1")
    #expect(place("  address: x\n  port: 1\n  address: y\n") == "DuplicateField 7:3")
    for number in [
      "1e400", "-1", "1e3", "99999999999999999999", "0x10000000000000000", ".inf", ".nan", "1.5",
      String(repeating: "9", count: 100_000),
    ] where number != "-1" {
      #expect(place("  address: x\n  port: \(number)\n") == "WrongType 6:9", "\(number.prefix(30))")
    }
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
