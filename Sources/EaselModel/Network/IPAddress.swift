/// An IPv4 or IPv6 address, read strictly: no leading zeros (some programs take them for octal), no zone.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Family: Hashable, Sendable {
    case v4, v6

    /// Bits of an address.
    package var width: Int { self == .v4 ? 32 : 128 }
  }

  package var family: Family
  /// The address as a number; an IPv4 address fills the lowest 32 bits.
  package var bits: UInt128

  package init(family: Family, bits: UInt128) { (self.family, self.bits) = (family, bits) }

  /// Reads `10.0.0.1` or `fd00::1`; nil for anything else.
  package init?(_ text: String) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      guard let bits = Self.parseV6(Substring(text)) else { return nil }
      self.init(family: .v6, bits: bits)
    } else {
      guard let bits = Self.parseV4(Substring(text)) else { return nil }
      self.init(family: .v4, bits: UInt128(bits))
    }
  }

  private static func parseV4(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = UInt8(part),
        part.utf8.count == 1 || !part.hasPrefix("0")
      else { return nil }
      bits = bits << 8 | UInt32(number)
    }
    return bits
  }

  private static func parseV6(_ text: Substring) -> UInt128? {
    guard text.utf8.count <= 45 else { return nil }
    // At most one "::" stands for as many zero groups as are missing (RFC 4291, 2.2).
    guard let gap = doubleColon(in: text) else {
      guard let groups = groups(text), groups.count == 8 else { return nil }
      return number(groups)
    }
    let rest = text[gap.upperBound...]
    guard doubleColon(in: rest) == nil, !rest.hasPrefix(":"), let head = groups(text[..<gap.lowerBound]),
      let tail = groups(rest), head.count + tail.count < 8
    else { return nil }
    return number(head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail)
  }

  private static func doubleColon(in text: Substring) -> Range<Substring.Index>? {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if next < text.endIndex, text[index] == ":", text[next] == ":" { return index..<text.index(after: next) }
      index = next
    }
    return nil
  }

  private static func groups(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var found: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
        guard let v4 = parseV4(part) else { return nil }
        found += [UInt16(v4 >> 16), UInt16(v4 & 0xffff)]
        continue
      }
      guard (1...4).contains(part.utf8.count), part.first != "+", let group = UInt16(part, radix: 16) else {
        return nil
      }
      found.append(group)
    }
    return found
  }

  private static func number(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

  /// The canonical text; IPv6 after RFC 5952: lower case, the longest run of zero groups as `::`.
  package var description: String {
    if family == .v4 { return (0..<4).map { String(bits >> (8 * (3 - $0)) & 0xff) }.joined(separator: ".") }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (16 * (7 - $0))) }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8 && groups[end] == 0 { end += 1 }
      if end - start > max(1, best.count) { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }

  package var isLoopback: Bool { family == .v4 ? bits >> 24 == 127 : bits == 1 }
  package var isUnspecified: Bool { bits == 0 }
  package var isMulticast: Bool { family == .v4 ? bits >> 28 == 0xe : bits >> 120 == 0xff }
}
