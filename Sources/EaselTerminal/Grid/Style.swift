/// What a piece of text means; a theme says how each looks. Meaning never depends on the look alone.
package enum Role: UInt8, CaseIterable, Sendable {
  case plain, muted, title, heading, key, accent, ok, warning, critical, info
  case selection, border, input, disabled, banner, alert, mark, match, bar, track
  case tab, activeTab, dialog, stale

  /// The word for it in theme files.
  package var name: String {
    switch self {
    case .activeTab: "active-tab"
    default: "\(self)"
    }
  }

  package init?(name: some StringProtocol) {
    guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = role
  }

  /// The letter that stands for it in `Grid.roles`.
  package var letter: Character {
    switch self {
    case .plain: "."
    case .muted: "m"
    case .title: "t"
    case .heading: "h"
    case .key: "k"
    case .accent: "a"
    case .ok: "o"
    case .warning: "w"
    case .critical: "c"
    case .info: "i"
    case .selection: "s"
    case .border: "b"
    case .input: "n"
    case .disabled: "d"
    case .banner: "B"
    case .alert: "A"
    case .mark: "M"
    case .match: "f"
    case .bar: "#"
    case .track: "-"
    case .tab: "u"
    case .activeTab: "T"
    case .dialog: "D"
    case .stale: "z"
    }
  }
}

/// Attributes on top of what a theme gives to a role.
package struct Attributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Attributes(rawValue: 1)
  package static let dim = Attributes(rawValue: 2)
  package static let underline = Attributes(rawValue: 4)
  package static let reverse = Attributes(rawValue: 8)
  package static let italic = Attributes(rawValue: 16)
}

/// A role with attributes: all that a widget may say about the look of a cell.
package struct Style: Hashable, Sendable {
  package var role: Role
  package var attributes: Attributes

  package init(_ role: Role, _ attributes: Attributes = []) {
    self.role = role
    self.attributes = attributes
  }

  package static let plain = Style(.plain)
  package static let muted = Style(.muted)
  package static let title = Style(.title)
  package static let heading = Style(.heading)
  package static let key = Style(.key)
  package static let accent = Style(.accent)
  package static let ok = Style(.ok)
  package static let warning = Style(.warning)
  package static let critical = Style(.critical)
  package static let info = Style(.info)
  package static let selection = Style(.selection)
  package static let border = Style(.border)
  package static let input = Style(.input)
  package static let disabled = Style(.disabled)
  package static let banner = Style(.banner)
  package static let alert = Style(.alert)
  package static let stale = Style(.stale)

  /// The same role with more attributes.
  package func adding(_ more: Attributes) -> Style { Style(role, attributes.union(more)) }
}

/// A run of text in one style.
package struct Span: Hashable, Sendable {
  package var text: String
  package var style: Style

  package init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

extension [Span] {
  /// The text without its styles.
  package var plainText: String { map(\.text).joined() }
  /// Its width in cells after sanitising.
  package var cellWidth: Int { reduce(0) { $0 + CellText.width(of: $1.text) } }
}
