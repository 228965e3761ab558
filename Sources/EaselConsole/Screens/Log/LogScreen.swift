internal import EaselModel
internal import EaselTerminal

/// The log of one task, as its host keeps it: it follows, searches, wraps, and works while the cluster is broken.
struct LogScreen: ConsoleScreen {
  let task: String
  let title: String
  var tab: RootTab { .operations }
  var keyMap: KeyMap { Self.keys }
  /// A ring: a log never grows without end here.
  private static let kept = 5000
  private var texts: [String] = []
  private var dropped = 0
  private var pager = PagerState(follows: true)
  private var search = FilterLine(prompt: "/")
  private var problem: EaselError?
  private var isAsking = false
  /// The task has ended, and all of its log is there.
  private var isOver = false

  init(task: String, title: String) { (self.task, self.title) = (task, title) }

  static let keys = KeyMap(
    "log",
    [
      Binding("log.search", [.character("/")], tr("Search"), hint: tr("search"), group: tr("Log")),
      Binding("log.next", [.character("n")], tr("Next match"), group: tr("Log")),
      Binding("log.previous", [.character("N")], tr("Match before"), group: tr("Log")),
      Binding("log.follow", [.character("f")], tr("Follow the end"), hint: tr("follow"), group: tr("Log")),
      Binding("log.wrap", [.character("w")], tr("Wrap long lines"), hint: tr("wrap"), group: tr("Log")),
      Binding("log.pager", [.character("p")], tr("Open in $PAGER"), hint: tr("pager"), group: tr("Log")),
      Binding("log.copy", [.character("y")], tr("Copy to the clipboard"), group: tr("Log")),
    ])

  var isTyping: Bool { search.isEditing }
  var wantsTicks: Bool { true }

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    guard let site = surroundings.environment.site, !isAsking else { return [] }
    let ended = surroundings.site?.task(task)?.status.state.isFinal ?? false
    // One look after it has ended is enough.
    isOver = ended && !texts.isEmpty
    if isOver { return [] }
    isAsking = true
    let (task, from, environment) = (task, dropped + texts.count, surroundings.environment)
    return [
      .perform {
        let result = await environment.onThread {
          Result(doing: tr("reading the log of \(task)")) { try site.log(ofTask: task, from: from) }
        }
        return .log(result, from: from)
      }
    ]
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    guard case .log(let result, let from) = reply else { return [] }
    isAsking = false
    switch result {
    case .failure(let error): problem = error
    case .success(let more):
      problem = nil
      guard from == dropped + texts.count else { return [] }
      texts += more
      if texts.count > Self.kept {
        dropped += texts.count - Self.kept
        texts.removeFirst(texts.count - Self.kept)
      }
    }
    return []
  }

  private var page: Pager { Pager(texts.map { [Span($0)] }) }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if search.isEditing {
      let outcome = search.handle(key)
      pager.search = search.text
      return outcome == .accepted ? find() : []
    }
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  /// Goes to a match, and says how many there are: one that is in sight already is not gone to.
  private mutating func find(backward: Bool = false) -> [Request] {
    let (text, lines) = (pager.search, page.lines)
    if text.isEmpty { return [.say(tr("nothing is searched for yet"), isProblem: false)] }
    guard pager.find(lines, backward: backward) else { return [.say(tr("no match for \(text)"), isProblem: true)] }
    let count = pager.matches(in: lines)
    return [.say(tr(count, one: "1 line has \(text)", other: "\(count) lines have \(text)"), isProblem: false)]
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "log.search": search.begin("")
    case "log.next": return find()
    case "log.previous": return find(backward: true)
    case "log.follow": pager.follows.toggle()
    case "log.wrap": pager.wraps.toggle()
    case "log.copy": return [.effect(.copy(texts.joined(separator: "\n"))), .say(tr("copied"), isProblem: false)]
    case "log.pager": return External.show(texts.joined(separator: "\n"), named: "log.txt", surroundings)
    default: break
    }
    return []
  }

  mutating func paste(_ text: String) { search.paste(text) }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    let body = canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height - 1))
    if texts.isEmpty {
      let text = problem.map { $0.description } ?? tr("No log lines. They appear while the host works on the step.")
      _ = body.paragraph(text, y: min(1, body.height - 1), problem == nil ? .muted : .warning)
    }
    page.draw(&pager, on: body)
    let line = canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1))
    if search.isEditing {
      search.draw(on: line)
    } else {
      let count = dropped + texts.count
      var words = [tr(count, one: "\(count) line", other: "\(count) lines")]
      if dropped > 0 { words.append(tr("the first \(dropped) are not kept here")) }
      if pager.follows { words.append(tr("following")) }
      if problem != nil, !texts.isEmpty { words.append(tr("the host does not answer now")) }
      line.text(words.joined(separator: ", "), x: 1, .muted)
    }
  }

  var endsWithNewest: Bool { true }

  /// The lines with what was searched for; all where nothing was.
  private var found: [String] {
    let test = ListFilter(search.text)
    return test.isEmpty ? texts : texts.filter { text in test.matches { _ in [text] } }
  }

  var plainFilter: (text: String, shown: Int, all: Int)? {
    search.text.isEmpty ? nil : (search.text, found.count, texts.count)
  }

  func plainLog(after number: Int?) -> PlainLog? {
    let test = ListFilter(search.text)
    let new = number.map { texts.dropFirst($0 - dropped) } ?? texts.suffix(PlainLog.first)
    return PlainLog(
      lines: new.filter { text in test.isEmpty || test.matches { _ in [text] } }, last: dropped + texts.count,
      isOver: isOver)
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    if !texts.isEmpty { return found.map { PlainLine($0) } }
    return [
      PlainLine(problem?.description ?? tr("No log lines. They appear while the host works on the step."))
    ]
  }
}
