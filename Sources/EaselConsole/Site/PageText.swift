internal import EaselModel
internal import EaselTerminal

/// Lines of a page of facts: headings, labelled values, conditions.
struct PageText {
  private(set) var lines: [[Span]] = []
  private let labelWidth: Int

  init(labelWidth: Int = 20) { self.labelWidth = labelWidth }

  mutating func heading(_ text: String, _ note: String = "") {
    if !lines.isEmpty { lines.append([]) }
    lines.append([Span(text, .heading)] + (note.isEmpty ? [] : [Span("  \(note)", .muted)]))
  }

  mutating func fact(_ label: String, _ value: String, _ style: Style = .plain, permanent: Bool = false) {
    lines.append(
      [Span("  "), .padded(label, labelWidth, .muted), Span(" "), Span(value.isEmpty ? "-" : value, style)]
        + (permanent ? [Span("  " + tr("permanent"), .warning)] : []))
  }

  /// When something was last seen; what is older than `Words.oldAfter` says so and looks so.
  mutating func seen(_ label: String, _ time: Timestamp?, at now: Timestamp) {
    guard let time else { return fact(label, tr("never"), .stale) }
    let old = now.seconds(since: time) > Words.oldAfter
    let age = Words.age(time, at: now)
    fact(label, old ? tr("\(age) ago, old") : tr("\(age) ago"), old ? .stale : .muted)
  }

  mutating func text(_ text: String, _ style: Style = .plain) { lines.append([Span("  "), Span(text, style)]) }
  mutating func spans(_ spans: [Span]) { lines.append([Span("  ")] + spans) }

  mutating func conditions(_ conditions: [Condition], at now: Timestamp) {
    if conditions.isEmpty { text(tr("none stated yet"), .muted) }
    for condition in conditions.sorted(by: { ($0.isBad ? 0 : 1, $0.type) < ($1.isBad ? 0 : 1, $1.type) }) {
      spans([
        .padded(condition.type, labelWidth, condition.style), Span(" "), .padded(condition.word, 8, condition.style),
        .padded(tr("for \(Words.age(condition.since, at: now))"), 11, .muted), Span(condition.said),
      ])
    }
  }
}
