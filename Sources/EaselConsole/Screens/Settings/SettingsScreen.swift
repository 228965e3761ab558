internal import EaselModel
internal import EaselTerminal

/// The site, its engine, and what the operator has chosen about the console itself.
struct SettingsScreen: ConsoleScreen {
  var title: String { tr("Settings") }
  var tab: RootTab { .settings }
  var keyMap: KeyMap { Self.keys }
  private var rows: [SettingRow] = []
  private var scroll = Scroll()
  private var versions: [KubernetesVersion]?

  static let keys = KeyMap(
    "settings",
    [
      Binding(
        "open", [.enter], tr("Change the selected setting, or do what it says"), hint: tr("change"),
        group: tr("Settings")),
      Binding(
        "settings.theme", [.character("t")], tr("Choose a theme, with a preview"), hint: tr("theme"),
        group: tr("Settings")),
      Binding(
        "settings.time", [.character("z")], tr("Time in UTC, local or both"), hint: tr("time"), group: tr("Settings")),
    ])

  /// Places in `rows` that can be selected.
  private var choices: [Int] { rows.indices.filter { rows[$0].action != nil } }

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    if versions == nil, let site = surroundings.site { versions = surroundings.environment.versions(site.snapshot) }
    refresh(surroundings)
    return []
  }

  mutating func refresh(_ surroundings: Surroundings) {
    rows = SettingRows.rows(surroundings, versions: versions ?? [])
    scroll.selected = max(0, min(scroll.selected, choices.count - 1))
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    scroll.fit(count: choices.count, height: 8)
    return scroll.handle(key, count: choices.count) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "open":
      guard choices.indices.contains(scroll.selected), let chosen = rows[choices[scroll.selected]].action else {
        return []
      }
      return perform(chosen, surroundings)
    case "settings.theme": return [.open(ThemeScreen(surroundings))]
    case "settings.time":
      return [
        .menu(
          Menu(
            tr("Times are shown in"),
            [
              Menu.Item("settings.time.utc", tr("UTC"), key: .character("u")),
              Menu.Item("settings.time.local", tr("local time"), key: .character("l")),
              Menu.Item("settings.time.both", tr("both"), key: .character("b")),
            ], current: ActionID(rawValue: "settings.time.\(surroundings.settings.time.rawValue)")))
      ]
    case "settings.time.utc": return time(.utc, surroundings)
    case "settings.time.local": return time(.local, surroundings)
    case "settings.time.both": return time(.both, surroundings)
    case "settings.mouse":
      var settings = surroundings.settings
      settings.mouse = !(settings.mouse ?? surroundings.environment.mouse ?? false)
      return [.settings(settings)]
    case "settings.engine": return [.startEngine]
    case "settings.keys": return [.open(HelpScreen(about: self, keys: surroundings.keys, hasTabs: true))]
    case "settings.hosts": return [.root(.hosts)]
    case "settings.content": return [.root(.content)]
    default: return []
    }
  }

  private func time(_ display: TimeDisplay, _ surroundings: Surroundings) -> [Request] {
    var settings = surroundings.settings
    settings.time = display
    return [.settings(settings)]
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    guard mouse.action == .press, let place = choices.firstIndex(of: mouse.position.y + top) else {
      return scroll(mouse, surroundings)
    }
    if place == scroll.selected { return perform("open", surroundings) }
    scroll.selected = place
    return []
  }

  private var top = 0

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    refresh(surroundings)
    let selected = choices.indices.contains(scroll.selected) ? choices[scroll.selected] : 0
    // What stands below the last choice is shown with it.
    if selected == choices.last { top = max(0, rows.count - canvas.height) }
    if selected < top || choices.first == selected { top = selected < canvas.height ? 0 : selected }
    if selected >= top + canvas.height { top = selected - canvas.height + 1 }
    let labels = canvas.width < 60 ? 14 : 22
    for y in 0..<canvas.height where rows.indices.contains(top + y) {
      let row = rows[top + y]
      guard !row.isHeading else {
        canvas.text(row.label, x: 1, y: y, .heading)
        continue
      }
      let isSelected = top + y == selected && row.action != nil
      if isSelected { canvas.put(.selected, x: 0, y: y, .selection) }
      canvas.text(row.label, x: 2, y: y, isSelected ? .selection : .muted, width: labels - 1)
      let said = row.note + (row.note.isEmpty ? row.hint : row.hint.prefixed("; "))
      let note = said.isEmpty || canvas.width < 60 ? [] : [Span("  \(said)", .muted)]
      canvas.spans([Span(row.value, row.style)] + note, x: labels + 2, y: y)
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    refresh(surroundings)
    var number = -1
    return rows.map { row in
      if row.action != nil { number += 1 }
      let text = row.isHeading ? row.label : "\(row.label): \(row.value)" + row.note.prefixed("; ")
      return PlainLine(text, choice: row.action == nil ? nil : number)
    }
  }
}
