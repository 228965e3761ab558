internal import EaselModel
internal import EaselTerminal

/// The line behind `:`, with what it may mean above it.
struct CommandPrompt {
  /// The name under which what was typed is kept from visit to visit.
  static let historyName = "command-history"

  private var line = FilterLine(prompt: ":")
  private var matches: [Destination] = []
  private var scroll = Scroll()
  /// What is still to be written, where a verb alone was entered.
  private var wanted: String?

  enum Outcome {
    case open, closed
    case chosen(Destination)
  }

  init() {}

  /// - Parameter history: what was typed before, a line each, the newest last.
  init(history: String) {
    line = FilterLine(prompt: ":", history: history.split(separator: "\n").suffix(100).map(String.init))
  }

  /// What was typed, the newest last.
  var history: [String] { line.entries }

  var isOpen: Bool { line.isEditing }
  /// What was typed so far, and what is wrong with it.
  var text: String { line.text }
  var error: String? { line.error }
  /// What it may mean.
  var offered: [String] { matches.map(\.words) }

  /// - Parameter wanted: what is to be written behind the text.
  mutating func begin(_ text: String, wanted: String? = nil) {
    line.begin(text)
    self.wanted = wanted
    line.error = nil
    matches = []
    scroll = Scroll()
  }

  mutating func close() { line.isEditing = false }

  /// Enter does the best match, Tab completes it, up and down are the history, Ctrl-N and Ctrl-P choose among matches.
  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> Outcome {
    if key == .control("n") || key == .control("p") {
      refresh(surroundings)
      _ = scroll.handle(key == .control("n") ? .down : .up, count: matches.count)
      return .open
    }
    let text = line.text
    wanted = nil
    switch line.handle(key) {
    case .accepted:
      guard !text.isEmpty else { return .closed }
      let meant = Destination.brief(text)
      if let typed = Destination.typed(meant, surroundings) { return .chosen(typed) }
      matches = Destination.matches(meant, surroundings)
      let place = min(scroll.selected, matches.count - 1)
      guard matches.indices.contains(place) else {
        line.begin(text)
        // Offered, not done: only what is completed with Tab is.
        matches = Destination.near(meant, in: Destination.all(surroundings))
        if surroundings.site == nil, surroundings.environment.site != nil {
          line.error = tr("the site has not answered yet: Enter tries again")
        } else if !matches.isEmpty {
          line.error = tr("there is nothing of that name; Tab takes the first above")
        } else {
          line.error = Destination.reason(meant, surroundings) ?? tr("there is nothing of that name")
        }
        return .open
      }
      return .chosen(matches[place])
    case .cancelled: return .closed
    case .complete:
      // After a slip the ones above are what was meant, not what the text matches.
      if line.error == nil { refresh(surroundings) }
      line.error = nil
      if matches.indices.contains(scroll.selected) { line.set(matches[scroll.selected].completion) }
      scroll = Scroll()
      refresh(surroundings)
      return .open
    case .changed, .unused:
      line.error = nil
      scroll = Scroll()
      refresh(surroundings)
      return .open
    }
  }

  private mutating func refresh(_ surroundings: Surroundings) {
    matches = Destination.matches(Destination.brief(line.text), surroundings)
  }

  mutating func paste(_ text: String, _ surroundings: Surroundings) {
    line.paste(text)
    refresh(surroundings)
  }

  /// Draws itself over the last rows.
  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    if matches.isEmpty, line.text.isEmpty || wanted != nil, line.error == nil { refresh(surroundings) }
    let rows = min(matches.count, 8, max(0, canvas.height - 4))
    let area = canvas.part(Rect(y: canvas.height - 1 - rows, width: canvas.width, height: rows + 1))
    area.fill()
    scroll.fit(count: matches.count, height: rows)
    let visible = scroll.visible(count: matches.count)
    for index in visible {
      let y = index - visible.lowerBound
      let selected = index == scroll.selected
      area.fill(Rect(y: y, width: area.width, height: 1), Style(.dialog))
      if selected { area.put(.selected, x: 0, y: y, .selection) }
      let end = area.text(
        matches[index].words, x: 2, y: y, selected ? .selection : Style(.dialog), width: area.width * 2 / 3)
      area.text(matches[index].detail, x: max(end + 2, 34), y: y, .muted, width: area.width - max(end + 2, 34) - 2)
    }
    area.scrollBar(first: visible.lowerBound, visible: visible.count, count: matches.count, y: 0, height: rows)
    line.draw(y: rows, remark: wanted, on: area)
    guard matches.count > rows, line.error == nil, wanted == nil else { return }
    let (place, count) = (scroll.selected + 1, matches.count)
    let said = count < Destination.most ? tr("\(place) of \(count)") : tr("\(place) of \(count) or more")
    let width = CellText.width(of: said)
    if area.width > CellText.width(of: line.text) + width + 8 {
      area.text(said, x: area.width - width - 1, y: rows, .muted)
    }
  }
}
