internal import EaselModel
internal import EaselSimulation
internal import EaselTerminal

/// What changes would do, before they are confirmed: the engine's own preview. Cancel has the focus; what cannot be undone
/// asks for the name of the thing.
struct PlanScreen: ConsoleScreen {
  let changes: ChangeSet
  let title: String
  let tab: RootTab
  private let confirm: String
  /// What must be typed whatever the plan says.
  private let ownName: String?
  /// Said above the plan, for example what is lost.
  private let preface: [[Span]]
  /// Makes the page anew from what stands; nil where what it is about is gone.
  private let remake: (@Sendable (SiteView) -> (any ConsoleScreen)?)?
  private var plans: Result<[PlanPreview], EaselError>?
  private var refusal: EaselError?
  /// The site that the plan is made for, until it is there; then what it takes for granted.
  private var basis: SiteView?
  private var premises: [Premise] = []
  /// What has happened since the plan was made, so that it is none any more.
  private var stale: Premise.Change?
  /// The definition that the change was made from.
  private var before: Cluster.Spec?
  private var lines: [[Span]] = []
  private var pager = PagerState(wraps: true)
  private var name = TextField()
  /// How many of the names were typed already.
  private var namesTyped = 0
  private var isSubmitted = false

  /// What must be typed next: nil where a yes is enough, and where there is nothing to say yes to.
  var typed: String? { names.indices.contains(namesTyped) ? names[namesTyped] : nil }
  /// Whether nothing more must be typed after that.
  var isLastName: Bool { namesTyped + 1 >= names.count }

  private var names: [String] {
    if isDead { return [] }
    if let ownName { return [ownName] }
    if case .success(let plans) = plans { return changes.namesToType(for: plans) }
    return changes.namesToType(for: [])
  }

  /// It was refused, or is none any more: it cannot be confirmed, whatever is typed.
  private var isDead: Bool {
    if case .failure = plans { return true }
    return refusal != nil || stale != nil
  }

  private enum Focus { case name, cancel, confirm }
  private var focus: Focus

  init(
    _ intent: Intent, title: String, confirm: String, tab: RootTab, typedName: String? = nil, preface: [[Span]] = [],
    remake: (@Sendable (SiteView) -> (any ConsoleScreen)?)? = nil
  ) {
    self.init(
      ChangeSet(intent), title: title, confirm: confirm, tab: tab, typedName: typedName, preface: preface,
      remake: remake)
  }

  init(
    _ changes: ChangeSet, title: String, confirm: String, tab: RootTab, typedName: String? = nil,
    preface: [[Span]] = [], remake: (@Sendable (SiteView) -> (any ConsoleScreen)?)? = nil
  ) {
    self.changes = changes
    self.title = title
    self.confirm = confirm
    self.tab = tab
    self.preface = preface
    self.remake = remake
    ownName = typedName
    focus = typedName == nil && changes.namesToType(for: []).isEmpty ? .cancel : .name
  }

  var keyMap: KeyMap { Self.keys }
  var isFlow: Bool { true }
  var isTyping: Bool { focus == .name }

  static let keys = KeyMap(
    "plan",
    [
      Binding(
        "open", [.enter, .space], tr("Press the button that has the focus"), hint: tr("press"), group: tr("Plan")),
      Binding("tab.next", [.tab, .right], tr("To the next button"), hint: tr("choose"), group: tr("Plan")),
      Binding("tab.previous", [.backTab, .left], tr("To the button before"), group: tr("Plan")),
      Binding(
        "plan.again", [.character("r")], tr("Make the plan again, for what stands now"), hint: tr("plan again"),
        group: tr("Plan")),
      Binding(
        "plan.steps", [.character("s")], tr("What is done inside each task on each host"), hint: tr("steps"),
        group: tr("Plan")),
      Binding("plan.compare", [.character("=")], tr("Compare the definition with what stands"), group: tr("Plan")),
      Binding("plan.pager", [.character("p")], tr("Open the plan in $PAGER"), group: tr("Plan")),
      Binding("plan.copy", [.character("y")], tr("Copy the plan"), group: tr("Plan")),
      Binding(
        "plan.command", [.character("$")], tr("Show the command that does the same"), hint: tr("as command"),
        group: tr("Plan")),
    ])

  var timings: [[PlanPreview.Timing]] {
    if case .success(let plans) = plans { plans.map(\.timing) } else { [] }
  }

