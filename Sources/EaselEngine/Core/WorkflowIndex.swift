package import EaselModel

/// The workflows' words for readers outside the engine: which steps there are, and what they are called.
package enum WorkflowIndex {
  /// The names and titles of a workflow's steps, in order.
  package static func steps(of verb: Operation.Verb) -> [(name: String, title: String)] {
    Workflow.of(verb).steps.map { ($0.name, $0.title) }
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
