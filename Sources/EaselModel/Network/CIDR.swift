/// A network: an address whose host bits are zero, and how many leading bits name the network.
package struct CIDR: Hashable, Sendable, CustomStringConvertible {
  package let address: IPAddress
  package let length: Int

  /// The network that an address is in.
  package init(containing address: IPAddress, length: Int) {
    let width = address.family.width
    self.length = min(max(0, length), width)
    self.address = IPAddress(family: address.family, bits: address.bits & Self.mask(self.length, width))
  }

  /// Reads `10.244.0.0/16`; nil for anything else, also when host bits are set (then `canonical(of:)` says what was meant).
  package init?(_ text: String) {
    guard let (address, length) = Self.parse(text) else { return nil }
    self.init(containing: address, length: length)
    if self.address != address { return nil }
  }

  /// The network that a text with host bits set belongs to, for advice; nil when the text is no network at all.
  package static func canonical(of text: String) -> CIDR? {
    parse(text).map { CIDR(containing: $0.address, length: $0.length) }
  }

  private static func parse(_ text: String) -> (address: IPAddress, length: Int)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(String(parts[0])), (1...3).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1]), length <= address.family.width,
      parts[1].utf8.count == 1 || !parts[1].hasPrefix("0")
    else { return nil }
    return (address, length)
  }

  private static func mask(_ length: Int, _ width: Int) -> UInt128 {
    let all = width == 128 ? UInt128.max : (1 << UInt128(width)) - 1
    return length == 0 ? 0 : (all >> UInt128(width - length)) << UInt128(width - length)
  }

  package var description: String { "\(address)/\(length)" }

  package func contains(_ other: IPAddress) -> Bool {
    other.family == address.family && CIDR(containing: other, length: length) == self
  }

  package func contains(_ other: CIDR) -> Bool { other.length >= length && contains(other.address) }

  /// Two networks of one family overlap exactly when one contains the other.
  package func overlaps(_ other: CIDR) -> Bool { contains(other) || other.contains(self) }

  /// How many networks of a length fit; 0 when the length is shorter than this one's. At most `Int.max`.
  package func subnetCount(length: Int) -> Int {
    guard length >= self.length, length <= address.family.width else { return 0 }
    return length - self.length >= 63 ? Int.max : 1 << (length - self.length)
  }

  /// The network number `index`, from 0, of a length inside this one; nil when there are not so many.
  package func subnet(at index: Int, length: Int) -> CIDR? {
    guard index >= 0, index < subnetCount(length: length) else { return nil }
    let step = UInt128(address.family.width - length)
    return CIDR(
      containing: IPAddress(family: address.family, bits: address.bits | UInt128(index) << step), length: length)
  }

  /// The address number `index`, from 0 (the network itself); nil when there are not so many.
  package func address(at index: Int) -> IPAddress? { subnet(at: index, length: address.family.width)?.address }
}

extension Cluster.Network {
  /// Bits of the pod network that each machine gets of its own.
  package static let machinePrefixLength = 24

  /// The pod networks of the machines, in order; nil when the index is past the last.
  package func machineNetwork(at index: Int) -> CIDR? {
    CIDR(podCIDR)?.subnet(at: index, length: Self.machinePrefixLength)
  }
}