  func offers(_ action: ActionID) -> Bool { action != "plan.again" || isOutdated }

  /// Whether planning again can say something else.
  private var isOutdated: Bool { stale?.isFinal == false || refusal != nil }

  mutating func refresh(_ surroundings: Surroundings) {
    guard stale == nil, !isSubmitted, refusal == nil, let site = surroundings.site,
      var change = premises.lazy.compactMap({ $0.change(in: site) }).first
    else { return }
    // The file may ask for something else that is still to be done.
    if changes.file != nil { change.isFinal = false }
    stale = change
    focus = .cancel
    lines = compose(surroundings)
    pager.top = 0
  }

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    guard plans == nil, basis == nil, let view = surroundings.site else { return [] }
    basis = view
    if case .changeCluster(let name, _, let expecting)? = changes.only, let cluster = view.cluster(name),
      expecting == nil || expecting == cluster.metadata.generation
    {
      before = cluster.spec
    }
    let (changes, site, environment) = (changes, view.snapshot, surroundings.environment)
    return [
      .perform {
        await environment.onThread {
          .plans(Result(doing: tr("making the plan")) { try environment.preview(changes, site, false) })
        }
      }
    ]
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    switch reply {
    case .plans(let result):
      plans = result
      if let basis, case .success(let plans) = result {
        premises = zip(changes.intents, plans).map { Premise($0, hosts: $1.hosts, in: basis) }
      }
      basis = nil
      focus = typed == nil ? .cancel : .name
      refresh(surroundings)
    case .refused(let error) where error.code == "Conflict" && changes.file == nil:
      // Somebody was faster than the news of it.
      let name = premises.lazy.compactMap(\.clusterName).first ?? ""
      stale = Premise.Change(words: tr("the definition of \(name) was changed by somebody else"))
      isSubmitted = false
      focus = .cancel
      pager.top = 0
    case .refused(let error):
      refusal = error
      isSubmitted = false
      focus = .cancel
    default: return []
    }
    lines = compose(surroundings)
    return []
  }

  private func compose(_ surroundings: Surroundings) -> [[Span]] {
    var lines = preface
    if let stale {
      let why = tr("This plan is stale: \(stale.words).")
      let next =
        stale.isFinal
        ? tr("There is nothing left to plan.") : tr("It does nothing any more. Plan again for what stands now.")
      lines = [[Span(why, .warning)], [Span("  " + next)], []] + lines
    }
    if let refusal { lines = PlanLines.refusal(refusal) + [[]] + lines }
    switch plans {
    case .success(let plans):
      for (number, plan) in plans.enumerated() {
        let learnt = surroundings.site.map { LearntTimes(plan.operation, in: $0.snapshot.operations) }
        if plans.count > 1 { lines.append([Span(tr("Change \(number + 1) of \(plans.count)"), .muted)]) }
        lines += PlanLines.lines(plan, learnt: learnt)
        if number < plans.count - 1, lines.last?.isEmpty == false { lines.append([]) }
      }
    case .failure(let error): lines = PlanLines.refusal(error) + [[]] + preface
    case nil: break
    }
    return lines
  }

  private var mayConfirm: Bool { awaitsConfirmation && isLastName && (typed == nil || name.text == typed) }

  /// Whether it can go ahead once it is confirmed, for the linear mode.
  var awaitsConfirmation: Bool {
    guard case .success = plans else { return false }
    return !isSubmitted && !isDead
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if focus == .name {
      switch key {
      case .enter where mayConfirm, .down where mayConfirm: focus = .confirm
      case .enter where !isLastName && name.text == typed:
        namesTyped += 1
        name = TextField()
      case .enter where !name.text.isEmpty && name.text != typed:
        return [.say(tr("that is another name: type \(typed ?? ""), or Esc"), isProblem: true)]
      case .tab, .down, .enter: focus = .cancel
      case .backTab: focus = mayConfirm ? .confirm : .cancel
      case .pageDown, .pageUp: _ = pager.handle(key)
      case .escape: return nil
      default: return name.handle(key) ? [] : nil
      }
      return []
    }
    return pager.handle(key) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "tab.next", "tab.previous":
      switch focus {
      case .cancel: focus = mayConfirm ? .confirm : typed == nil ? .cancel : .name
      case .confirm: focus = typed == nil ? .cancel : .name
      case .name: focus = .cancel
      }
    case "open":
      if focus == .cancel { return [.back] }
      guard focus == .confirm, mayConfirm else { return [] }
      isSubmitted = true
      return [.submit(changes)]
    case "plan.again":
      guard isOutdated, let site = surroundings.site else {
        return [.say(tr("this plan is for what stands now"), isProblem: false)]
      }
      if let again = remake?(site) { return [.replace(again)] }
      var changes = changes
      changes.intents = changes.intents.map { $0.onto(site, from: before) }
      return [
        .replace(
          PlanScreen(
            changes, title: title, confirm: confirm, tab: tab, typedName: ownName, preface: preface, remake: remake))
      ]
    case "plan.steps":
      guard case .success(let plans) = plans, plans.contains(where: { !$0.steps.isEmpty }) else {
        return [.say(tr("there are no steps to open"), isProblem: false)]
      }
      return [.open(PlanStepsScreen(changes, plans))]
    case "plan.compare":
      let changed = changed(surroundings)
      if changed.count > 1 {
        return [
          .menu(
            Menu(
              tr("Compare the definition of"),
              changed.map { Menu.Item(ActionID(rawValue: Self.comparing + $0.name), $0.name) }))
        ]
      }
      guard let first = changed.first else {
        return [.say(tr("this plan changes no definition that stands"), isProblem: false)]
      }
      return [.open(first.comparison)]
    case "plan.pager":
      return External.show(lines.map(\.plainText).joined(separator: "\n"), named: "plan.txt", surroundings)
    case "plan.copy":
      return [
        .effect(.copy(lines.map(\.plainText).joined(separator: "\n"))), .say(tr("copied the plan"), isProblem: false),
      ]
    case "plan.command":
      let command = CommandText.text(
        changes, site: surroundings.site?.snapshot, definition: surroundings.environment.definition)
      return command.contains(where: \.isNewline)
        ? [.open(TextScreen(command, title: tr("The command that does the same"), tab: tab))]
        : [.say("$ " + command, isProblem: false)]
    default:
      if let chosen = changed(surroundings).first(where: { action.rawValue == Self.comparing + $0.name }) {
        return [.open(chosen.comparison)]
      }
    }
    return []
  }

  private static let comparing = "plan.compare "

  /// A cluster that stands and gets another definition.
  private struct Changed {
    var name: String
    var old: Cluster.Spec
    var new: Cluster.Spec

    var comparison: CompareScreen {
      CompareScreen(name, from: old, to: new, label: tr("with this plan"), intent: nil)
    }
  }

  private func changed(_ surroundings: Surroundings) -> [Changed] {
    changes.intents.compactMap { intent in
      guard case .changeCluster(let name, let spec, _) = intent, let cluster = surroundings.site?.cluster(name) else {
        return nil
      }
      return Changed(name: name, old: cluster.spec, new: spec)
    }
  }

  mutating func paste(_ text: String) { if focus == .name { name.insert(text) } }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    let footer = typed == nil ? 2 : 3
    let text = canvas.part(Rect(x: 1, width: canvas.width - 1, height: max(0, canvas.height - footer)))
    if plans == nil {
      text.text(tr("Making the plan ..."), .muted)
    }
    Pager(lines).draw(&pager, on: text)
    let bottom = canvas.part(Rect(x: 1, y: text.height, width: canvas.width - 1, height: canvas.height - text.height))
    if bottom.height > 1 { bottom.rule(y: 0) }
    if let typed, bottom.height > 2 {
      let place = names.count > 1 ? " (\(namesTyped + 1)/\(names.count))" : ""
      let end = bottom.text(tr("Type \(typed) to go ahead: ") + place, y: 1, .heading, width: bottom.width * 2 / 3)
      name.draw(x: end, y: 1, width: max(0, min(40, bottom.width - end)), hasFocus: focus == .name, on: bottom)
    }
    let y = bottom.height - 1
    let cancel = focus == .cancel
    let end = bottom.text(cancel ? tr("> Cancel <") : tr("[ Cancel ]"), y: y, cancel ? .selection : .plain)
    if isDead { return }
    let on = focus == .confirm
    let word = isSubmitted ? tr("handing it in ...") : confirm
    bottom.text(
      on ? "> \(word) <" : "[ \(word) ]", x: end + 2, y: y, !mayConfirm ? .disabled : on ? .selection : .plain)
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    (plans == nil ? [[Span(tr("Making the plan ..."))]] : lines).map { PlainLine($0.plainText) }
  }
}
