internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

/// The lines of a comparison: side by side where there is room, else one value below the other.
enum CompareLines {
  static func lines(
    _ fields: [ComparedField], labels: (String, String), all: Bool, wide: Bool, width: Int
  ) -> [[Span]] {
    let different = fields.filter { $0.difference != .same }
    let shown = all ? fields : different
    var lines: [[Span]] = []
    let count =
      switch different.count {
      case 0: tr("no field differs")
      case 1: tr("1 of \(fields.count) fields differs")
      default: tr("\(different.count) of \(fields.count) fields differ")
      }
    if wide {
      // Each column has the room that it needs, as far as there is any; the last one goes on to the edge.
      let path = CellText.widest(of: shown.map(\.path), least: CellText.width(of: count) - 11, most: width / 2)
      let before = [labels.0] + shown.map { $0.before ?? "-" }
      let value = CellText.widest(of: before, least: 12, most: (width - 12 - path) / 2) + 1
      lines.append([
        .padded(count, 12 + path, .muted), Span(" "), .padded(labels.0, value, .heading), Span(" "),
        Span(labels.1, .heading),
      ])
      for field in shown {
        let style = style(field.difference)
        lines.append([
          .padded(mark(field.difference), 11, style), Span(" "), .padded(field.path, path, style), Span(" "),
          .padded(field.before ?? "-", value, field.before == nil ? .muted : .plain), Span(" "),
          Span(field.after ?? "-", field.after == nil ? .muted : style),
        ])
      }
      return lines
    }
    lines.append([Span(count, .muted)])
    lines.append([Span("- ", .muted), Span(labels.0, .heading)])
    lines.append([Span("+ ", .muted), Span(labels.1, .heading)])
    for field in shown {
      let style = style(field.difference)
      lines.append([.padded(mark(field.difference), 11, style), Span(" "), Span(field.path, style)])
      if field.difference == .same {
        lines.append([Span("      "), Span(field.after ?? "-")])
        continue
      }
      if let before = field.before { lines.append([Span("    - "), Span(before)]) }
      if let after = field.after { lines.append([Span("    + "), Span(after, style)]) }
    }
    return lines
  }

  static func effects(from old: Cluster.Spec, to new: Cluster.Spec, machines: [Machine]) -> [[Span]] {
    var lines: [[Span]] = [[Span(tr("Effect on each node"), .heading)]]
    let permanent = EffectClassifier.permanentFields(from: old, to: new)
    for field in permanent {
      lines.append([Span("  "), Span(tr("\(field) is fixed for the life of the cluster"), .critical)])
    }
    for (role, before, after) in counts(old, new) where before != after {
      guard after < before else {
        let text = tr(
          after - before, one: "\(role): \(after - before) machine more",
          other: "\(role): \(after - before) machines more")
        lines.append([Span("  "), Span(text, .warning)])
        continue
      }
      let text = tr(
        before - after, one: "\(role): \(before - after) machine fewer; its host is reset, the plan says which",
        other: "\(role): \(before - after) machines fewer; their hosts are reset, the plan says which")
      lines.append([Span("  "), Span(text, .critical)])
    }
    let effects = EffectClassifier.effects(from: old, to: new, machines: machines)
    let name = CellText.widest(of: effects.map(\.machine), least: 20, most: 40)
    for effect in effects {
      lines.append([
        Span("  "), .padded(effect.machine, name), Span(" "), Span(Words.word(effect.effect), style(effect.effect)),
      ])
      lines += effect.reasons.map { [Span("    \($0)", .muted)] }
    }
    if lines.count == 1 { lines.append([Span(tr("  none"), .muted)]) }
    return lines
  }

  private static func counts(_ old: Cluster.Spec, _ new: Cluster.Spec) -> [(String, Int, Int)] {
    var counts = [(tr("control plane"), old.controlPlane.replicas, new.controlPlane.replicas)]
    for pool in new.pools {
      counts.append((tr("pool \(pool.name)"), old.pools.first { $0.name == pool.name }?.replicas ?? 0, pool.replicas))
    }
    for pool in old.pools where !new.pools.contains(where: { $0.name == pool.name }) {
      counts.append((tr("pool \(pool.name)"), pool.replicas, 0))
    }
    return counts
  }

  /// A sign and its word: colour alone says nothing.
  private static func mark(_ difference: ComparedField.Difference) -> String {
    switch difference {
    case .same: tr("  same")
    case .added: tr("+ added")
    case .removed: tr("- removed")
    case .changed: tr("~ changed")
    }
  }

  private static func style(_ difference: ComparedField.Difference) -> Style {
    switch difference {
    case .same: .muted
    case .added: .ok
    case .removed: .critical
    case .changed: .warning
    }
  }

  static func style(_ effect: EaselPlans.Effect) -> Style {
    switch effect {
    case .repave, .halt, .reboot: .critical
    case .restart: .warning
    case .reload: .info
    case .none: .muted
    }
  }
}
