/// Rules for text that ends up in a command's arguments or in a file on a host: everything that is not plainly harmless is refused.
enum Argument {
  private static func isLowerOrDigit(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerOrDigit(byte) || (65...90).contains(byte) }

  /// An RFC 1123 label: what cluster names are.
  static func isLabel(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isLowerOrDigit(first) && isLowerOrDigit(last) && bytes.allSatisfy { isLowerOrDigit($0) || $0 == 45 }
  }

  /// An RFC 1123 subdomain: what node names and endpoints' hosts are.
  static func isSubdomain(_ text: String) -> Bool {
    text.utf8.count <= 253 && !text.isEmpty
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel(String($0)) }
  }

  /// A dotted IPv4 address without leading zeros.
  static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { isNumber($0, upTo: 255) }
  }

  /// An IPv4 network such as `10.244.1.0/24`.
  static func isIPv4Network(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && isIPv4(String(parts[0])) && isNumber(parts[1], upTo: 32)
  }

  /// `host:port`, the host a name or an IPv4 address.
  static func isEndpoint(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && (isSubdomain(String(parts[0])) || isIPv4(String(parts[0])))
      && isNumber(parts[1], upTo: 65_535) && parts[1] != "0"
  }

  /// A uid: letters, digits, dash, dot and underscore, not starting with a dash or dot.
  static func isIdentity(_ text: String) -> Bool { isFileName(text) && text.utf8.count <= 128 }

  /// One component of a path that cannot be mistaken for an option or a parent directory.
  static func isFileName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isAlphanumeric(first) || first == 95 else { return false }
    return text.utf8.count <= 255 && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 }
  }

  /// `[prefix/]name` as Kubernetes writes label and taint keys.
  static func isQualifiedName(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.last, parts.count <= 2, !name.isEmpty, isLabelValue(name) else { return false }
    return parts.count == 1 || isSubdomain(parts[0])
  }

  /// A label's value: empty, or up to 63 letters, digits, `-`, `_`, `.`, with a letter or digit at both ends.
  static func isLabelValue(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last else { return true }
    return bytes.count <= 63 && isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 }
  }

  /// `registry/path:tag`, possibly with a port or a digest.
  static func isImageReference(_ text: String) -> Bool {
    guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 512 else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || [45, 46, 47, 58, 64, 95].contains($0) }
  }

  private static func isNumber(_ text: Substring, upTo limit: Int) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text)
    else { return false }
    return value <= limit && (text == "0" || !text.hasPrefix("0"))
  }
}
