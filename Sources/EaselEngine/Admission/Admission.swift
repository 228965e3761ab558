package import EaselModel

/// What an accepted intent writes; committed in one transaction by who submits.
package struct Admitted: Sendable {
  package var writes: [Record] = []
  package var deletes: [(kind: Kind, uid: UID)] = []
  package var events: [Event] = []
  /// For the audit log: what was asked for, in words; never a secret.
  package var auditVerb: String = ""
  package var auditObject: ObjectReference
  package var auditDetail: String = ""
  package var submission: Submission

  package init(auditObject: ObjectReference, submission: Submission) {
    (self.auditObject, self.submission) = (auditObject, submission)
  }
}

/// The rules at the door: whether an intent is accepted, and what it becomes. Pure.
package enum Admission {
  /// - Parameter newUID: gives a fresh identity at each call.
  /// - Throws: `EaselError`; nothing has changed then.
  package static func admit(
    _ intent: Intent, as actor: Actor, in site: SiteSnapshot, now: Timestamp, newUID: () -> UID
  ) throws -> Admitted {
    throw EaselError(.failed, "NotBuilt", "admitting intents is not built yet")
  }
}
