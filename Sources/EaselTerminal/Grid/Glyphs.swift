/// Which characters a terminal can show. Linux text consoles have the box characters but few others.
package enum GlyphSet: Sendable, CaseIterable {
  case unicode, console, ascii
}

/// A character of the frame around data, with its form for poorer terminals. All are one column wide.
package enum Glyph: Sendable, CaseIterable {
  case horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight
  case teeLeft, teeRight, teeDown, teeUp, cross
  case ellipsis, selected, selectedEnd, marked, ascending, descending, collapsed, expanded, leaf
  case full, track, check, failure, bullet, arrow, up, down, scrollThumb

  private var forms: (Unicode.Scalar, Unicode.Scalar, Unicode.Scalar) {
    switch self {
    case .horizontal: ("─", "─", "-")
    case .vertical: ("│", "│", "|")
    case .topLeft: ("┌", "┌", "+")
    case .topRight: ("┐", "┐", "+")
    case .bottomLeft: ("└", "└", "+")
    case .bottomRight: ("┘", "┘", "+")
    case .teeLeft: ("┤", "┤", "+")
    case .teeRight: ("├", "├", "+")
    case .teeDown: ("┬", "┬", "+")
    case .teeUp: ("┴", "┴", "+")
    case .cross: ("┼", "┼", "+")
    case .ellipsis: ("…", "~", "~")
    case .selected: (">", ">", ">")
    case .selectedEnd: ("<", "<", "<")
    case .marked: ("*", "*", "*")
    case .ascending: ("↑", "^", "^")
    case .descending: ("↓", "v", "v")
    case .collapsed: ("+", "+", "+")
    case .expanded: ("-", "-", "-")
    case .leaf: (" ", " ", " ")
    case .full: ("█", "█", "#")
    case .track: ("░", "░", ".")
    case .check: ("✓", "+", "+")
    case .failure: ("✗", "x", "x")
    case .bullet: ("•", "*", "*")
    case .arrow: ("→", ">", ">")
    case .up: ("↑", "^", "^")
    case .down: ("↓", "v", "v")
    case .scrollThumb: ("█", "█", "#")
    }
  }

  /// The character in a set.
  package func scalar(in set: GlyphSet) -> Unicode.Scalar {
    switch set {
    case .unicode: forms.0
    case .console: forms.1
    case .ascii: forms.2
    }
  }

  /// The character in a set, as text.
  package func text(in set: GlyphSet) -> String { String(Character(scalar(in: set))) }
}
