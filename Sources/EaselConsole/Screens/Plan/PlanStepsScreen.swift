internal import EaselModel
internal import EaselPlans
internal import EaselSimulation
internal import EaselTerminal

/// What is done inside each task of plans: the steps of the host's own plan, opened one by one, in full on Enter.
struct PlanStepsScreen: ConsoleScreen {
  /// A task of one of the plans.
  private struct Place {
    var plan: Int
    var step: Int

    var id: String { "\(plan).\(step)" }
  }

  private let changes: ChangeSet
  private let plans: [PlanPreview]
  private let items: [TreeItem]
  /// The tasks by the names of their lines.
  private let places: [String: Place]
  private var tree = TreeState()
  /// The task whose plan was asked for in full.
  private var wanted: Place?

  init(_ changes: ChangeSet, _ plans: [PlanPreview]) {
    (self.changes, self.plans) = (changes, plans)
    let all = plans.indices.flatMap { plan in plans[plan].steps.indices.map { Place(plan: plan, step: $0) } }
    places = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    items = plans.indices.flatMap { Self.items(plans[$0], number: $0, isOneOfMany: plans.count > 1) }
    tree.closed = Set(places.keys)
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

  private static func items(_ plan: PlanPreview, number: Int, isOneOfMany: Bool) -> [TreeItem] {
    var items: [TreeItem] = []
    let depth = isOneOfMany ? 1 : 0
    if isOneOfMany {
      items.append(
        TreeItem("plan \(number)", depth: 0, hasChildren: !plan.steps.isEmpty, [Span(plan.summary, .heading)]))
    }
    let places = Dictionary(grouping: plan.steps.indices) { plan.steps[$0].reason }
    for phase in plan.phases {
      items.append(
        TreeItem(
          "plan \(number) phase \(phase.reason)", depth: depth, hasChildren: true, [Span(phase.reason, .heading)]))
      for index in places[phase.reason] ?? [] {
        let step = plan.steps[index]
        let about = step.item == step.host ? "" : " \(step.item)"
        let id = Place(plan: number, step: index).id
        items.append(
          TreeItem(
            id, depth: depth + 1, hasChildren: !step.inside.isEmpty,
            [.padded(step.host, 14), Span(" \(step.title)\(about)")],
            trailing: [Span(Words.word(step.verb.impact), PlanLines.style(step.verb.impact))]))
        for (number, title) in step.inside.enumerated() {
          items.append(
            TreeItem("\(id)/\(number)", depth: depth + 2, [Span("\(number + 1). ", .muted), Span(title)]))
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
      tree.closed = tree.closed.isEmpty ? Set(places.keys) : []
    case "open":
      guard let id = tree.selected(in: items)?.id, let place = places[String(id.prefix { $0 != "/" })],
        let site = surroundings.site?.snapshot
      else {
        _ = tree.handle(.space, items: items)
        return []
      }
      guard !plans[place.plan].steps[place.step].inside.isEmpty else {
        return [.say(tr("this is done by the connection itself, not by a plan on the host"), isProblem: false)]
      }
      wanted = place
      let (changes, environment) = (changes, surroundings.environment)
      return [
        .perform {
          await environment.onThread {
            .plans(Result(doing: tr("making the plan in full")) { try environment.preview(changes, site, true) })
          }
        }
      ]
    default: break
    }
    return []
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    guard case .plans(let result) = reply, let place = wanted else { return [] }
    wanted = nil
    switch result {
    case .failure(let error): return [.say(error.message, isProblem: true)]
    case .success(let full):
      guard full.indices.contains(place.plan), full[place.plan].steps.indices.contains(place.step),
        let text = full[place.plan].steps[place.step].text
      else {
        return [.say(tr("the site has changed meanwhile: make the plan again"), isProblem: true)]
      }
      let step = full[place.plan].steps[place.step]
      return [.open(TextScreen(text, title: "\(step.host): \(step.title)", tab: .clusters))]
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Tree(items, empty: tr("Nothing is done on any host.")).draw(&tree, on: canvas)
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    tree.shown(items).enumerated().map { place, item in
      PlainLine(
        String(repeating: "  ", count: item.depth) + item.spans.plainText,
        choice: places[item.id] == nil ? nil : place)
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
