internal import EaselHostPlan
package import EaselModel

/// What a task does on its host, in words: for previews.
package struct TaskPlan {
  private let plan: HostPlan

  /// Nil for what the transport does itself, and where the content lacks what the plan needs.
  ///
  /// - Parameter content: nil for a simulated site, which has all.
  package init?(_ verb: TaskVerb, context: TaskContext?, inventory: Inventory?, content: ContentIndex?) {
    guard let context, let distribution = try? Distributions.named(context.distribution),
      let plan = try? distribution.plan(
        for: verb, context: context, inventory: inventory,
        content: content ?? .synthetic(versions: [context.version] + [context.fromVersion].compactMap { $0 }))
    else { return nil }
    self.plan = plan
  }

  /// The titles of its steps, in order.
  package var titles: [String] { plan.steps.map(\.title) }
  /// All that it does, as golden files hold it.
  package var text: String { PlanPrinter.text(plan) }
}
