internal import EaselModel
internal import EaselTerminal

/// The first page of all, when there is no site yet.
struct StartScreen: ConsoleScreen {
  private var choice = Choice(
    [
      Option(
        "simulated", tr("Try it: a simulated site"), detail: tr("hosts in memory; nothing real is touched")),
      Option("local", tr("This machine"), detail: tr("a cluster on the machine that you are on")),
      Option("ssh", tr("Hosts over SSH"), detail: tr("machines reached with ssh; named next")),
    ], chosen: ["simulated"])
  private var making = SiteMaking()

  var title: String { tr("Start") }
  var tab: RootTab { .overview }
  var keyMap: KeyMap { Self.keys }

  static let keys = KeyMap(
    "start",
    [Binding("open", [.enter], tr("Make a site of the selected kind"), hint: tr("go on"), group: tr("Start"))])

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left || key == .right { return [.say(tr("only Enter goes on"), isProblem: false)] }
    guard choice.handle(key) else { return nil }
    let label = choice.selected?.label ?? ""
    return key.typed?.isNumber == true ? [.say(tr("Enter goes on with: \(label)"), isProblem: false)] : []
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard action == "open", let kind = choice.chosen.first else { return [] }
    switch kind {
    case "simulated": return [.open(SimulatedSiteScreen())]
    case "local": return SiteMaking.requests(.thisMachine, surroundings.environment)
    default: return SiteMaking.requests(.overSSH, surroundings.environment)
    }
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    making.receive(reply, then: choice.chosen.first == "ssh" ? [AddHostScreen()] : [])
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    let body = canvas.part(canvas.bounds.inset(horizontal: min(3, canvas.width / 10)))
    var row = body.height > 10 ? 1 : 0
    row = body.text(tr("Welcome to Easel."), y: row, .title) > 0 ? row + 1 : row
    if body.height > 8 {
      row = body.paragraph(
        tr("Kubernetes clusters on machines that you own, from this terminal. What should it manage?"), y: row)
      row += 1
    }
    var shown = choice
    if body.width < 60 { for index in shown.options.indices { shown.options[index].detail = "" } }
    shown.draw(hasFocus: true, on: body.part(Rect(y: row, width: body.width, height: 3)))
    row += 4
    if let problem = making.problem {
      _ = body.paragraph(tr("That did not work: \(problem.description)"), y: row, .critical)
    } else if body.height > row + 1 {
      _ = body.paragraph(
        tr("Enter goes on; nothing is made before you have said yes. q leaves."), y: row, .muted)
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    [PlainLine(tr("Welcome to Easel. What should it manage?"))]
      + choice.options.enumerated().map { PlainLine("\($1.label): \($1.detail)", choice: $0) }
      + (making.problem.map { [PlainLine(tr("That did not work: \($0.description)"))] } ?? [])
  }
}
