internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

/// A plan as lines of text.
enum PlanLines {
  static func lines(_ plan: PlanText) -> [[Span]] {
    var lines: [[Span]] = []
    func list(_ title: String, _ items: [String], _ style: Style) {
      guard !items.isEmpty else { return }
      lines.append([Span(title, .heading)])
      for item in items { lines.append([Span("  "), Span(item, style)]) }
      lines.append([])
    }
    list("Interrupts", plan.interruptions, .warning)
    list("Risks", plan.risks, .warning)
    list("Permanent", plan.permanent, .warning)
    list("Needs credentials for", plan.credentials, .info)
    lines.append([Span("Effect on each host", .heading), Span(summary(plan), .muted)])
    for (host, effect) in effects(plan) {
      lines.append([Span("  "), .padded(host, 16), Span(" "), Span(effect.rawValue, style(effect))])
    }
    lines.append([])
    lines.append([Span("Steps, in this order", .heading)])
    for (number, phase) in plan.phases.enumerated() {
      lines.append([Span("  \(number + 1). "), Span(phase.title, .accent)])
      for line in phase.lines {
        lines.append(
          [
            Span("     "), .padded(line.host, 16), Span(" "), .padded(line.effect.rawValue, 7, style(line.effect)),
            Span(" "), Span(line.action),
          ] + (line.reason.isEmpty ? [] : [Span("  \(line.reason)", .muted)]))
      }
    }
    if plan.phases.isEmpty { lines.append([Span("  nothing to do: it is so already", .muted)]) }
    return lines
  }

  static func refusal(_ error: EaselError) -> [[Span]] {
    var lines: [[Span]] = [
      [Span("This is refused; nothing has changed.", .critical)], [],
      [Span("  "), Span((error.field.map { "\($0): " } ?? "") + error.message, .warning)],
    ]
    if !error.advice.isEmpty { lines.append([Span("  "), Span(error.advice)]) }
    lines.append([Span("  "), Span("code \(error.code)", .muted)])
    return lines
  }

  private static func summary(_ plan: PlanText) -> String {
    let steps = plan.phases.reduce(0) { $0 + $1.lines.count }
    let time = plan.seconds.map { ", about \(Words.duration($0))" } ?? ""
    return "  \(Words.count(steps, "step")) in \(Words.count(plan.phases.count, "phase"))\(time)"
  }

  /// The heaviest effect on each host, in the order in which hosts come up.
  private static func effects(_ plan: PlanText) -> [(String, EaselPlans.Effect)] {
    var order: [String] = []
    var heaviest: [String: EaselPlans.Effect] = [:]
    let rank = Dictionary(uniqueKeysWithValues: zip(EaselPlans.Effect.allCases, 0...))
    for line in plan.phases.flatMap(\.lines) {
      guard let known = heaviest[line.host] else {
        order.append(line.host)
        heaviest[line.host] = line.effect
        continue
      }
      if (rank[line.effect] ?? 9) < (rank[known] ?? 9) { heaviest[line.host] = line.effect }
    }
    return order.compactMap { host in heaviest[host].map { (host, $0) } }
  }

  private static func style(_ effect: EaselPlans.Effect) -> Style {
    switch effect {
    case .repave, .reboot: .critical
    case .restart: .warning
    case .reload: .info
    case .none: .muted
    }
  }
}
