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
    let skew = HostWord.milliseconds(reply.clockMilliseconds) - middle
    func word(_ text: String) -> String { HostWord.plain(text) }
    inventory = Inventory(
      hostname: word(reply.hostname), architecture: word(reply.architecture),
      operatingSystem: word(reply.operatingSystem), kernel: word(reply.kernel),
      cpuCount: min(max(0, reply.cpuCount), 100_000), memoryBytes: HostWord.bytes(reply.memoryBytes),
      cgroupMode: word(reply.cgroupMode), canSetOOMScore: reply.canSetOOMScore,
      swapBytes: HostWord.bytes(reply.swapBytes), hasKernelModules: reply.hasKernelModules,
      machineID: word(reply.machineID), productUUID: word(reply.productUUID),
      disks: reply.disks.prefix(HostWord.most).map {
        let total = HostWord.bytes($0.totalBytes)
        return Inventory.Disk(
          mountPoint: HostWord.plain($0.mountPoint, HostWord.message), totalBytes: total,
          freeBytes: min(HostWord.bytes($0.freeBytes), total))
      },
      interfaces: reply.interfaces.prefix(HostWord.most).map {
        Inventory.Interface(
          name: word($0.name), hardwareAddress: word($0.hardwareAddress),
          addresses: $0.addresses.prefix(HostWord.most).map(word), up: $0.up)
      },
      clockSkewSeconds: Double(skew) / 1000)
    bootID = word(reply.bootID)
    ownerCluster = reply.member.map { UID(word($0.cluster)) }
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
