import EaselModel
import EaselRuntime
import FoundationEssentials
import Glibc

/// What was typed and not yet sent, and texts for the pager and the editor: files in the state directory, for its owner alone.
struct Drafts: Sendable {
  private let folder: String

  init(_ directory: StateDirectory) { folder = directory.path + "/drafts" }

  func keep(_ name: String, _ text: String?) {
    guard let text else {
      unlink(path(name))
      return
    }
    _ = try? write(text, to: path(name))
  }

  func text(_ name: String) -> String? {
    (try? Data(contentsOf: URL(filePath: path(name)))).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A file with the text, for a program that wants one.
  ///
  /// - Throws: `FileNotWritten`.
  func file(_ name: String, _ text: String) throws -> String {
    try write(text, to: path(name))
    return path(name)
  }

  private func write(_ text: String, to path: String) throws {
    mkdir(folder, 0o700)
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw EaselError(.failed, "FileNotWritten", "writing \(path) failed") }
  }

  private func path(_ name: String) -> String {
    "\(folder)/\(String(name.map { $0.isLetter || $0.isNumber || "-._".contains($0) ? $0 : "_" }))"
  }
}

/// Where this program was put, and on what.
enum Installation {
  /// Folders of read-only files that come with the program: beside it, then the system's.
  static func shared(_ name: String) -> [String] {
    let folder = EngineStarter.thisProgram().split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    return ["\(folder)/../share/easel/\(name)", "/usr/share/easel/\(name)"]
  }

  /// This machine's name up to its first dot, fit to be an object's name.
  static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    gethostname(&buffer, buffer.count - 1)
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let plain = name.prefix { $0 != "." }.lowercased().filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
    }
    return plain.isEmpty ? "this-machine" : plain
  }
}

extension Installation {
  /// The first IPv4 address of this machine that other machines may reach: of an interface that is up and no loopback.
  static func address() -> String? { addresses().first }

  /// All of these.
  static func addresses() -> [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var next = list
    var found: [String] = []
    while let entry = next?.pointee {
      next = entry.ifa_next
      guard let address = entry.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET),
        entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0, entry.ifa_flags & UInt32(IFF_UP) != 0
      else { continue }
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(
        address, socklen_t(MemoryLayout<sockaddr_in>.size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      {
        found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
    }
    return found
  }
}
