internal import EaselModel
internal import EaselPlans
internal import EaselSimulation
internal import EaselTerminal

/// What is done inside each task of a plan: the steps of the host's own plan, opened one by one, in full on Enter.
struct PlanStepsScreen: ConsoleScreen {
  private let intent: Intent
  private let plan: PlanPreview
  private let items: [TreeItem]
  private var tree = TreeState()
  /// The task whose plan was asked for in full.
  private var wanted: Int?

  init(_ intent: Intent, _ plan: PlanPreview) {
    (self.intent, self.plan) = (intent, plan)
    items = Self.items(plan)
    tree.closed = Set(plan.steps.indices.map { "\($0)" })
  }

  var title: String { tr("Steps on each host") }
  var tab: RootTab { .clusters }
  var keyMap: KeyMap { Self.keys }
  var isFlow: Bool { true }
  var footnote: String? { wanted == nil ? nil : tr("making the plan in full ...") }

  static let keys = KeyMap(
    "plan-steps",
    [
      Binding(
        "open", [.enter], tr("Show the task's plan in full: files, commands, checks"), hint: tr("in full"),
        group: tr("Steps")),
      Binding("steps.fold", [.space], tr("Open or close"), hint: tr("open, close"), group: tr("Steps")),
      Binding("steps.all", [.character("a")], tr("Open or close all"), hint: tr("all"), group: tr("Steps")),
    ])

  private static func items(_ plan: PlanPreview) -> [TreeItem] {
    var items: [TreeItem] = []
    let places = Dictionary(grouping: plan.steps.indices) { plan.steps[$0].reason }
    for phase in plan.phases {
      items.append(TreeItem("phase \(phase.reason)", depth: 0, hasChildren: true, [Span(phase.reason, .heading)]))
      for index in places[phase.reason] ?? [] {
        let step = plan.steps[index]
        let about = step.item == step.host ? "" : " \(step.item)"
        items.append(
          TreeItem(
            "\(index)", depth: 1, hasChildren: !step.inside.isEmpty,
            [.padded(step.host, 14), Span(" \(step.title)\(about)")],
            trailing: [Span(Words.word(step.effect), CompareLines.style(step.effect))]))
        for (number, title) in step.inside.enumerated() {
          items.append(TreeItem("\(index)/\(number)", depth: 2, [Span("\(number + 1). ", .muted), Span(title)]))
        }
      }
    }
    return items
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    tree.handle(key, items: items) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "steps.fold": _ = tree.handle(.space, items: items)
    case "steps.all":
      let all = Set(plan.steps.indices.map { "\($0)" })
      tree.closed = tree.closed.isEmpty ? all : []
    case "open":
      guard let id = tree.selected(in: items)?.id, let index = Int(id.prefix { $0 != "/" }),
        let site = surroundings.site?.snapshot
      else {
        _ = tree.handle(.space, items: items)
        return []
      }
      guard !plan.steps[index].inside.isEmpty else {
        return [.say(tr("this is done by the connection itself, not by a plan on the host"), isProblem: false)]
      }
      wanted = index
      let (intent, environment) = (intent, surroundings.environment)
      return [
        .perform {
          await environment.onThread {
            .plan(Result(doing: tr("making the plan in full")) { try environment.previewInFull(intent, site) })
          }
        }
      ]
    default: break
    }
    return []
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    guard case .plan(let result) = reply, let index = wanted else { return [] }
    wanted = nil
    switch result {
    case .failure(let error): return [.say(error.message, isProblem: true)]
    case .success(let full):
      guard full.steps.indices.contains(index), let text = full.steps[index].text else {
        return [.say(tr("the site has changed meanwhile: make the plan again"), isProblem: true)]
      }
      let step = full.steps[index]
      return [.open(TextScreen(text, title: "\(step.host): \(step.title)", tab: .clusters))]
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Tree(items, empty: tr("Nothing is done on any host.")).draw(&tree, on: canvas)
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    tree.shown(items).enumerated().map { place, item in
      PlainLine(
        String(repeating: "  ", count: item.depth) + item.spans.plainText, choice: item.depth == 1 ? place : nil)
    }
  }
}

/// A text to read.
struct TextScreen: ConsoleScreen {
  let title: String
  let tab: RootTab
  private let text: String
  private var pager = PagerState()

  init(_ text: String, title: String, tab: RootTab) { (self.text, self.title, self.tab) = (text, title, tab) }

  var keyMap: KeyMap { Self.keys }
  static let keys = KeyMap(
    "text",
    [
      Binding("page.pager", [.character("p")], tr("Open the text in $PAGER"), hint: tr("pager"), group: tr("Text")),
      Binding("text.wrap", [.character("w")], tr("Wrap long lines"), hint: tr("wrap"), group: tr("Text")),
    ])

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if action == "page.pager" { return External.show(text, named: "text.txt", surroundings) }
    if action == "text.wrap" { pager.wraps.toggle() }
    return []
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Pager(text: text).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { PlainLine(String($0)) }
  }
}
