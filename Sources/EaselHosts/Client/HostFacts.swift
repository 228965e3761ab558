import EaselAgentProtocol
import EaselModel

/// What an agent reported about its host, in the model's words.
package struct HostFacts: Sendable, Hashable {
  package var inventory: Inventory
  package var bootID: String
  /// The uid of the cluster whose member the host says it is.
  package var ownerCluster: UID?

  /// The clock is compared with the middle between question and answer.
  init(_ reply: InventoryReply, asked: Timestamp, answered: Timestamp) {
    let middle = (asked.milliseconds + answered.milliseconds) / 2
    inventory = Inventory(
      hostname: reply.hostname, architecture: reply.architecture, operatingSystem: reply.operatingSystem,
      kernel: reply.kernel, cpuCount: reply.cpuCount, memoryBytes: reply.memoryBytes, cgroupMode: reply.cgroupMode,
      canSetOOMScore: reply.canSetOOMScore, swapBytes: reply.swapBytes, hasKernelModules: reply.hasKernelModules,
      machineID: reply.machineID, productUUID: reply.productUUID,
      disks: reply.disks.map {
        Inventory.Disk(mountPoint: $0.mountPoint, totalBytes: $0.totalBytes, freeBytes: $0.freeBytes)
      },
      interfaces: reply.interfaces.map {
        Inventory.Interface(
          name: $0.name, hardwareAddress: $0.hardwareAddress, addresses: $0.addresses, up: $0.up)
      },
      clockSkewSeconds: Double(reply.clockMilliseconds - middle) / 1000)
    bootID = reply.bootID
    ownerCluster = reply.member.map { UID($0.cluster) }
  }
}

extension HelloReply {
  /// Whose the host is, in the model's words.
  package var hostOwner: HostOwner? {
    guard let fence else { return nil }
    return HostOwner(
      site: UID(fence.site), name: owner?.name ?? "", epoch: fence.epoch, by: owner?.by ?? "",
      since: owner.map { Timestamp(milliseconds: $0.sinceMilliseconds) })
  }
}
