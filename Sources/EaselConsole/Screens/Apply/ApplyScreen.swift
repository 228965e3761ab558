internal import EaselModel
internal import EaselTerminal

/// A file with definitions: what each object in it would do, each with its plan.
struct ApplyScreen: ConsoleScreen {
  private var form: Form
  private var path: String
  private var reading: DefinitionReading?
  private var problem: EaselError?
  private var isReading = false
  private var selected = Scroll()

  init(_ path: String = "") {
    self.path = path
    form = Form([
      Field(
        "path", tr("File"), .text(TextField(path)),
        help:
          tr(
            """
            YAML or JSON with clusters and hosts, as easel get -o yaml prints them. \
            Nothing changes before a plan is confirmed.
            """
          ),
        placeholder: "/home/you/edge.yaml")
    ])
  }

  var title: String { tr("Apply a file") }
  var tab: RootTab { .clusters }
  var isTyping: Bool { reading == nil }
  var keyMap: KeyMap { isTyping ? FormKeys.keys : Self.keys }
  var plainForm: Form? { isTyping ? form : nil }
  /// With several objects it stays open, for the next one.
  var isFlow: Bool { (reading?.objects.count ?? 0) < 2 }

  static let keys = KeyMap(
    "apply",
    [
      Binding("open", [.enter], tr("Show what the selected object would do"), hint: tr("plan"), group: tr("Apply")),
      Binding("apply.again", [.character("r")], tr("Read the file again"), hint: tr("read again"), group: tr("Apply")),
      Binding("apply.file", [.character("f")], tr("Another file"), group: tr("Apply")),
    ])

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    path.isEmpty || reading != nil || isReading || problem != nil ? [] : read(surroundings)
  }

  private mutating func read(_ surroundings: Surroundings) -> [Request] {
    isReading = true
    problem = nil
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
    guard case .definitions(let result) = reply else { return [] }
    isReading = false
    switch result {
    case .failure(let error):
      problem = error
      form.setError(error.message, for: "path")
    case .success(let (_, found)): reading = found
    }
    return []
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    guard isTyping else { return selected.handle(key, count: reading?.objects.count ?? 0) ? [] : nil }
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
      reading = nil
      return read(surroundings)
    case "apply.file":
      reading = nil
      return []
    case "open":
      guard let reading, reading.problems.isEmpty, reading.objects.indices.contains(selected.selected) else {
        return []
      }
      return ApplyObject(reading.objects[selected.selected], surroundings.site).requests
    default: return []
    }
  }

  mutating func paste(_ text: String) { _ = form.paste(text) }

  private func page(_ site: SiteView?) -> [(spans: [Span], isChoice: Bool)] {
    guard let reading else { return [] }
    if !reading.problems.isEmpty {
      return [
        (
          [
            Span(
              tr(
                reading.problems.count, one: "\(reading.problems.count) problem in \(path); nothing was changed",
                other: "\(reading.problems.count) problems in \(path); nothing was changed"), .critical)
          ],
          false
        )
      ]
        + reading.problems.map { ([Span("  \($0.description)", .warning)], false) }
    }
    if reading.objects.isEmpty { return [([Span(tr("\(path) holds nothing."), .muted)], false)] }
    return reading.objects.map { object in
      let what = ApplyObject(object, site)
      return ([.padded(what.name, 24), Span(" "), Span(what.effect, what.style)], true)
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard !isTyping else {
      if isReading { canvas.text(tr("Reading \(path) ..."), x: 1, .muted) }
      form.draw(on: canvas.part(Rect(x: 1, y: 2, width: canvas.width - 2, height: canvas.height - 2)))
      return
    }
    canvas.text(path, x: 1, .heading)
    let lines = page(surroundings.site)
    let body = canvas.part(Rect(y: 2, width: canvas.width, height: canvas.height - 2))
    selected.fit(count: lines.count, height: body.height)
    for index in selected.visible(count: lines.count) {
      let y = index - selected.top
      if index == selected.selected, lines[index].isChoice { body.put(.selected, x: 0, y: y, .selection) }
      body.spans(lines[index].spans, x: 2, y: y)
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    page(surroundings.site).enumerated().map { PlainLine($1.spans.plainText, choice: $1.isChoice ? $0 : nil) }
  }
}

/// What one object of a file would do.
struct ApplyObject {
  private enum Change {
    case create(Intent)
    case change(from: Cluster.Spec, to: Cluster.Spec, Intent)
    case add(Intent)
    case none
    case refused(String)
  }

  let name: String
  private let change: Change

  init(_ object: DefinitionReading.Object, _ site: SiteView?) {
    switch object.record {
    case .cluster(let wanted):
      name = "cluster \(wanted.name)"
      let known = site?.cluster(wanted.name)
      let spec = known.map { wanted.spec.keepingDefaults(of: $0.spec) } ?? wanted.spec
      if let problem = EditedDefinition.rules(against: spec, named: wanted.name, site: site, standing: known).first {
        change = .refused(EditedDefinition.located(problem, in: object).description)
      } else if let known {
        change =
          spec == known.spec
          ? .none
          : .change(
            from: known.spec, to: spec,
            .changeCluster(name: wanted.name, spec: spec, expecting: object.statedGeneration))
      } else {
        change = .create(.createCluster(name: wanted.name, spec: spec, labels: wanted.metadata.labels))
      }
    case .host(let wanted):
      name = "host \(wanted.name)"
      if let known = site?.host(wanted.name) {
        change =
          known.spec == wanted.spec
          ? .none : .refused(tr("it is here already with another definition; remove it first"))
      } else {
        change = .add(.addHost(name: wanted.name, spec: wanted.spec, labels: wanted.metadata.labels))
      }
    default:
      name = object.record.kind.rawValue.lowercased()
      change = .refused(tr("files hold clusters and hosts"))
    }
  }

  var effect: String {
    switch change {
    case .create: tr("is created")
    case .change: tr("is changed")
    case .add: tr("is added")
    case .none: tr("is as the file says")
    case .refused(let why): why
    }
  }

  var style: Style {
    switch change {
    case .create, .add: .ok
    case .change: .warning
    case .none: .muted
    case .refused: .critical
    }
  }

  var requests: [Request] {
    switch change {
    case .create(let intent):
      [.open(PlanScreen(intent, title: tr("Create \(name)"), confirm: tr("Create"), tab: .clusters))]
    case .add(let intent): [.open(PlanScreen(intent, title: tr("Add \(name)"), confirm: tr("Add"), tab: .hosts))]
    case .change(let old, let new, let intent):
      [.open(CompareScreen(String(name.dropFirst(8)), from: old, to: new, label: tr("in the file"), intent: intent))]
    case .none: [.say(tr("\(name) is as the file says"), isProblem: false)]
    case .refused(let why): [.say(why, isProblem: true)]
    }
  }
}
