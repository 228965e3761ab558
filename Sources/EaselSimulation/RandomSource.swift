/// A small deterministic generator (SplitMix64): the same seed gives the same numbers on every machine.
package struct RandomSource: RandomNumberGenerator, Codable, Sendable, Hashable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A generator of its own for one thing, independent of the order in which things happen.
  package init(seed: UInt64, for name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    state = seed &* 0x9e37_79b9_7f4a_7c15 ^ hash
    _ = next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// 0 up to, not including, 1.
  package mutating func chance() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  /// 0 up to, not including, `count`, which is 1 or more.
  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
}
