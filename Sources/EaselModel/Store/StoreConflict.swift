/// The refusals that every store words alike.
extension EaselError {
  /// The object's stored version is not the expected one; version 0 means "absent".
  package static func versionConflict(
    _ kind: Kind, name: String, expected: Int64, stored: Int64
  ) -> EaselError {
    let what = "\(kind.rawValue) \"\(name)\""
    let why =
      switch (expected, stored) {
      case (0, _): "it exists already"
      case (_, 0): "it was deleted meanwhile"
      default: "somebody changed it meanwhile (version \(stored), expected \(expected))"
      }
    return EaselError(.conflict, "Conflict", "writing \(what): \(why)", advice: "read it again and repeat the change")
  }

  /// Another object of the kind bears the name.
  package static func nameTaken(_ kind: Kind, name: String) -> EaselError {
    EaselError(
      .conflict, "Conflict", "writing \(kind.rawValue) \"\(name)\": the name is taken by another \(kind.rawValue)",
      advice: "choose another name, or delete the other one first", field: "metadata.name")
  }

  /// The uid belongs to an object of another kind.
  package static func identityTaken(_ kind: Kind, uid: UID, by other: Kind) -> EaselError {
    EaselError(
      .conflict, "Conflict", "writing \(kind.rawValue) with uid \(uid): a \(other.rawValue) has that uid",
      advice: "give the new object a uid of its own")
  }

  /// The host is a member of a cluster already.
  package static func hostClaimed(_ claim: Claim, by other: Claim) -> EaselError {
    EaselError(
      .conflict, "HostClaimed",
      "claiming host \(claim.host) for cluster \(claim.cluster): it is claimed by cluster \(other.cluster)",
      advice: "choose a free host, or remove the machine from the other cluster first")
  }

  /// The pod network is another member's already.
  package static func podNetworkClaimed(_ claim: Claim) -> EaselError {
    EaselError(
      .conflict, "HostClaimed",
      "claiming host \(claim.host) for cluster \(claim.cluster): another machine has the pod network \(claim.podCIDR)",
      advice: "decide again from the claims that are stored now")
  }
}
