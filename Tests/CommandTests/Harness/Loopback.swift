import EaselProcess
import Glibc

/// Programs that tests start beside Easel, and ports for them on loopback.
enum Loopback {
  /// A program whose output and errors are read.
  static func start(_ arguments: [String]) throws -> ChildProcess {
    var launch = ChildProcess.Launch(arguments)
    launch.output = .pipe
    launch.errors = .pipe
    return try ChildProcess(launch)
  }

  /// A port that was free a moment ago.
  static func freePort() throws -> Int {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard bound else { throw SystemError("find a free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
