internal import EaselModel
internal import EaselTerminal

/// What was said of a page last: the part of it, and which rows bear which numbers.
struct PlainPage {
  /// Lines that are said at once: a few seconds at 9600 baud.
  static let length = 50

  /// The screen, the tab and the step that it is of.
  struct Place: Equatable {
    var screen: Int
    var tab: Int?
    var step: String?
  }

  var place: Place?
  /// The first line of the part; nil begins where the page begins.
  var first: Int?
  /// What its lines said.
  var body: [String] = []
  /// The same without numbers, as the screen said them.
  var texts: [String] = []
  /// The lines by their numbers, as they were said: a number means what was read, also when the rows have moved since.
  var numbered: [Int: PlainLine] = [:]
  /// How many lines have a number.
  var count = 0
}

extension String {
  /// Whether it is meant as a number, however large.
  var isDigits: Bool { allSatisfy { $0.isASCII && $0.isNumber } }
}

extension PlainConsole {
  func show(_ outcome: Outcome) {
    if case .said = outcome { return }
    TimeWords.$current.withValue(user.app.times) {
      if case .page = outcome { showPage(whole: true) } else { showPage(whole: false) }
    }
  }

  /// Another part of the page.
  func turn(_ step: Int) -> Outcome {
    let count = TimeWords.$current.withValue(user.app.times) { currentLines().count }
    let first = start(of: count) + step * PlainPage.length
    guard first < count, first > -PlainPage.length, count > PlainPage.length else {
      say("  " + (step > 0 ? tr("there is no more") : tr("there is nothing before it")))
      return .said
    }
    page.first = max(0, first)
    return .page
  }

  /// The lines of the open page as it is now.
  func currentLines() -> [PlainLine] {
    let app = user.app
    var screen = app.top
    return app.top.plainForm == nil ? screen.lines(app.surroundings) : []
  }

  private func start(of count: Int) -> Int {
    if let first = page.first, first < count { return first }
    return user.app.top.endsWithNewest ? max(0, count - PlainPage.length) : 0
  }

  private func showPage(whole: Bool) {
    let app = user.app
    if let asked = app.question { return show(asked) }
    if let menu = app.menu { return show(menu) }
    let place = PlainPage.Place(
      screen: app.stack[app.stack.count - 1].number, tab: app.tabs?.selected, step: app.top.flowStep)
    let isKnown = place == page.place
    let isNextStep = !isKnown && place.screen == page.place?.screen && place.tab == page.place?.tab
    if !isKnown { turnTo(place) }
    let before = page.body
    page.body = app.top.plainForm.map(lines(of:)) ?? list()
    let notes =
      (app.stale.map { ["  " + tr("WARNING: no fresh data: \($0.why)")] } ?? [])
      + (app.note.map { ["  " + ($0.isProblem ? tr("PROBLEM: \($0.text)") : $0.text)] } ?? [])
    if !whole, isKnown, let changed = changes(since: before) {
      let news = notes + (changed.isEmpty ? faults : changed)
      for text in news.isEmpty ? ["  " + tr("nothing has changed here")] : news { sayLines(text) }
      return
    }
    say("")
    say(tr("PAGE: \(head(app))"))
    if !whole, !before.isEmpty, app.top.plainForm == nil, let changed = changes(since: before) {
      let rest =
        changed.isEmpty ? tr("as before; Enter says all of it") : tr("otherwise as before; Enter says all of it")
      for text in notes + changed + ["  " + rest] { sayLines(text) }
      return
    }
    let intro = isNextStep ? nil : app.top.plainIntro.map { "  " + $0 }
    for text in notes + [intro].compactMap({ $0 }) + page.body { sayLines(text) }
    say("  " + tr("actions: \(actions(app))"))
  }

  /// The fields in which something is wrong: what keeps a form from going on.
  private var faults: [String] {
    guard let form = user.app.top.plainForm else { return [] }
    return zip(form.fields, page.body).filter { $0.0.error != nil }.map(\.1)
  }

  /// Goes on with what was said of a page that was left for another one above it.
  private func turnTo(_ place: PlainPage.Place) {
    let below = Set(user.app.stack.dropLast().map(\.number))
    left = (left + [page]).filter { page in page.place.map { below.contains($0.screen) || $0 == place } ?? false }
    page = left.last { $0.place == place } ?? PlainPage(place: place)
    left.removeAll { $0.place == place }
  }

