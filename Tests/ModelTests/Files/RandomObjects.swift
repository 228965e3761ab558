// swift-format-ignore-file: NeverForceUnwrap

import EaselModel

/// SplitMix64: the same seed gives the same values everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A decoder that makes values up: any `Decodable` type gets random fields, its optional ones only now and then.
final class RandomDecoder: Decoder {
  var random: SeededGenerator
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(seed: UInt64) { random = SeededGenerator(state: seed) }

  static let strings = [
    "", "a", "yes", "No", "on", "true", "null", "~", "123", "1.5", "1e3", "0x10", "-1", ".inf", ".nan", "2026-01-31",
    "1:20",
    " lead", "trail ", "a: b", "a #b", "#c", "- d", "? e", "*alias", "&anchor", "!tag", "|", ">", "%", "@at", "`tick",
    "{x}", "[y]", "a,b", "'single'", "\"double\"", "back\\slash", "line\nbreak", "\n", "tab\there", "cr\rx",
    "nul\u{0}x",
    "bell\u{7}", "del\u{7f}", "nel\u{85}x", "ls\u{2028}ps\u{2029}", "bom\u{feff}x", "ünïcödé", "日本語", "😀👩‍👩‍👧", "e\u{301}",
    "\u{fffe}", "10.0.0.0/8", "10.244.0.0", "v1.31.4", "api.edge:6443", "key:", ":x", "a:", "...", "---", "--- x", "=",
    "<<",
    "\\ud83d\\ude00", "\\u0041", "y", "N", "0o7", "012", "1_000", "+1", "a  b", "a\u{a0}b", "\u{1F600}\\",
    String(repeating: "long ", count: 60),
  ]

  func string() -> String {
    if Int.random(in: 0..<4, using: &random) > 0 { return Self.strings.randomElement(using: &random)! }
    let count = Int.random(in: 0..<12, using: &random)
    return String(
      String.UnicodeScalarView(
        (0..<count).map { _ in
          let ranges: [ClosedRange<UInt32>] = [0...0x7f, 0x80...0x2fff, 0xe000...0xffff, 0x10000...0x10ffff]
          return Unicode.Scalar(UInt32.random(in: ranges.randomElement(using: &random)!, using: &random))!
        }))
  }

  func integer<I: FixedWidthInteger>(_: I.Type) -> I {
    [0, 1, 42, I.max, I.min, I(truncatingIfNeeded: random.next())].randomElement(using: &random)!
  }

  private func reference() -> ObjectReference {
    ObjectReference(kind: pick(Kind.allCases), name: string(), uid: UID(string()))
  }
  private func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &random)! }
  private func time() -> Timestamp {
    Timestamp(milliseconds: pick([0, 1, 999, -1, -62_135_596_800_000, 253_402_300_799_999, 1_769_861_234_567]))
  }

  /// A value of the types whose decoding takes only certain texts or shapes.
  private func special<T>(_ type: T.Type) -> Any? {
    if let words = type as? any CaseIterable.Type {
      return (words.allCases as any Collection).randomElement(using: &random)
    }
    switch type {
    case is Timestamp.Type: return time()
    case is KubernetesVersion.Type:
      return KubernetesVersion(pick(["v1.31.4", "v1.32.0-rc.1", "v1.30.1+k3s1", "v0.0.0"]))!
    case is Condition.Status.Type: return pick([Condition.Status.yes, .no, .unknown])
    case is Machine.Phase.Type: return pick([Machine.Phase.pending, .running, .failed])
    case is Machine.Binding.Type: return pick([Machine.Binding.host(reference()), .provider(string())])
    case is Cluster.Phase.Type: return pick([Cluster.Phase.pending, .running, .scaling])
    case is Host.Phase.Type: return pick([Host.Phase.ready, .notReady, .unknown])
    case is EaselModel.Operation.Control.Type:
      return pick([
        EaselModel.Operation.Control.abort(at: time()), .retry(step: string(), item: nil, at: time()),
        .skip(step: string(), item: string(), at: time()),
      ])
    case is EaselModel.Operation.Phase.Type: return pick([EaselModel.Operation.Phase.pending, .stopped])
    case is EaselModel.Operation.StepState.Type: return pick([EaselModel.Operation.StepState.waiting, .skipped])
    case is DurableTask.Target.Type:
      return pick([DurableTask.Target.host(reference()), .kubernetes(reference())])
    case is DurableTask.State.Type: return pick([DurableTask.State.pending, .unknown])
    case is TaskVerb.Type: return pick([TaskVerb.drain, .checkCertificates])
    default: return nil
    }
  }

  func make<T: Decodable>(_ type: T.Type) throws -> T {
    if let value = special(type) { return value as! T }
    if type == String.self { return string() as! T }
    if type == Bool.self { return Bool.random(using: &random) as! T }
    if type == Double.self { return pick([0, -0.5, 1e-300, 1e21, 0.1, 123456.789, .pi]) as! T }
    if let type = type as? any FixedWidthInteger.Type { return integer(type) as! T }
    return try T(from: self)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields(decoder: self))
  }
  func unkeyedContainer() -> any UnkeyedDecodingContainer {
    Elements(decoder: self, count: Int.random(in: 0..<4, using: &random))
  }
  func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

  struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RandomDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] {
      let count = Int.random(in: 0..<4, using: &decoder.random)
      return Set((0..<count).map { _ in decoder.string() }).compactMap { Key(stringValue: $0) }
    }
    func contains(_ key: Key) -> Bool { Bool.random(using: &decoder.random) }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder.make(type) }
    func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) -> KeyedDecodingContainer<N> {
      decoder.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
  }

  struct Elements: UnkeyedDecodingContainer {
    let decoder: RandomDecoder
    var count: Int?
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var isAtEnd: Bool { currentIndex >= count! }

    init(decoder: RandomDecoder, count: Int) { (self.decoder, self.count) = (decoder, count) }

    mutating func decodeNil() -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
      currentIndex += 1
      return try decoder.make(type)
    }
    mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type) -> KeyedDecodingContainer<N> {
      decoder.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    mutating func superDecoder() -> any Decoder { decoder }
  }

  struct Single: SingleValueDecodingContainer {
    let decoder: RandomDecoder
    var codingPath: [any CodingKey] { [] }
    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.make(type) }
  }
}

/// A made-up object of a kind; the same seed gives the same object.
func randomRecord(_ kind: Kind, seed: UInt64) throws -> Record {
  let decoder = RandomDecoder(seed: seed)
  return switch kind {
  case .site: .site(try decoder.make(Site.self))
  case .host: .host(try decoder.make(Host.self))
  case .cluster: .cluster(try decoder.make(Cluster.self))
  case .machine: .machine(try decoder.make(Machine.self))
  case .profile: .profile(try decoder.make(Profile.self))
  case .operation: .operation(try decoder.make(EaselModel.Operation.self))
  case .task: .task(try decoder.make(DurableTask.self))
  }
}
