internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

/// Two definitions beside each other, with what the change does to each node.
struct CompareScreen: ConsoleScreen {
  private struct Side {
    var label: String
    var fields: SpecComparison.Fields
    var spec: Cluster.Spec?
  }

  private let name: String
  private let sides: [Side]
  private var left: Int
  private var right: Int
  /// What follows when it is a change that is being put together.
  private let intent: Intent?
  let tab: RootTab
  private var showsAll = false
  private var machines: [Machine] = []
  private var pager = PagerState(wraps: true)
  /// Columns of the terminal: what leaves it is laid out as on it.
  private var width = 80

  /// Two versions of a cluster's definition: by default what is wanted now and what was before.
  ///
  /// - Parameter operation: the operation whose change is shown.
  init(_ cluster: Cluster, site: SiteView, operation: String? = nil) {
    let versions = SpecHistory.versions(of: cluster, site: site)
    name = cluster.name
    sides = versions.map { Side(label: $0.label, fields: SpecComparison.fields($0.spec), spec: $0.spec) }
    let wanted = operation.flatMap { name in versions.firstIndex { $0.operation == name } }
    left = wanted ?? max(0, versions.count - 2)
    right = min(left + 1, versions.count - 1)
    intent = nil
    tab = .clusters
  }

  /// A change before it is made; `intent` is what Enter makes a plan of.
  init(_ name: String, from old: Cluster.Spec, to new: Cluster.Spec, label: String, intent: Intent?) {
    self.name = name
    sides = [
      Side(label: tr("now"), fields: SpecComparison.fields(old), spec: old),
      Side(label: label, fields: SpecComparison.fields(new), spec: new),
    ]
    (left, right) = (0, 1)
    self.intent = intent
    tab = .clusters
  }

  init(_ first: Profile, _ second: Profile) {
    name = tr("\(first.name) and \(second.name)")
    sides = [first, second].map {
      Side(label: "\($0.name) \($0.spec.version)", fields: SpecComparison.fields($0.spec), spec: nil)
    }
    (left, right) = (0, 1)
    intent = nil
    tab = .profiles
  }

  var title: String { tr("Compare \(name)") }
  var keyMap: KeyMap { intent == nil ? Self.keys : Self.changeKeys }
  var isFlow: Bool { intent != nil }

  private static let pageKeys = [
    Binding(
      "compare.all", [.character("a")], tr("All fields, or those that differ"), hint: tr("all"), group: tr("Compare")),
    Binding("page.pager", [.character("p")], tr("Open the page in $PAGER"), group: tr("Compare")),
  ]
  /// Of what was changed already.
  static let keys = KeyMap(
    "compare",
    [
      Binding(
        "compare.older", [.character("o")], tr("The change before this one"), hint: tr("older"), group: tr("Compare")),
      Binding(
        "compare.newer", [.character("n")], tr("The change after this one"), hint: tr("newer"), group: tr("Compare")),
    ] + pageKeys)
  /// Of a change that is being put together.
  static let changeKeys = KeyMap(
    "compare-change",
    [
      Binding(
        "open", [.enter], tr("Show the plan of the change"), hint: tr("plan"), group: tr("Compare"), changes: true)
    ] + pageKeys
  )

  func offers(_ action: ActionID) -> Bool {
    switch action {
    case "compare.older": left > 0
    case "compare.newer": right < sides.count - 1
    default: true
    }
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site, let cluster = site.cluster(name) else { return }
    machines = site.machines(of: cluster)
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "open":
      guard let intent else { return [] }
      return [.open(PlanScreen(intent, title: tr("Change \(name)"), confirm: tr("Change"), tab: .clusters))]
    case "compare.older":
      guard left > 0 else { return [.say(tr("nothing older is known"), isProblem: false)] }
      (left, right) = (left - 1, left)
    case "compare.newer":
      guard right < sides.count - 1 else { return [.say(tr("nothing newer is known"), isProblem: false)] }
      (left, right) = (right, right + 1)
    case "compare.all": showsAll.toggle()
    case "page.pager":
      return External.show(
        page.map(\.plainText).joined(separator: "\n"), named: "compare.txt", surroundings)
    default: break
    }
    pager = PagerState(wraps: true)
    return []
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] { scroll(mouse, surroundings) }

  private var page: [[Span]] { page(wide: width >= 90) }

  private func page(wide: Bool) -> [[Span]] {
    let (old, new) = (sides[left], sides[right])
    var lines = CompareLines.lines(
      SpecComparison.compare(old.fields, new.fields), labels: (old.label, new.label), all: showsAll, wide: wide,
      width: width - 2)
    if let before = old.spec, let after = new.spec, before != after {
      lines += [[]] + CompareLines.effects(from: before, to: after, machines: machines)
    }
    return lines
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    width = canvas.width
    Pager(page).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    page(wide: false).map { PlainLine($0.plainText) }
  }
}
