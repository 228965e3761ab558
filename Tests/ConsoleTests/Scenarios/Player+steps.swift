import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// What somebody does at the console, by the names of actions: which key does it is read from the key map.
extension Player {
  /// The screen that is open.
  var open: any ConsoleScreen { user.app.top }
  /// The plan that is shown; nil on any other screen.
  var plan: PlanScreen? { open as? PlanScreen }

  /// Presses the key that does each action here.
  func act(_ actions: ActionID..., at place: SourceLocation = #_sourceLocation) async {
    for action in actions {
      guard let key = user.app.keys.keys(for: action).first else {
        Issue.record("no key does \(action.rawValue) on \"\(open.title)\"", sourceLocation: place)
        return
      }
      await press(key)
    }
  }

  /// Moves in a list or a text by an action of the movement map.
  func move(_ action: ActionID, times: Int = 1, at place: SourceLocation = #_sourceLocation) async {
    guard let key = user.app.book["move"].keys(for: action).first else {
      Issue.record("no key does \(action.rawValue)", sourceLocation: place)
      return
    }
    for _ in 0..<times { await press(key) }
  }

  /// Goes to a main tab, or a tab of the screen, by its title.
  func tab(_ title: String, at place: SourceLocation = #_sourceLocation) async {
    guard let tabs = user.app.tabs, let index = tabs.titles.firstIndex(of: title) else {
      Issue.record("there is no tab \(title) here", sourceLocation: place)
      return
    }
    await press(.c(Character("\(index + 1)")))
  }

  /// Answers the question that lies over the screen with its other button than Cancel.
  func confirm() async { await press(.tab, .enter) }

  /// Confirms the plan that is shown.
  func confirmPlan(name: String? = nil) async {
    if let name {
      await type(name)
      await press(.enter)
      if plan != nil { await act("open") }
    } else {
      await act("tab.next", "open")
    }
  }

  /// Writes into a field of the typed page that is open, in place of what was there.
  func fill(_ field: String, _ text: String, at place: SourceLocation = #_sourceLocation) async {
    await focus(field)
    guard open.plainForm?.focused?.id == field else {
      Issue.record("there is no field \(field) on \"\(open.title)\"", sourceLocation: place)
      return
    }
    await press(.end, .control("u"))
    await type(text)
  }

  /// Gives a field of the typed page the focus.
  func focus(_ field: String) async {
    for key in [Key.tab, .backTab] {
      for _ in 0..<20 where open.plainForm?.focused?.id != field { await press(key) }
    }
  }

  /// What is wrong with a field of the typed page; nil when nothing is.
  func problem(of field: String) -> String? { open.plainForm?[field]?.error }

  /// Goes on until the typed pages end in a plan, or cannot go on.
  func goOnToPlan() async {
    for _ in 0..<12 where plan == nil { await act("form.next") }
  }

  /// Fills the create wizard in as far as its first page asks for, up to the plan.
  func planCluster(_ name: String = "edge") async {
    await act("cluster.create")
    await fill("name", name)
    await goOnToPlan()
  }

  /// Creates a cluster of one control plane and as many workers as the wizard proposes, and waits for it.
  func create(_ name: String, on site: PlaySite, controlPlane: Int = 1, workers: Int? = nil) async throws {
    await act("cluster.create")
    await fill("name", name)
    for _ in 0..<12 where plan == nil {
      if controlPlane != 1, open.plainForm?["controlPlane"] != nil { await choose("controlPlane", "\(controlPlane)") }
      if let workers, open.plainForm?["workers"] != nil { await fill("workers", "\(workers)") }
      await act("form.next")
    }
    await confirmPlan()
    site.finish()
    await look()
    #expect(try site.cluster(name)?.status.phase == .running)
  }

  /// Chooses an option of a field of the typed page.
  func choose(_ field: String, _ option: String) async {
    await focus(field)
    guard case .choice(let choice)? = open.plainForm?[field]?.value,
      let index = choice.options.firstIndex(where: { $0.id == option })
    else {
      Issue.record("there is no \(option) to choose for \(field)")
      return
    }
    await press(.c(Character("\(index + 1)")))
  }

  /// A player at a simulated site with a cluster that runs.
  static func withCluster(
    _ name: String = "edge", hosts: Int = 6, controlPlane: Int = 1, workers: Int? = nil,
    change: (inout ConsoleEnvironment) -> Void = { _ in }
  ) async throws -> (Player, PlaySite) {
    let site = PlaySite(hosts: hosts)
    let player = Player(site, change: change)
    await player.user.settle()
    try await player.create(name, on: site, controlPlane: controlPlane, workers: workers)
    return (player, site)
  }
}

extension Player {
  /// Keys that share nothing with the default ones: what an operator's key file may do to every action.
  static let otherKeys: [String: [String]] = {
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".map { "alt-\($0)" }
    let names = letters + (2...24).map { "f\($0)" } + (2...24).map { "alt-f\($0)" }
    var changes: [String: [String]] = [:]
    for map in [KeyBook.move, KeyBook.global] + KeyBook.screens {
      for binding in map.bindings where changes[binding.action.rawValue] == nil {
        changes[binding.action.rawValue] = [names[changes.count]]
      }
    }
    return changes
  }()
}
