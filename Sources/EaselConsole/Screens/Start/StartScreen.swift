internal import EaselModel
internal import EaselTerminal

/// The first page of all, when there is no site yet.
struct StartScreen: ConsoleScreen {
  private var choice = Choice(
    [
      Option(
        "simulated", tr("Try it: a simulated site"), detail: tr("6 hosts in memory; nothing real is touched")),
      Option("local", tr("This machine"), detail: tr("a cluster on the machine that you are on")),
      Option("ssh", tr("Hosts over SSH"), detail: tr("machines that you reach with ssh; named next")),
    ], chosen: ["simulated"])
  private var problem: EaselError?
  private var isWorking = false

  var title: String { tr("Start") }
  var tab: RootTab { .overview }
  var keyMap: KeyMap { Self.keys }

  static let keys = KeyMap(
    "start",
    [Binding("open", [.enter], tr("Make a site of the selected kind"), hint: tr("choose"), group: tr("Start"))])

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? { choice.handle(key) ? [] : nil }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard action == "open", !isWorking, let kind = choice.chosen.first else { return [] }
    isWorking = true
    problem = nil
    let site: SiteChoice =
      switch kind {
      case "simulated": .simulated(hosts: 6)
      case "local": .thisMachine
      default: .overSSH
      }
    let environment = surroundings.environment
    return [.perform { .site(await Result(doing: tr("making the site")) { try await environment.createSite(site) }) }]
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    guard case .site(let result) = reply else { return [] }
    isWorking = false
    switch result {
    case .failure(let error):
      problem = error
      return []
    case .success(let site):
      return [.connect(site, then: choice.chosen.first == "ssh" ? [AddHostScreen()] : [])]
    }
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
    if isWorking {
      body.text(tr("Making the site ..."), y: row, .info)
    } else if let problem {
      _ = body.paragraph(tr("That did not work: \(problem.description)"), y: row, .critical)
    } else if body.height > row + 1 {
      _ = body.paragraph(
        tr("Enter chooses. The state is kept in one directory; nothing leaves this machine."), y: row, .muted)
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    [PlainLine(tr("Welcome to Easel. What should it manage?"))]
      + choice.options.enumerated().map { PlainLine("\($1.label): \($1.detail)", choice: $0) }
      + (problem.map { [PlainLine(tr("That did not work: \($0.description)"))] } ?? [])
  }
}
