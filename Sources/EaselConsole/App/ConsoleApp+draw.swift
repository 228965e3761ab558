internal import EaselModel
package import EaselTerminal

extension ConsoleApp {
  package mutating func draw(on canvas: Canvas) {
    TimeWords.$current.withValue(times) { drawFrame(on: canvas) }
  }

  private mutating func drawFrame(on canvas: Canvas) {
    guard canvas.height > 3, canvas.width > 19 else { return drawSmall(on: canvas) }
    drawTop(on: canvas.part(Rect(width: canvas.width, height: 1)))
    let hasTabLine = canvas.height > 7 && (tabs != nil || stack.count > 1)
    if hasTabLine { drawTabs(on: canvas.part(Rect(y: 1, width: canvas.width, height: 1))) }
    bodyTop = hasTabLine ? 2 : 1
    let messages = messageLines(width: canvas.width)
    let reserved = canvas.height >= 16 ? max(1, messages.count) : messages.count
    let bottom = min(reserved + 1, canvas.height - bodyTop - 1)
    let body = canvas.part(Rect(y: bodyTop, width: canvas.width, height: canvas.height - bodyTop - bottom))
    drawBody(on: body)
    for (index, message) in messages.prefix(bottom - 1).enumerated() {
      drawMessage(message, on: canvas.part(Rect(y: canvas.height - bottom + index, width: canvas.width, height: 1)))
    }
    if messages.count > bottom - 1, let last = messages.last {
      drawMessage(last, on: canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1)))
    } else {
      drawHints(on: canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1)))
    }
    // The line of hints stays to be seen where there is room for it.
    let over = canvas.part(Rect(y: 1, width: canvas.width, height: canvas.height - (canvas.height > 9 ? 2 : 1)))
    if prompt.isOpen {
      let hasHints = canvas.height > 9
      prompt.draw(on: canvas.part(Rect(width: canvas.width, height: canvas.height - (hasHints ? 1 : 0))), surroundings)
      if hasHints {
        let last = canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1))
        last.fill()
        drawHints(on: last)
      }
      // What is offered covers the message line: that the data is old is said above it.
      if let first = messages.first, case .stale = first {
        drawMessage(first, on: canvas.part(Rect(y: 1, width: canvas.width, height: 1)))
      }
    }
    menu?.draw(on: over)
    question?.dialog.draw(on: over)
  }

  private mutating func drawBody(on canvas: Canvas) {
    if feed == nil, environment.site != nil {
      let text = stale.map { tr("The site has not answered yet: \($0.why)") } ?? tr("Reading the site's state ...")
      _ = canvas.part(canvas.bounds.inset(horizontal: 2, vertical: min(1, canvas.height - 1))).paragraph(
        text, stale == nil ? .muted : .warning)
      return
    }
    let surroundings = surroundings
    top.draw(on: canvas, surroundings)
  }

  /// A line or two: what is worst, and how to get out.
  private func drawSmall(on canvas: Canvas) {
    let worst = feed?.view.attention.first.map { "! \($0.subject): \($0.text)" }
    let name = feed?.view.siteName ?? "Easel"
    canvas.text(worst ?? tr("\(name): nothing needs you"), y: 0, worst == nil ? .ok : .warning)
    if canvas.height > 1 { canvas.text(tr("window too small; Q quits"), y: 1, .muted) }
  }

  private func drawTop(on canvas: Canvas) {
    canvas.fill(nil, Style(.bar))
    canvas.fill(nil, .plain)
    guard let site = feed?.view else {
      canvas.statusLine(left: [Span(" Easel", .title)])
      return
    }
    var left = [Span(" Easel ", .title), Span(" \(site.siteName)", .heading)]
    if site.isSimulated { left.append(Span("  " + tr("SIMULATED"), .accent)) }
    if environment.isReadOnly { left.append(Span("  " + tr("READ-ONLY"), .warning)) }
    let engine = engineState(site)
    let clock = Span(Words.clockAndZone(site.now), stale == nil ? .plain : .stale)
    let old = stale == nil ? [] : [Span(tr("OLD") + " ", .stale)]
    // It stands still while the engine rests, which a clock that is not said to be simulated must not.
    let kind = site.isSimulated ? [Span(tr("sim") + " ", .muted)] : []
    let short = Span(Words.clock(site.now), clock.style)
    let end = Span(" ")
    let forms: [[Span]] = [
      [Span(tr("engine") + " ", .muted), engine, Span("  ")] + old + kind + [clock, end],
      [Span(tr("engine") + " ", .muted), engine, Span("  ")] + old + kind + [short, end],
      [engine, Span("  ")] + old + kind + [short, end], [engine, Span("  ")] + old + [short, end], old + [engine, end],
    ]
    let fitting = forms.first { left.cellWidth + $0.cellWidth < canvas.width }
    canvas.statusLine(left: left, right: fitting ?? old + kind + [short, end])
  }

  private func engineState(_ site: SiteView) -> Span {
    if stale != nil { return Span(tr("unknown"), .warning) }
    let phases = Set(site.unfinished.map(\.status.phase))
    if !site.snapshot.engineRuns {
      if phases.isEmpty { return Span(tr("idle"), .muted) }
      if phases.contains(where: \.isMoving) {
        return site.snapshot.lacksEngine ? Span(tr("NONE"), .critical) : Span(tr("starts"), .ok)
      }
      // Something else must change first, and who changes it starts an engine.
      return waiting(phases)
    }
    if phases.isEmpty { return Span(tr("leading"), .ok) }
    return phases.contains(where: \.isMoving) ? Span(tr("working"), .ok) : waiting(phases)
  }

  private func waiting(_ phases: Set<Operation.Phase>) -> Span {
    phases.contains(.stopped) ? Span(tr("waits for you"), .critical) : Span(tr("blocked"), .warning)
  }

  func tabBarTitles(_ titles: [String]) -> [String] { titles.enumerated().map { "\($0 + 1) \($1)" } }

  private func drawTabs(on canvas: Canvas) {
    if let tabs {
      var x = 0
      if top.tabs != nil {
        let room = canvas.width / 3
        x = canvas.text(" \(top.title) ", x: 0, .title, width: room)
      }
      TabBar(tabBarTitles(tabs.titles), selected: tabs.selected)
        .draw(on: canvas.part(Rect(x: x, width: canvas.width - x, height: 1)))
    } else {
      canvas.text(" \(top.title)", .title)
    }
  }

  private enum MessageLine {
    case stale(String), note(String), problem(String, isFirst: Bool), footnote(String)
  }

  private func messageLines(width: Int) -> [MessageLine] {
    var lines: [MessageLine] = []
    if let stale, environment.site != nil {
      lines.append(
        .stale(
          stale.since.map { tr("no fresh data since \(Words.clockAndZone($0)): \(stale.why); looking again") }
            ?? tr("no fresh data: \(stale.why); looking again")))
    }
    if let why = environment.copyReason?.words { lines.append(.stale(why)) }
    if let note {
      // In full where there is room for it.
      let most = size.height >= 16 ? (width < 60 ? 5 : 3) : size.height >= 10 ? 4 : 1
      var parts = CellText.wrap(note.text, width: max(1, width - 3))
      if parts.count > most {
        parts = Array(parts.prefix(most - 1)) + [parts.dropFirst(most - 1).joined(separator: " ")]
      }
      lines += parts.enumerated().map { place, text in
        note.isProblem ? .problem(text, isFirst: place == 0) : .note(text)
      }
    }
    if lines.isEmpty, size.height >= 16, let text = top.footnote {
      lines += CellText.wrap(text, width: max(1, width - 2)).prefix(2).map { .footnote($0) }
    }
    return lines
  }

  private func drawMessage(_ message: MessageLine, on canvas: Canvas) {
    canvas.fill()
    switch message {
    case .stale(let text): canvas.banner(text, alert: true)
    case .problem(let text, let isFirst): canvas.banner(text, alert: true, goesOn: !isFirst)
    case .footnote(let text): canvas.text(text, x: 1, .muted)
    case .note(let text): canvas.text(text, x: 1, .accent)
    }
  }

  private func drawHints(on canvas: Canvas) {
    var hints = offeredKeys.hints
    if prompt.isOpen {
      hints = [
        KeyHint(key: Key.enter.label, text: tr("go")), KeyHint(key: Key.tab.label, text: tr("complete")),
        KeyHint(key: Key.escape.label, text: tr("cancel")), KeyHint(key: Key.up.label, text: tr("history")),
        KeyHint(key: Key.control("n").label, text: tr("next entry")),
      ]
    } else if question?.dialog.obstacle != nil {
      hints = [KeyHint(key: "Enter", text: tr("close"))]
    } else if question != nil {
      hints = [
        KeyHint(key: "Tab", text: tr("choose")), KeyHint(key: "Enter", text: tr("press")),
        KeyHint(key: "Esc", text: tr("cancel")),
      ]
    } else if menu != nil {
      hints = [KeyHint(key: "Enter", text: tr("do it")), KeyHint(key: "Esc", text: tr("cancel"))]
    } else if top.isTyping, top.isFiltering {
      hints = [
        KeyHint(key: "Enter", text: tr("keep it")), KeyHint(key: "Tab", text: tr("complete")),
        KeyHint(key: "Esc", text: tr("show all")),
      ]
    } else if top.isTyping {
      // What is a character is typed now, where the field takes text.
      let top = top
      let map = FormKeys.of(book[top.keyMap.name], top).filtered { top.offers($0) }.hinted { top.hint($0) }
      let own = (top.takesText ? map.untyped : map).hints
      let completes = top.plainForm?.focused?.completes == true
      let enter =
        completes
        ? [KeyHint(key: "Tab", text: tr("complete"))] : own.isEmpty ? [KeyHint(key: "Enter", text: tr("keep it"))] : []
      let global = top.takesText ? book["global"].untyped : book["global"]
      hints = enter + [KeyHint(key: "Esc", text: tr("leave"))] + own + global.hints
    } else if stack.count > 1 {
      hints.insert(KeyHint(key: book["global"].keys(for: "back").first?.label ?? "", text: tr("back")), at: 0)
    }
    // Who is lost needs the way to help more than one more key.
    let help =
      prompt.isOpen ? nil : (top.takesText ? book["global"].untyped : book["global"]).keys(for: "help").first?.label
    canvas.part(Rect(x: 1, width: canvas.width - 1, height: 1)).hints(hints, keeping: help)
  }
}
