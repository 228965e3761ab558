package import EaselModel
package import EaselPlans

/// What a change would do, as the plan page shows it.
package struct PlanText: Sendable, Hashable {
  /// One step on one host.
  package struct Line: Sendable, Hashable {
    package var host: String
    package var action: String
    package var effect: EaselPlans.Effect
    package var reason: String

    package init(host: String, action: String, effect: EaselPlans.Effect, reason: String = "") {
      (self.host, self.action, self.effect, self.reason) = (host, action, effect, reason)
    }
  }

  /// A phase of the change, in its order.
  package struct Phase: Sendable, Hashable {
    package var title: String
    package var lines: [Line]

    package init(title: String, lines: [Line]) { (self.title, self.lines) = (title, lines) }
  }

  package var phases: [Phase]
  /// What cannot be changed later.
  package var permanent: [String]
  /// What stops answering meanwhile, and for how long.
  package var interruptions: [String]
  /// What could go wrong.
  package var risks: [String]
  /// Hosts that need a password or key of the operator's.
  package var credentials: [String]
  /// Seconds that it is expected to take; nil when nothing is known.
  package var seconds: Double?

  package init(
    phases: [Phase] = [], permanent: [String] = [], interruptions: [String] = [], risks: [String] = [],
    credentials: [String] = [], seconds: Double? = nil
  ) {
    self.phases = phases
    self.permanent = permanent
    self.interruptions = interruptions
    self.risks = risks
    self.credentials = credentials
    self.seconds = seconds
  }

  /// The engine's own preview on a copy of the state. Throws `EaselError` when the intent would be refused.
  package static func preview(of intent: Intent, on site: SiteSnapshot) throws -> PlanText {
    throw EaselError(.failed, "NotBuilt", "previews are not built yet")
  }
}
