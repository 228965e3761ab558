import CSys
import Glibc

/// Which paths a plan may name at all, and which it may delete.
enum SafePath {
  /// Folders that many programs share: never deleted, whatever a plan says. What lies in them may be.
  private static let shared: Set<String> = [
    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/local", "/usr/include",
    "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/usr/local/etc", "/usr/local/share", "/usr/lib/systemd",
    "/usr/lib/systemd/system", "/usr/lib/modules", "/var/lib", "/var/log", "/var/run", "/var/cache", "/var/spool",
    "/var/tmp", "/var/backups", "/etc/systemd", "/etc/systemd/system", "/etc/ssh", "/etc/ssl", "/etc/ssl/certs",
    "/etc/network", "/etc/apt", "/etc/default", "/etc/sudoers.d", "/etc/sysctl.d", "/etc/modules-load.d",
    "/run/systemd",
    "/run/user", "/run/lock", "/var/lib/systemd", "/var/lib/dpkg", "/var/lib/apt", "/var/lib/rpm", "/lib/modules",
  ]
  private static let kernel: Set<String> = ["proc", "sys", "dev"]

  /// Throws unless the path is absolute, without `.`, `..`, empty parts and control characters.
  static func check(_ path: String) throws(StepFailure) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard path.hasPrefix("/"), path.utf8.count < 4000, !parts.dropFirst().contains(where: { $0 == "." || $0 == ".." }),
      path == "/" || !parts.dropFirst().contains(""), !path.utf8.contains(where: { $0 < 32 })
    else { throw StepFailure("BadPath", "\(path) is not a plain absolute path", retryable: false) }
  }

  /// Throws unless the path may be deleted with all that is below it; also looks at where links in its parents lead.
  static func checkDeletable(_ path: String, protected: [String]) throws(StepFailure) {
    try check(path)
    try refuse(path, protected)
    let parent = Files.parent(of: path)
    var buffer = [CChar](repeating: 0, count: 4096)
    guard csys_real_path(parent, &buffer) == 0 else { return }
    let real = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    try refuse(real == "/" ? "/\(name)" : "\(real)/\(name)", protected)
  }

  private static func refuse(_ path: String, _ protected: [String]) throws(StepFailure) {
    let parts = path.split(separator: "/")
    let dangerous =
      parts.count < 2 || shared.contains(path) || kernel.contains(String(parts[0]))
      || (parts.count == 2 && (parts[0] == "boot" || parts[0] == "home"))
      || protected.contains { $0 == path || $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/") }
    if dangerous {
      throw StepFailure(
        "DangerousPath", "\(path) is shared by the whole system (or the agent's own) and is never deleted",
        retryable: false)
    }
  }
}
