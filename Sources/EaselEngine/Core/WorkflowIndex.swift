package import EaselModel

/// The workflows' words for readers outside the engine: which steps there are, and what they are called.
package enum WorkflowIndex {
  /// The names and titles of a workflow's steps, in order.
  package static func steps(of verb: Operation.Verb) -> [(name: String, title: String)] {
    Workflow.of(verb).steps.map { ($0.name, $0.title) }
  }

  /// The names of the stages that an item of a step goes through, in order; empty of a step that is not known.
  package static func stages(of step: String) -> [String] { stages[step] ?? [] }

  private static let stages: [String: [String]] = {
    let workflows = Operation.Verb.allCases.map(Workflow.of) + [.abort]
    return Dictionary(
      workflows.flatMap(\.steps).map { ($0.name, $0.stages.map(\.name)) }, uniquingKeysWith: { first, _ in first })
  }()

  /// What is left out when an item of a step that has stopped at a stage is skipped; nil where what follows builds on it.
  package static func skip(_ step: String, stage: String, of verb: Operation.Verb) -> Skip? {
    let steps = Workflow.of(verb).steps + Workflow.abort.steps
    guard let stage = steps.first(where: { $0.name == step })?.stages.first(where: { $0.name == stage }),
      let means = stage.skip.means
    else { return nil }
    var leavesItem = false
    if case .item = stage.skip { leavesItem = true }
    return Skip(doing: stage.title, means: means, leavesItem: leavesItem)
  }

  /// What can be left out at the operator's word.
  package struct Skip: Sendable, Hashable {
    /// A gerund: `draining`.
    package var doing: String
    /// What that means, as a clause.
    package var means: String
    /// The rest of the step is left out for the item as well.
    package var leavesItem: Bool
  }

  /// The titles of all steps that have a stage of that name.
  package static let titlesByStage: [String: [String]] = {
    var result: [String: [String]] = ["mint-join-secrets": ["Join secrets are missing or about to end"]]
    for verb in Operation.Verb.allCases {
      for step in Workflow.of(verb).steps {
        for stage in step.stages where result[stage.name]?.contains(step.title) != true {
          result[stage.name, default: []].append(step.title)
        }
      }
    }
    return result
  }()
}
