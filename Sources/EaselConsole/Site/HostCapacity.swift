internal import EaselModel

/// What the hosts of a site have together, as far as their inventories are known.
struct HostCapacity: Sendable {
  var hosts = 0
  var ready = 0
  /// Claimed by no cluster.
  var free = 0
  var cpus = (used: 0, all: 0)
  var memoryBytes = (used: Int64(0), all: Int64(0))
  var diskBytes = (used: Int64(0), all: Int64(0))

  init(_ list: PackedList<Host>) {
    hosts = list.count
    for status in list.packed.lazy.map(\.status) {
      let isFree = status.cluster == nil
      if status.phase == .ready { ready += 1 }
      if isFree { free += 1 }
      guard let hardware = status.hardware else { continue }
      cpus.all += hardware.cpuCount
      memoryBytes.all += hardware.memoryBytes
      if !isFree {
        cpus.used += hardware.cpuCount
        memoryBytes.used += hardware.memoryBytes
      }
      diskBytes.all += hardware.diskBytes
      diskBytes.used += hardware.diskBytes - hardware.freeDiskBytes
    }
  }
}
