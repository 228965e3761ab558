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

  init(_ list: [Host]) {
    hosts = list.count
    for host in list {
      let isFree = host.status.cluster == nil
      if host.status.phase == .ready { ready += 1 }
      if isFree { free += 1 }
      guard let inventory = host.status.inventory else { continue }
      cpus.all += inventory.cpuCount
      memoryBytes.all += inventory.memoryBytes
      if !isFree {
        cpus.used += inventory.cpuCount
        memoryBytes.used += inventory.memoryBytes
      }
      for disk in inventory.disks {
        diskBytes.all += disk.totalBytes
        diskBytes.used += disk.totalBytes - disk.freeBytes
      }
    }
  }
}
