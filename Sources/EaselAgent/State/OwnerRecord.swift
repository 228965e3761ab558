import EaselAgentProtocol
import EaselProcess
import FoundationEssentials

/// The highest (site, epoch) that the agent has accepted, flushed to disk before anything is done in its name.
struct OwnerRecord {
  private let path: String
  private(set) var fence: Fence?

  /// Reads the record. One that exists and cannot be read is an error: the owner must not be forgotten by accident.
  init(_ state: StateFolder) throws {
    path = state.fence
    guard Files.status(path) != nil else { return }
    fence = try JSONDecoder().decode(Fence.self, from: Data(try Files.read(path, limit: 1 << 16)))
  }

  /// Lets a mutating request in, or says why not.
  mutating func admit(_ asked: Fence) throws {
    if let known = fence {
      guard known.site == asked.site else {
        throw RPCFailure(
          "OwnedByAnotherSite", "this host belongs to site \(known.site) (epoch \(known.epoch)), not to \(asked.site)",
          advice: "adopt the host to take it over")
      }
      guard asked.epoch >= known.epoch else {
        throw RPCFailure(
          "StaleEpoch", "epoch \(asked.epoch) of site \(asked.site) is over; this host has accepted \(known.epoch)",
          advice: "another engine leads this site now")
      }
      if asked.epoch == known.epoch { return }
    }
    try write(asked)
  }

  /// Makes a site the owner.
  mutating func adopt(_ asked: Fence, force: Bool) throws {
    if let known = fence, known.site != asked.site {
      guard force else {
        throw RPCFailure(
          "OwnedByAnotherSite", "this host belongs to site \(known.site) (epoch \(known.epoch))",
          advice: "force the adoption to take it over; its old site is refused from then on")
      }
      try write(asked)
    } else {
      try admit(asked)
    }
  }

  private mutating func write(_ next: Fence) throws {
    try Files.replace(path, mode: 0o600, bytes: Array(try JSONEncoder().encode(next)))
    fence = next
  }
}
