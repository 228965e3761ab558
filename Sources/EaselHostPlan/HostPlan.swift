/// Ordered, typed steps for one host: pure data. The agent executes it and knows nothing of clusters.
package struct HostPlan: Codable, Sendable, Hashable {
  /// The format that an agent must know to take the plan.
  package static let format = 1

  package var format: Int
  /// What the plan brings about, for people: `join lab2 to edge as worker`.
  package var title: String
  /// Nothing on the host changes; such a plan is not journalled and runs beside a mutating one.
  package var readOnly: Bool
  package var steps: [PlanStep]

  /// Builds a plan.
  ///
  /// - Throws: `PlanDefect` when a step that changes something has no check, two steps share a name, a time limit is missing, or
  ///   a read-only plan holds a step that changes something.
  package init(title: String, readOnly: Bool = false, steps: [PlanStep]) throws(PlanDefect) {
    self.format = HostPlan.format
    self.title = title
    self.readOnly = readOnly
    self.steps = steps
    try validate()
  }

  /// What `init` refuses, for plans that came over the wire.
  package func validate() throws(PlanDefect) {
    var names: Set<String> = []
    for step in steps {
      guard names.insert(step.name).inserted else { throw PlanDefect(step: step.name, "two steps have this name") }
      guard step.timeLimitSeconds > 0 else { throw PlanDefect(step: step.name, "it has no time limit") }
      if step.action.changesHost {
        if readOnly { throw PlanDefect(step: step.name, "it changes the host, and the plan says it is read-only") }
        if step.check == .none && !step.action.checksItself {
          throw PlanDefect(step: step.name, "it changes the host and has no check that says whether that is done")
        }
      }
    }
  }
}

/// Why a plan is refused: the step and what is wrong with it.
package struct PlanDefect: Error, Codable, Sendable, Hashable, CustomStringConvertible {
  package var step: String
  package var message: String

  package init(step: String, _ message: String) { (self.step, self.message) = (step, message) }
  package var description: String { "step \"\(step)\" of the plan: \(message)" }
}
