internal import EaselModel

/// What the hosts of a site have together, as far as their inventories are known.
struct HostCapacity: Sendable {
  var hosts = 0
  /// Those that take work. Each host that does not is counted once, for its first reason below.
  var ready = 0
  var off = 0
  var notReady = 0
  var inMaintenance = 0
  var cordoned = 0
  /// That a cluster may take, by the engine's own rule.
  var free = 0
  var cpus = (used: 0, all: 0)
  var memoryBytes = (used: Int64(0), all: Int64(0))
  var diskBytes = (used: Int64(0), all: Int64(0))

  /// - Parameters:
  ///   - busy: the hosts that an operation of their own keeps busy.
  ///   - cordoned: the hosts whose nodes take no new pods.
  init(_ list: PackedList<Host>, busy: Set<UID>, cordoned: Set<UID> = []) {
    hosts = list.count
    for host in list.packed {
      let status = host.status
      let isUsed = status.cluster != nil
      if status.phase != .ready {
        if status.absence?.isOff == true { off += 1 } else { notReady += 1 }
      } else if host.spec.maintenance {
        inMaintenance += 1
      } else if cordoned.contains(host.uid) {
        self.cordoned += 1
      } else {
        ready += 1
      }
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
