internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

/// What the site's content folder holds, which versions can be made of it, and whether its files are what the index says.
struct ContentScreen: ConsoleScreen {
  var title: String { tr("Content") }
  var tab: RootTab { .content }
  var keyMap: KeyMap { Self.keys }
  private var list = ObjectList<ContentRow>(
    ContentRow.columns, empty: tr("The index lists nothing."), identity: { $0.item.path })
  private var index: ContentIndex?
  private var problem: EaselError?
  private var marks = ContentMarks()
  /// The folder whose index was asked for; it is asked for again when another one is named.
  private var asked: String?
  private var folder: String?
  /// What is still to be read, the next one last; nil while nothing is verified.
  private var queue: [ContentIndex.Item]?

  static let keys = KeyMap(
    "content",
    [
      Binding(
        "content.verify", [.character("v")], tr("Compare every file with its digest"), hint: tr("verify"),
        group: tr("Content")),
      Binding("content.stop", [.character("x")], tr("Stop comparing"), group: tr("Content")),
      Binding(
        "content.missing", [.character("m")], tr("What each version needs and lacks"), hint: tr("versions"),
        group: tr("Content")),
      Binding("content.again", [.character("r")], tr("Read the index again"), group: tr("Content")),
      Binding(
        "content.folder", [.character("c")], tr("Name the folder that hosts are supplied from"), hint: tr("folder"),
        group: tr("Content"), changes: true),
    ] + ObjectList<ContentRow>.bindings)

  var isTyping: Bool { list.filter.isEditing }
  var isFiltering: Bool { list.filter.isEditing }

  func offers(_ action: ActionID) -> Bool {
    switch action {
    case "content.verify", "content.missing": index != nil && queue == nil
    case "content.stop": queue != nil
    default: !action.rawValue.hasPrefix("list.") || !list.rows.isEmpty
    }
  }

  var plainList: (any FilterableList)? {
    get { folder == nil || problem != nil ? nil : list }
    set { if let changed = newValue as? ObjectList<ContentRow> { list = changed } }
  }

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    folder = surroundings.site?.snapshot.site.spec.contentDirectory
    guard let site = surroundings.site?.snapshot, let folder, asked != folder else { return [] }
    asked = folder
    (index, problem, queue) = (nil, nil, nil)
    marks = ContentMarks(text: surroundings.environment.draft(ContentMarks.key))
    let environment = surroundings.environment
    return [
      .perform {
        await environment.onThread {
          .content(Result(doing: tr("reading the content index")) { try environment.content(site) })
        }
      }
    ]
  }

  mutating func refresh(_ surroundings: Surroundings) {
    folder = surroundings.site?.snapshot.site.spec.contentDirectory
    update()
  }

  /// Another folder was named, here or elsewhere: its index is asked for.
  var wantsTicks: Bool { folder != nil && folder != asked }

  private var nameFolder: [Request] { [.open(ContentFolderScreen(folder))] }

  private mutating func update() {
    list.update((index?.items ?? []).map { ContentRow(item: $0, verified: marks[$0]) })
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    switch reply {
    case .content(.success(let found)): (index, problem) = (found, nil)
    case .content(.failure(let error)): problem = error
    case .verified(let item, let error):
      marks.note(item, at: surroundings.site?.now ?? .zero, error: error)
      update()
      return next(surroundings)
    default: return []
    }
    update()
    return []
  }

  private mutating func next(_ surroundings: Surroundings) -> [Request] {
    guard var left = queue, let site = surroundings.site?.snapshot else { return [] }
    guard let item = left.popLast() else {
      queue = nil
      surroundings.environment.keepDraft(ContentMarks.key, marks.text)
      let wrong = index?.items.filter { marks[$0]?.problem != nil }.count ?? 0
      return [
        .say(
          wrong == 0
            ? tr("all files are what the index says")
            : tr(wrong, one: "\(wrong) file not as the index says", other: "\(wrong) files not as the index says"),
          isProblem: wrong > 0)
      ]
    }
    queue = left
    let environment = surroundings.environment
    return [
      .perform {
        await environment.onThread {
          switch Result(doing: tr("reading \(item.path)"), { try environment.verify(item, site) }) {
          case .success: .verified(item, nil)
          case .failure(let error): .verified(item, error)
          }
        }
      }
    ]
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? { list.handle(key) ? [] : nil }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if list.perform(action) { return [] }
    switch action {
    case "open":
      return list.selected.map { [.say("sha256 \($0.item.sha256)  \($0.item.path)", isProblem: false)] } ?? []
    case "content.verify":
      guard folder != nil else { return [.say(tr("no content folder is named yet"), isProblem: false)] }
      guard queue == nil, let index else { return [.say(tr("it is being compared already"), isProblem: false)] }
      queue = index.items.reversed()
      return next(surroundings)
    case "content.stop":
      queue = nil
      return [.say(tr("stopped"), isProblem: false)]
    case "content.missing":
      return index.map { [.open(ContentVersionsScreen($0))] } ?? []
    case "content.again":
      asked = nil
      return begin(surroundings)
    case "content.folder": return nameFolder
    default: return []
    }
  }

  mutating func unwind() -> Bool { list.clearFilter() }
  mutating func paste(_ text: String) { list.filter.paste(text) }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    list.handle(mouse) == nil ? [] : perform("open", surroundings)
  }

  private var head: String {
    guard let index else { return tr("Reading the index ...") }
    let bytes = index.items.reduce(Int64(0)) { $0 + $1.size }
    let count = tr(index.items.count, one: "\(index.items.count) file", other: "\(index.items.count) files")
    guard let queue else { return "\(count), \(Words.bytes(bytes))" }
    let done = index.items.count - queue.count
    return tr("\(count), \(Words.bytes(bytes)); comparing number \(done) of \(index.items.count)")
  }

  /// Without a folder: what is missing, and what to press.
  private func missing(_ surroundings: Surroundings) -> [String] {
    [
      tr("No content folder is named, so nothing can be installed on this site's hosts."),
      tr(
        """
        It is a folder on this machine that holds content.json and what that lists: Kubernetes' binaries and images, \
        each with its digest.
        """),
      surroundings.isReadOnly ? tr("Who may change this site can name one here.") : tr("Press c to name one."),
    ]
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    if folder == nil {
      var row = 1
      for (index, text) in missing(surroundings).enumerated() {
        row +=
          canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(text, y: row, index == 0 ? .warning : .plain) + 1
      }
      return
    }
    if let problem {
      _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(problem.description, .critical)
      return
    }
    canvas.text(head, x: 1, queue == nil ? .muted : .info)
    list.draw(on: canvas.part(Rect(y: 1, width: canvas.width, height: canvas.height - 1)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    if folder == nil { return missing(surroundings).map { PlainLine($0) } }
    if let problem { return [PlainLine(problem.description)] }
    return [PlainLine(head)] + list.lines()
  }
}
