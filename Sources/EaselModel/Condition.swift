/// A typed statement about an object, with why and since when.
///
/// Follows Kubernetes' condition convention: `type` names the good or the abnormal state, `reason` is one CamelCase word for
/// programs, `message` a sentence for people. `since` changes only when `status` does.
package struct Condition: Codable, Sendable, Hashable {
  package enum Status: String, Codable, Sendable, Hashable, CaseIterable {
    case yes = "True", no = "False", unknown = "Unknown"
  }

  package var type: String
  package var status: Status
  package var reason: String
  package var message: String
  package var since: Timestamp

  package init(type: String, status: Status, reason: String, message: String = "", since: Timestamp) {
    (self.type, self.status, self.reason, self.message, self.since) = (type, status, reason, message, since)
  }
}

extension Condition {
  /// The reason of what is not as it should be only because somebody asked for it: a host was shut down, or reboots.
  package static let awayOnRequest = "AwayOnRequest"
}

extension [Condition] {
  /// The condition of that type, if it was ever stated.
  package subscript(type: String) -> Condition? { first { $0.type == type } }

  /// States a condition. `since` is kept where the status did not change.
  package mutating func set(
    _ type: String, _ status: Condition.Status, reason: String, message: String = "", at now: Timestamp
  ) {
    guard let index = firstIndex(where: { $0.type == type }) else {
      append(Condition(type: type, status: status, reason: reason, message: message, since: now))
      return
    }
    let since = self[index].status == status ? self[index].since : now
    self[index] = Condition(type: type, status: status, reason: reason, message: message, since: since)
  }
}
