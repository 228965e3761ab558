internal import EaselModel
internal import EaselTerminal

/// A file with definitions: what is wrong with it, or the plan of all that it asks for, as one change.
struct ApplyScreen: ConsoleScreen {
  private var form: Form
  private var path: String
  /// What was found in the file where nothing is left to plan; nil while it is not read.
  private var findings: Findings?
  private var isReading = false
  /// What the path may become, where there are several.
  private var offered: [String] = []
  private var pager = PagerState(wraps: true)
  /// Whether the file was named when the page was opened, so that the plan takes its place.
  private let isNamed: Bool

  private enum Findings {
    case problems([EaselError])
    /// What is as the file says already; empty for a file that holds nothing.
    case nothing([String])
  }

  init(_ path: String = "") {
    self.path = path
    isNamed = !path.isEmpty
    form = Form([
      Field(
        "path", tr("File"), .text(TextField(path)),
        help:
          tr(
            """
            YAML or JSON with clusters and hosts, as easel get -o yaml prints them. \
            All of it is planned together; nothing changes before the plan is confirmed.
            """
          ),
        placeholder: "/home/you/edge.yaml", completes: true)
    ])
  }

  var title: String { tr("Apply a file") }
  var tab: RootTab { .clusters }
  var isTyping: Bool { findings == nil }
  var keyMap: KeyMap { isTyping ? FormKeys.keys : Self.keys }
  var plainForm: Form? { isTyping ? form : nil }
  var steps: FormSteps { .only(tr("plan")) }
  var isFlow: Bool { true }

  static let keys = KeyMap(
    "apply",
    [
      Binding("apply.again", [.character("r")], tr("Read the file again"), hint: tr("read again"), group: tr("Apply")),
      Binding("apply.file", [.character("f")], tr("Another file"), hint: tr("another file"), group: tr("Apply")),
    ])

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    isNamed && findings == nil && !isReading && form.isValid ? read(surroundings) : []
  }

  private mutating func read(_ surroundings: Surroundings) -> [Request] {
    guard surroundings.site != nil else { return [] }
    isReading = true
    let (environment, path) = (surroundings.environment, path)
    return [
      .perform {
        await environment.onThread {
          .definitions(
            Result(doing: tr("reading \(path)")) {
              let text = try environment.readFile(path)
              return (text, environment.readDefinitions(text, path))
            })
        }
      }
    ]
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    if case .files(let names, let text) = reply { return complete(text, names) }
    guard case .definitions(let result) = reply, let site = surroundings.site else { return [] }
    isReading = false
    switch result {
    case .failure(let error):
      form.setError(error.message, for: "path")
      return []
    case .success(let (_, reading)): return take(reading, site)
    }
  }

  /// Goes on as far as all of the names agree, unless something else was typed meanwhile.
  private mutating func complete(_ text: String, _ names: [String]) -> [Request] {
    guard form["path"]?.typed == text else { return [] }
    guard var common = names.first else { return [.say(tr("no file begins like that"), isProblem: false)] }
    for name in names.dropFirst() { common = String(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
    form["path"]?.value = .text(TextField(common))
    offered = names.count > 1 ? names : []
    form.setError(nil, for: "path")
    return []
  }

  /// Opens the plan of all that is to be changed, or keeps what stands against it.
  private mutating func take(_ reading: DefinitionReading, _ site: SiteView) -> [Request] {
    var problems = reading.problems
    var asked: [(object: DefinitionReading.Object, change: DefinedChange)] = []
    for object in reading.objects {
      let defects = DefinedChange.defects(of: object.record, in: site.snapshot)
      problems += defects.map(object.placed)
      do {
        asked.append(
          (object, try DefinedChange(object.record, generation: object.statedGeneration, in: site.snapshot)))
      } catch let error as EaselError {
        problems += object.placed(error).each
      } catch {
        problems.append(EaselError(.failed, "Unexpected", "\(error)", file: path))
      }
    }
    let wanted = asked.filter { $0.change.intent != nil }
    guard problems.isEmpty, !wanted.isEmpty else {
      findings = problems.isEmpty ? .nothing(asked.map { ApplyLines.name($0.change) }) : .problems(problems)
      return []
    }
    let (objects, file) = (wanted.map(\.object), path)
    var changes = ChangeSet(wanted.compactMap(\.change.intent))
    changes.file = file
    changes.placing = { objects.indices.contains($0) ? objects[$0].placed($1) : $1 }
    let plan = PlanScreen(
      changes, title: tr("Apply \(file)"), confirm: tr("Apply"), tab: .clusters,
      preface: ApplyLines.preface(asked.map(\.change)), remake: { _ in ApplyScreen(file) })
    return [isNamed ? .replace(plan) : .open(plan)]
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    guard isTyping else { return pager.handle(key) ? [] : nil }
    if key == .tab {
      let (environment, text) = (surroundings.environment, form["path"]?.typed ?? "")
      return [.perform { await environment.onThread { .files(environment.filesNamed(text), for: text) } }]
    }
    offered = []
    switch form.handle(key) {
    case .unused: return nil
    case .submitted: return perform("form.next", surroundings)
    case .changed, .moved:
      form.setError(nil, for: "path")
      return []
    }
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "form.next":
      path = form.text(of: "path")
      if path.isEmpty { form.setError(tr("write the name of a file"), for: "path") }
      return path.isEmpty ? [] : read(surroundings)
    case "apply.again":
      findings = nil
      return read(surroundings)
    case "apply.file":
      findings = nil
      return []
    default: return []
    }
  }

  mutating func paste(_ text: String) { _ = form.paste(text) }

  private var page: [[Span]] {
    switch findings {
    case .problems(let problems): ApplyLines.problems(problems, in: path)
    case .nothing(let names): ApplyLines.nothing(names, in: path)
    case nil: []
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    if isTyping {
      if isReading { canvas.text(tr("Reading \(path) ..."), x: 1, .muted) }
      form.draw(on: canvas.part(Rect(x: 1, y: 2, width: canvas.width - 2, height: canvas.height - 2)))
      drawOffered(on: canvas.part(Rect(x: 3, y: 5, width: canvas.width - 4, height: max(0, canvas.height - 9))))
    } else {
      Pager(page).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
    }
  }

  private func drawOffered(on canvas: Canvas) {
    for (row, name) in offered.prefix(canvas.height).enumerated() {
      let left = offered.count - row
      let isLast = row == canvas.height - 1 && left > 1
      canvas.text(isLast ? tr(left, one: "and \(left) more", other: "and \(left) more") : name, y: row, .muted)
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] { page.map { PlainLine($0.plainText) } }
}
