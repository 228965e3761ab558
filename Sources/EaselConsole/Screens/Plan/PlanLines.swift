internal import EaselModel
internal import EaselPlans
internal import EaselSimulation
internal import EaselTerminal

/// A plan as lines of text: first what an operator must know, then what happens to each host, then every step.
enum PlanLines {
  static func lines(_ plan: PlanPreview, learnt: LearntTimes?) -> [[Span]] {
    var lines: [[Span]] = []
    func list(_ title: String, _ items: [String], _ style: Style) {
      guard !items.isEmpty else { return }
      lines.append([Span(title, .heading)])
      for item in items { lines.append([Span("  "), Span(item, style)]) }
      lines.append([])
    }
    if !plan.summary.isEmpty { lines += [[Span(plan.summary, .heading)], []] }
    if !plan.losses.isEmpty {
      lines.append([Span(tr("Hosts that are reset, data lost"), .critical), Span("  \(plan.losses.count)", .muted)])
      lines += plan.losses.map { [Span("  "), .padded($0.host, 14), Span(" "), Span($0.machine, .muted)] } + [[]]
    }
    list(tr("Stands against it"), plan.obstacles, .critical)
    list(tr("Interrupts"), plan.interruptions, .warning)
    list(tr("Permanent"), plan.permanent, .warning)
    list(tr("Credentials"), plan.credentials, .muted)
    guard !plan.steps.isEmpty else { return lines }
    let time = LearntTimes.sentence(assumed: Double(plan.expectedSeconds), learnt: learnt?.whole(like: plan.timing))
    let (steps, impacts) = (plan.steps.count, plan.impacts)
    let count = tr(steps, one: "  \(steps) step, \(time)", other: "  \(steps) steps, \(time)")
    lines.append([Span(tr("Effect on each host"), .heading), Span(count, .muted)])
    lines += impacts.map { host in
      [
        Span("  "), .padded(host.host, 14), Span(" "), .padded(plan.machines[host.host] ?? "", 18, .muted), Span(" "),
      ]
        + host.impacts.enumerated().flatMap { place, impact in
          (place == 0 ? [] : [Span(", ")]) + [Span(Words.word(impact), style(impact))]
        }
    }
    if impacts.isEmpty { lines.append([Span(tr("  none"), .muted)]) }
    lines += [[], [Span(tr("Steps, in this order"), .heading)]]
    for (number, phase) in plan.phases.enumerated() {
      let timing = plan.timing.first { $0.title == phase.reason }
      let time = LearntTimes.sentence(
        assumed: phase.seconds, learnt: timing.flatMap { learnt?.step($0.step, items: $0.items) })
      lines.append([Span("  \(number + 1). "), Span(phase.reason, .accent), Span("  \(time)", .muted)])
      for step in phase.steps {
        lines.append(
          [
            Span("     "), .padded(step.host, 14), Span(" "),
            .padded(Words.word(step.verb.impact), Impact.width, style(step.verb.impact)),
            Span(" "), Span(step.item == step.host ? step.title : "\(step.title) \(step.item)"),
          ] + (step.risk.isEmpty ? [] : [Span("; \(step.risk)", .warning)]))
      }
    }
    return lines
  }

  static func refusal(_ error: EaselError) -> [[Span]] {
    var lines: [[Span]] = [[Span(tr("This is refused; nothing has changed."), .critical)]]
    for problem in error.each { lines += [[]] + self.problem(problem) }
    return lines
  }

  /// Where something is wrong, what, what to do about it, and the code by which it can be looked up.
  static func problem(_ problem: EaselError) -> [[Span]] {
    var what = problem
    what.advice = ""
    var lines = [[Span("  "), Span(what.description, .warning)]]
    if !problem.advice.isEmpty { lines.append([Span("  "), Span(problem.advice)]) }
    lines.append([Span("  "), Span(tr("code \(problem.code)"), .muted)])
    return lines
  }

  static func style(_ impact: Impact) -> Style {
    switch impact {
    case .dataLost, .shutsDown, .reboots: .critical
    case .servicesRestart, .podsMove, .leavesCluster, .leavesEtcd: .warning
    case .joins, .starts, .softwareInstalled, .noNewPods, .takesPods, .settingsChange: .info
    case .none: .muted
    }
  }
}
