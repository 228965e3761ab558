/// How a role looks on one tier.
package struct Rendering: Hashable, Sendable {
  package var foreground: Colour = .standard
  package var background: Colour = .standard
  package var attributes: Attributes = []
}

/// What every role looks like, per tier. Roles that a theme leaves out look plain; on the mono tier they keep the shipped
/// attributes, so that selection and warnings can be seen on every terminal.
package struct Theme: Sendable {
  package var name: String
  /// One line that says who it is for.
  package var summary: String
  var renderings: [Role: [ColourTier: Rendering]]

  /// The look of a role on a tier: the line for that tier, else the next richer one, else the general one.
  package func rendering(_ role: Role, _ tier: ColourTier) -> Rendering {
    let lines = renderings[role] ?? [:]
    if tier == .mono {
      return lines[.mono] ?? Rendering(attributes: Self.mono[role] ?? [])
    }
    for candidate in ColourTier.allCases where candidate >= tier {
      if let found = lines[candidate] { return found }
    }
    return Rendering()
  }

  /// Looks of the mono tier that a theme does not state.
  static let mono: [Role: Attributes] = [
    .title: .bold, .heading: .bold, .key: .bold, .accent: .bold, .warning: .bold, .critical: [.bold, .underline],
    .selection: .reverse, .input: .underline, .banner: .reverse, .alert: [.reverse, .bold], .mark: .bold,
    .match: .reverse, .bar: .reverse, .activeTab: [.reverse], .disabled: .dim, .muted: .dim, .stale: .dim,
  ]
}
