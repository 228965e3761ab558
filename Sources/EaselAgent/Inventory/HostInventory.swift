import CSys
import EaselAgentProtocol
import FoundationEssentials
import Glibc

/// Reads what the host is made of from /proc and /sys; what cannot be read is empty or zero, never an error.
package struct HostInventory: Sendable {
  var memberFile: String

  package init(memberFile: String = "/etc/easel/member.json") { self.memberFile = memberFile }

  package func read() -> InventoryReply {
    var reply = InventoryReply()
    let names = HostInventory.systemNames()
    reply.hostname = HostInventory.hostname()
    reply.architecture = names.machine
    reply.kernel = names.release
    reply.operatingSystem = operatingSystem()
    reply.cpuCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let memory = memory()
    reply.memoryBytes = memory["MemTotal"] ?? 0
    reply.swapBytes = memory["SwapTotal"] ?? 0
    reply.cgroupMode = cgroupMode()
    reply.canSetOOMScore = hasCapability(24)
    reply.hasKernelModules = Files.status("/lib/modules/\(names.release)", followLinks: true)?.is_directory ?? false
    reply.machineID = Files.text("/etc/machine-id") ?? ""
    reply.productUUID = Files.text("/sys/class/dmi/id/product_uuid") ?? ""
    reply.bootID = Files.text("/proc/sys/kernel/random/boot_id") ?? ""
    reply.disks = disks()
    reply.interfaces = NetworkInterfaces.read()
    reply.clockMilliseconds = csys_wall_milliseconds()
    if let bytes = try? Files.read(memberFile, limit: 1 << 16) {
      reply.member = try? JSONDecoder().decode(InventoryReply.Member.self, from: Data(bytes))
    }
    return reply
  }

  static func hostname() -> String { Files.text("/proc/sys/kernel/hostname") ?? "" }

  /// As `uname -m` says it.
  package static func architecture() -> String { systemNames().machine }

  private static func systemNames() -> (release: String, machine: String) {
    var names = utsname()
    guard uname(&names) == 0 else { return ("", "") }
    func text<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return (text(names.release), text(names.machine))
  }

  private func operatingSystem() -> String {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
      for line in (Files.text(path) ?? "").split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
        return String(line.dropFirst(12).filter { $0 != "\"" })
      }
    }
    return ""
  }

  /// /proc/meminfo in bytes.
  private func memory() -> [String: Int64] {
    var values: [String: Int64] = [:]
    for line in (Files.text("/proc/meminfo") ?? "").split(separator: "\n") {
      let fields = line.split(whereSeparator: { $0 == ":" || $0 == " " })
      if fields.count >= 2, let value = Int64(fields[1]) { values[String(fields[0])] = value * 1024 }
    }
    return values
  }

  private func cgroupMode() -> String {
    let types = Set(MountTable.mounts().filter { $0.point.hasPrefix("/sys/fs/cgroup") }.map(\.type))
    switch (types.contains("cgroup"), types.contains("cgroup2")) {
    case (true, true): return "hybrid"
    case (true, false): return "v1"
    case (false, true): return "v2"
    case (false, false): return ""
    }
  }

  /// Whether the agent, and so what it starts, may have a capability.
  private func hasCapability(_ number: UInt64) -> Bool {
    for line in (Files.text("/proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("CapEff:") {
      let digits = line.dropFirst(7).filter { !$0.isWhitespace }
      return (UInt64(digits, radix: 16) ?? 0) & (1 << number) != 0
    }
    return false
  }

  /// File systems on devices, the root whatever it is on, each once.
  private func disks() -> [InventoryReply.Disk] {
    var found: [FileSystem] = []
    for mount in MountTable.mounts().sorted(by: { $0.point < $1.point }) {
      guard mount.point == "/" || (mount.source.hasPrefix("/dev/") && mount.type != "devtmpfs"),
        let status = Files.status(mount.point), status.is_directory
      else { continue }
      var (total, free) = (Int64(0), Int64(0))
      guard csys_space(mount.point, &total, &free) == 0, total > 0 else { continue }
      found.append(
        FileSystem(
          device: status.device, source: mount.source,
          disk: InventoryReply.Disk(mountPoint: mount.point, totalBytes: total, freeBytes: free)))
    }
    return FileSystem.distinct(found)
  }
}

/// A mounted file system as it was seen.
struct FileSystem {
  /// The number of its device; parts of one file system (btrfs) have numbers of their own.
  var device: UInt64
  /// What was mounted, for example `/dev/vda1`.
  var source: String
  var disk: InventoryReply.Disk

  /// Each file system once, where it is mounted first.
  static func distinct(_ mounted: [FileSystem]) -> [InventoryReply.Disk] {
    var devices: Set<UInt64> = []
    var sources: Set<String> = []
    var kept: [FileSystem] = []
    for one in mounted {
      let isDevice = one.source.hasPrefix("/dev/")
      guard devices.insert(one.device).inserted, !isDevice || sources.insert(one.source).inserted else { continue }
      // A root that lies over another one (overlay) says its size; between two looks a little may have been written.
      let isUnderRoot = kept.contains { root in
        root.disk.mountPoint == "/" && !root.source.hasPrefix("/dev/") && root.disk.totalBytes == one.disk.totalBytes
          && abs(root.disk.freeBytes - one.disk.freeBytes) < one.disk.totalBytes / 1000
      }
      if !isUnderRoot { kept.append(one) }
    }
    return kept.map(\.disk)
  }
}