  /// What the page says that it did not say before; nil where that is most of it, so that it is better read as a whole.
  private func changes(since before: [String]) -> [String]? {
    guard before.count == page.body.count else { return nil }
    let changed = zip(before, page.body).filter { $0 != $1 }.map(\.1)
    return changed.count * 2 <= page.body.count || user.app.top.plainForm != nil ? changed : nil
  }

  private func sayLines(_ text: String) { for line in text.split(separator: "\n") { say(String(line)) } }

  private func head(_ app: ConsoleApp) -> String {
    var place: [String] = []
    if let site = app.surroundings.site {
      place.append(site.siteName)
      if site.isSimulated { place.append(tr("SIMULATED")) }
      place.append(Words.clockAndZone(site.now))
    }
    place.append(app.top.title)
    if let step = app.top.flowStep { place.append(step) }
    if let tabs = app.tabs, tabs.titles[tabs.selected] != app.top.title {
      place.append(tr("tab \(tabs.titles[tabs.selected])"))
    }
    return place.joined(separator: ", ")
  }

  private func show(_ asked: Question) {
    say("")
    say(tr("QUESTION: \(asked.dialog.title)"))
    for line in asked.dialog.body where !line.isEmpty { say("  " + line.plainText) }
    let (confirm, cancel) = (asked.dialog.confirm, asked.dialog.cancel)
    let how =
      asked.dialog.typedName.map { tr("type \($0) to go ahead; anything else: \(cancel)") }
      ?? tr("yes: \(confirm); anything else: \(cancel)")
    say("  " + (asked.dialog.obstacle == nil ? how : tr("anything: \(cancel)")))
  }

  private func show(_ menu: Menu) {
    say("")
    say(tr("MENU: \(menu.title)"))
    for (number, item) in menu.items.enumerated() {
      let name = item.action == menu.current ? item.label + ", " + tr("chosen") : item.label
      let label = item.disabledReason.map { tr("\(name) (not now: \($0))") } ?? name
      say("  \(number + 1). \(label)")
    }
    say("  " + tr("actions: \(tr("a number, back"))"))
  }

  /// The part of the page that is read now, its choices with their numbers.
  private func list() -> [String] {
    let lines = currentLines()
    let first = start(of: lines.count)
    let end = min(lines.count, first + PlainPage.length)
    var number = lines[..<first].count { $0.choice != nil }
    page.count = lines[first...].count { $0.choice != nil } + number
    var said = state()
    page.texts = lines[first..<end].map(\.text)
    let isPlan = user.app.top is PlanScreen
    for (line, text) in zip(lines[first..<end], page.texts) {
      guard line.choice != nil else {
        // The number of a step is no choice.
        if !text.isEmpty { said.append("  " + (isPlan ? Self.step(text) : text)) }
        continue
      }
      number += 1
      page.numbered[number] = line
      said.append("  \(number). \(text)")
    }
    guard lines.count > PlainPage.length else { return said }
    let part = tr("\(first + 1) to \(end) of \(lines.count)")
    let ways = (end < lines.count ? [tr("more: next page")] : []) + (first > 0 ? [tr("less: page before")] : [])
    return said + ["  " + ([part] + ways).joined(separator: ", ")]
  }

  /// A line that begins with the number of a step, so that it is not taken for a choice.
  private static func step(_ text: String) -> String {
    let rest = text.drop { $0 == " " }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, rest.dropFirst(digits.count).hasPrefix(". ") else { return text }
    return tr("step \(String(digits)): \(String(rest.dropFirst(digits.count + 2)))")
  }

  /// What is not seen from the lines themselves.
  private func state() -> [String] {
    let top = user.app.top
    var said: [String] = []
    if let error = top.plainList?.filter.error { said.append("  " + tr("WRONG: \(error)")) }
    if let (text, shown, all) = top.plainFilter {
      said.append("  " + tr("only what matches \(text): \(shown) of \(all); / and nothing shows all"))
    }
    if let table = top.plainList?.table, let column = table.sortColumn {
      said.append("  " + (table.ascending ? tr("sorted by \(column)") : tr("sorted by \(column), downwards")))
    }
    return said
  }

