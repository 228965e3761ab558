internal import EaselModel
internal import EaselTerminal

/// One line of the overview: text, or a bar; some lead somewhere.
struct OverviewLine {
  enum Body {
    case text([Span], trailing: [Span])
    case bar(label: String, fraction: Double, note: String)
  }

  var body: Body
  /// Where Enter leads; lines without it are not selected.
  var place: Attention.Place?
  /// What it says in full, where that may have to be cut.
  var full: String?
  /// It is a host whose power button can be pressed.
  var powersOn = false
  /// Says which line it is after the data has changed.
  var identity: String

  static func heading(_ text: String, _ note: String = "") -> OverviewLine {
    let spans = [Span(text, .heading)] + (note.isEmpty ? [] : [Span("  \(note)", .muted)])
    return OverviewLine(body: .text(spans, trailing: []), identity: text)
  }

  static var blank: OverviewLine { OverviewLine(body: .text([], trailing: []), identity: "") }
}

extension Span {
  /// A text cut or filled to a width, for columns in lines.
  static func padded(_ text: String, _ width: Int, _ style: Style = .plain) -> Span {
    let cells = CellText.cells(of: text).truncated(to: width, ellipsis: 0x7E)
    return Span(cells.text + String(repeating: " ", count: max(0, width - cells.cellWidth)), style)
  }
}
