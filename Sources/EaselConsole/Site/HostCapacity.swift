internal import EaselModel

/// What the hosts of a site have together, as far as their inventories are known.
struct HostCapacity: Sendable {
  var hosts = 0
  var ready = 0
  /// That a cluster may take, by the engine's own rule.
  var free = 0
  var cpus = (used: 0, all: 0)
  var memoryBytes = (used: Int64(0), all: Int64(0))
  var diskBytes = (used: Int64(0), all: Int64(0))

  /// - Parameter busy: the hosts that an operation of their own keeps busy.
  init(_ list: PackedList<Host>, busy: Set<UID>) {
    hosts = list.count
    for host in list.packed {
      let status = host.status
      let isUsed = status.cluster != nil
      if status.phase == .ready { ready += 1 }
      if !isUsed, Host.canBeTaken(host.spec, status), !busy.contains(host.uid) { free += 1 }
      guard let hardware = status.hardware else { continue }
      cpus.all += hardware.cpuCount
      memoryBytes.all += hardware.memoryBytes
      if isUsed {
        cpus.used += hardware.cpuCount
        memoryBytes.used += hardware.memoryBytes
      }
      diskBytes.all += hardware.diskBytes
      diskBytes.used += hardware.diskBytes - hardware.freeDiskBytes
    }
  }
}