  // Help

  /// What can be typed here, on one line.
  private func actions(_ app: ConsoleApp) -> String {
    let leave = app.stack.count > 1 ? "back" : "quit"
    if let plan = app.top as? PlanScreen {
      let ahead = plan.awaitsConfirmation ? [plan.typed.map { tr("\($0) to go ahead") } ?? tr("yes to go ahead")] : []
      return (ahead + planWords(app) + ["back"]).joined(separator: ", ")
    }
    guard app.top.plainForm == nil else {
      let words =
        (app.top.steps.hasPrevious ? ["previous"] : [])
        + (app.top.draft != nil && app.top.offers("form.anew") ? ["anew"] : [])
      return ([tr("a number to fill in a field"), "next"] + words + ["again", leave]).joined(separator: ", ")
    }
    var words = page.count == 0 ? [] : [tr("a number opens")]
    if let enter = enterBinding { words.append("enter \(enter.hint)") }
    for binding in typedBindings where !binding.hint.isEmpty {
      guard let key = binding.keys.first(where: { $0.typed != nil }) else { continue }
      words.append(
        app.top.actsOnRow(binding.action) ? "\(key.label) N \(binding.hint)" : "\(key.label) \(binding.hint)")
    }
    if let tabs = app.tabs {
      let titles = tabs.titles.map { $0.lowercased() }.joined(separator: " ")
      words.append(tr("tabs \(titles)"))
    }
    if app.top is OperationDetailScreen || app.top.plainLog(after: nil) != nil { words.append("watch") }
    return (words + ["help", leave]).joined(separator: ", ")
  }

  /// How lines are typed here, and what the page's own letters do.
  func explain() -> Outcome {
    let app = user.app
    if app.question != nil || app.menu != nil { return .page }
    var rules: [String]
    if let plan = app.top as? PlanScreen {
      rules = [
        plan.awaitsConfirmation
          ? plan.typed.map { tr("\($0): go ahead; what it does cannot be undone") }
            ?? tr("yes: go ahead with this plan")
          : tr("this plan cannot go ahead as it is"),
        tr("back: leave it; nothing is done"), tr("more, less: the next part of a long page, the part before"),
        tr("save FILE: write the page to a file"),
      ]
      for word in planWords(app) { rules.append("\(word): \(binding(word)?.help ?? "")") }
    } else if app.top.plainForm != nil {
      rules = [
        tr("a number asks for the value of the field behind it"),
        app.top.steps.hasPrevious ? tr("next goes on, previous goes a step back") : tr("next goes on"),
        tr("again says the page again"),
      ]
      if app.top.draft != nil { rules.append(tr("anew begins anew; once more brings back what was filled in")) }
      rules.append(app.top.draft == nil ? tr("back leaves") : tr("back leaves; what was filled in is kept"))
    } else if app.environment.site == nil {
      rules = [tr("a number makes that site"), tr("quit: leave Easel")]
    } else {
      rules = [
        tr("a number opens what stands behind it"),
        tr("a letter does what stands behind it below; with N, it and the number of a row: R 3"),
        tr("words go there or do it: hosts, cluster edge, upgrade edge, filter TEXT, sort COLUMN, save FILE"),
        tr("more, less: the next part of a long page, the part before; Enter says the page again"),
      ]
      if app.top is OperationDetailScreen {
        rules.append(tr("watch: say what changes until it has ended; Enter ends that"))
      }
      if app.top.plainLog(after: nil) != nil {
        rules.append(tr("watch: say the lines of the log as they come; Enter ends that"))
      }
      if app.top.plainList?.hasMarks == true {
        rules.append(
          tr("mark 2 4: choose several rows for a letter that follows without a number; unmark forgets them"))
      }
    }
    for rule in rules { say("  " + rule) }
    guard app.top.plainForm == nil, !(app.top is PlanScreen), app.environment.site != nil else { return .said }
    if let enter = enterBinding { say("  enter: \(enter.help)") }
    for binding in typedBindings {
      guard let key = binding.keys.first(where: { $0.typed != nil }) else { continue }
      say("  \(key.label)\(app.top.actsOnRow(binding.action) ? " N" : ""): \(binding.help)")
    }
    return .said
  }
}
