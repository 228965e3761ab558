import CSys
import EaselAgentProtocol
import Glibc

/// The host's network interfaces but the loopback, by name.
enum NetworkInterfaces {
  static func read() -> [InventoryReply.Interface] {
    let addresses = addresses()
    return (Files.names(in: "/sys/class/net") ?? []).filter { $0 != "lo" }.map { name in
      InventoryReply.Interface(
        name: name, hardwareAddress: Files.text("/sys/class/net/\(name)/address") ?? "",
        addresses: addresses[name] ?? [], up: Files.text("/sys/class/net/\(name)/operstate") != "down")
    }
  }

  /// getifaddrs asks the kernel by netlink and needs no resolver, so it is safe in a static executable.
  private static func addresses() -> [String: [String]] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [:] }
    defer { freeifaddrs(first) }
    var found: [String: [String]] = [:]
    var next = first
    while let entry = next {
      next = entry.pointee.ifa_next
      guard let address = entry.pointee.ifa_addr, let name = entry.pointee.ifa_name else { continue }
      let family = Int32(address.pointee.sa_family)
      guard family == AF_INET || family == AF_INET6 else { continue }
      let prefix = entry.pointee.ifa_netmask.map { bytes($0, family).reduce(0) { $0 + $1.nonzeroBitCount } } ?? 0
      if let text = text(bytes(address, family), family) {
        found[String(cString: name), default: []].append("\(text)/\(prefix)")
      }
    }
    return found
  }

  private static func bytes(_ address: UnsafeMutablePointer<sockaddr>, _ family: Int32) -> [UInt8] {
    let raw = UnsafeRawPointer(address)
    return family == AF_INET
      ? withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
      : withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
  }

  private static func text(_ bytes: [UInt8], _ family: Int32) -> String? {
    var buffer = [CChar](repeating: 0, count: 64)
    guard inet_ntop(family, bytes, &buffer, 64) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
