internal import EaselModel
internal import EaselTerminal

/// What is said of a file with definitions.
enum ApplyLines {
  static func name(_ change: DefinedChange) -> String { "\(change.kind.rawValue.lowercased()) \(change.name)" }

  /// What the file does to each object that it names, above the plan.
  static func preface(_ changes: [DefinedChange]) -> [[Span]] {
    let count = changes.count { $0.intent != nil }
    var lines: [[Span]] = []
    if count > 1 {
      lines.append([Span(tr("\(count) changes, which are made together: all of them, or none if one is refused."))])
    }
    if changes.count > 1 {
      lines += changes.map { change in
        let (words, style) = effect(change.intent)
        return [Span("  "), .padded(name(change), 24), Span(" "), Span(words, style)]
      }
    }
    return lines.isEmpty ? [] : lines + [[]]
  }

  private static func effect(_ intent: Intent?) -> (words: String, style: Style) {
    switch intent {
    case .createCluster: (tr("is created"), .ok)
    case .addHost: (tr("is added"), .ok)
    case nil: (tr("is as the file says"), .muted)
    default: (tr("is changed"), .warning)
    }
  }

  static func problems(_ problems: [EaselError], in path: String) -> [[Span]] {
    let title = tr(
      problems.count, one: "\(problems.count) problem in \(path); nothing was changed",
      other: "\(problems.count) problems in \(path); nothing was changed")
    return [[Span(title, .critical)]] + problems.flatMap { [[]] + PlanLines.problem($0) }
  }

  static func nothing(_ names: [String], in path: String) -> [[Span]] {
    if names.isEmpty { return [[Span(tr("\(path) holds nothing."), .muted)]] }
    return [[Span(tr("There is nothing to do: all is as \(path) says."))], []]
      + names.map { [Span("  "), Span($0), Span("  " + tr("is as the file says"), .muted)] }
  }
}
