internal import EaselModel
internal import EaselTerminal

/// How many hosts a simulated site begins with.
struct SimulatedSiteScreen: FormScreen {
  private static let most = 60
  private var making = SiteMaking()
  var form = Form([
    Field(
      "hosts", tr("Hosts"), .text(TextField("", limit: 3)),
      help: tr("How many simulated hosts, 1 to \(most). More can be added later."), standard: "6")
  ])

  var title: String { tr("A simulated site") }
  var tab: RootTab { .overview }
  var steps: FormSteps { .only(tr("go on")) }

  private var count: Int? { Int(form.text(of: "hosts")).flatMap { (1...Self.most).contains($0) ? $0 : nil } }

  mutating func validate() {
    form.setError(count == nil ? tr("write a number from 1 to \(Self.most)") : nil, for: "hosts")
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard action == "form.next" else { return [] }
    validate()
    guard let count else { return [.say(tr("correct the marked field first"), isProblem: true)] }
    return SiteMaking.requests(.simulated(hosts: count), surroundings.environment)
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] { making.receive(reply) }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    canvas.text(tr("How many hosts should the simulated site have?"), x: 1, .heading)
    let problem = making.problem.map { tr("That did not work: \($0.description)") } ?? ""
    form.draw(below: 2, saying: problem, isProblem: true, most: 4, on: canvas)
  }
}
