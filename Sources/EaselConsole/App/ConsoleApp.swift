internal import EaselModel
internal import EaselSimulation
package import EaselTerminal
internal import Synchronization

/// The console: places on a stack, a snapshot they are drawn from, and the questions over them.
///
/// It does no I/O: looks at the site, intents and previews are effects whose results come back as messages, so that the same
/// value runs on a terminal, in the linear mode and under a scripted user.
package struct ConsoleApp: Application {
  package typealias Message = ConsoleMessage

  /// A screen with the number that answers for it carry.
  struct Entry {
    let number: Int
    var screen: any ConsoleScreen
  }

  var environment: ConsoleEnvironment
  var stack: [Entry] = []
  /// Places that were left by going back, the next one last.
  var forward: [Entry] = []
  /// Stacks that were left for another main tab, and those that were left by going back to such a one; the next one last.
  var past: [[Entry]] = []
  var future: [[Entry]] = []
  var nextNumber = 1
  var feed: SiteFeed?
  /// Since when there was no fresh snapshot, and why; nil while the data is fresh.
  var stale: (since: Timestamp?, why: String)?
  /// When the site answered last, in real time.
  var answeredAt: Timestamp?
  /// Until when the data was fresh. A simulated site's own clock says nothing about that.
  var freshUntil: Timestamp? { feed.flatMap { $0.view.isSimulated ? answeredAt : $0.view.now } }
  /// How it is known when to look at the site again.
  var following = Following()
  var note: (text: String, isProblem: Bool)?
  var question: Question?
  var menu: Menu?
  var prompt = CommandPrompt()
  /// Ctrl-C was pressed once.
  var isQuitArmed = false
  /// An engine was asked for a short time ago.
  var isEngineAsked = false
  var hasMouse: Bool
  var commands: [CommandLogEntry] = []
  let book: KeyBook
  var size = Size(width: 80, height: 24)
  /// The times of the plans that operations were confirmed with here, by the operations' names.
  var timing: [String: [PlanPreview.Timing]] = [:]
  /// How far the bars of operations that go on have come, by their names: they never go back.
  var reached: [String: Double] = [:]
  /// Where the body was last drawn, for the mouse.
  var bodyTop = 2

  package init(_ environment: ConsoleEnvironment) {
    self.environment = environment
    hasMouse = environment.settings.mouse ?? environment.mouse ?? false
    book = KeyBook(changes: environment.keys, problems: environment.keyProblems)
    if let problem = book.problems.first {
      let more = book.problems.count - 1
      let help = book["global"].keys(for: "help").first?.label ?? ":help"
      note = (more > 0 ? tr("\(problem) (and \(more) more: \(help))") : problem, true)
    }
    prompt = CommandPrompt(history: environment.draft(CommandPrompt.historyName) ?? "")
    stack = [Entry(number: 0, screen: environment.site == nil ? StartScreen() : OverviewScreen())]
  }

  package mutating func handle(_ event: EaselTerminal.Event<ConsoleMessage>) -> [ConsoleEffect] {
    TimeWords.$current.withValue(times) { act(on: event) }
  }

  /// How times are said now.
  var times: TimeWords {
    TimeWords(
      display: environment.settings.time, now: feed?.view.now ?? .zero, isSimulated: feed?.view.isSimulated == true,
      zone: environment.localZone)
  }

  private mutating func act(on event: EaselTerminal.Event<ConsoleMessage>) -> [ConsoleEffect] {
    switch event {
    case .started(let size):
      self.size = size
      return look() + begin()
    case .resized(let size):
      self.size = size
      return []
    case .resumed: return look()
    case .key(let key): return handle(key)
    case .paste(let text):
      paste(text)
      return []
    case .mouse(let mouse): return handle(mouse)
    case .timer(let name): return timer(name)
    case .message(let message): return handle(message)
    case .ending:
      for entry in stack { keepDraft(of: entry.screen, now: true) }
      return []
    }
  }

  var surroundings: Surroundings {
    var site = feed?.view
    site?.plans = timing
    site?.reached = reached
    return Surroundings(
      site: site, environment: environment, staleSince: stale.map { $0.since ?? .zero }, commands: commands,
      keys: book, serial: feed?.serial ?? 0)
  }

  var top: any ConsoleScreen {
    get { stack[stack.count - 1].screen }
    set { stack[stack.count - 1].screen = newValue }
  }

  /// The keys of the open screen that may be used now.
  var keys: KeyMap {
    let map = book.effective(top.keyMap.name)
    return environment.isReadOnly ? map.readOnly : map
  }

  /// Those of them that can do something as things are: what is hinted at. What works everywhere is not the screen's to refuse.
  var offeredKeys: KeyMap {
    let top = top
    let own = Set(top.keyMap.bindings.map(\.action))
    return keys.filtered { !own.contains($0) || top.offers($0) }.hinted { top.hint($0) }
  }

  static var engineStarted: String { tr("an engine was started") }

  // Looking at the site

  static let staleAfter = Duration.seconds(2)
  /// The longest time without a look at a site that tells of its changes. A simulated one has no clock that wakes the console, so
  /// it is not asked between looks whether it still answers.
  static func looksAnywayAfter(simulated: Bool) -> Duration { .seconds(simulated ? 4 : 10) }

  /// When a site that tells of its changes is looked at: as soon as one is told, but with a pause after the last look, so that a
  /// storm of changes costs a look now and then. One that does not tell is looked at after each pause.
  struct Following {
    /// The next change will be told.
    var isTold = false
    /// The answer of a look is not there yet.
    var isLooking = false
    /// The last answer came a moment ago: until when the next look waits, and how long that is.
    var pause: (end: Timestamp, length: Duration)?
    /// A change was told in one of these times.
    var hasChanged = false
    /// What was asked between looks, only to know that the site still answers.
    var probe: Probe?

    /// How long the pause still is; nil when it is over. A clock that was set does not make it longer.
    func pauseLeft(at now: Timestamp) -> Duration? {
      guard let pause else { return nil }
      let left = Duration.milliseconds(pause.end.milliseconds - now.milliseconds)
      return left > .zero && left <= pause.length ? left : nil
    }
  }

  /// Something asked of the site. The answer is noted and wakes nobody; who asked looks at it later.
  final class Probe: Sendable {
    let isAnswered = Atomic<Bool>(false)
  }

  /// Asks the site for its state; the next look is timed when the answer is there.
  mutating func look() -> [ConsoleEffect] {
    guard let site = environment.site else { return [] }
    let last = feed
    let environment = environment
    following = Following(isTold: following.isTold, isLooking: true)
    return [
      .begin { done in
        environment.blocking {
          // Before the look: a change that it just misses is told.
          let isTold = environment.post.map { post in site.tellOfChange { post(.siteChanged) } } ?? false
          switch Result(doing: tr("looking at the site"), { try SiteFeed.look(at: site, after: last) }) {
          case .success(let feed): done(.feed(feed, isTold: isTold))
          case .failure(let error): done(.feedFailed(error))
          }
        }
      },
      .stopTimer("look"), .startTimer("stale", after: Self.staleAfter),
    ]
  }

  /// Times the next look after an answer.
  private mutating func follow(isTold: Bool) -> [ConsoleEffect] {
    let isBusy = feed?.view.unfinished.isEmpty == false
    let pause = Duration.milliseconds(isBusy ? 250 : 1000)
    following.isTold = isTold
    following.isLooking = false
    guard isTold else {
      return [.stopTimer("clock"), .startTimer("stale", after: Self.staleAfter), .startTimer("look", after: pause)]
    }
    pauseLooking(pause)
    // A change that was told while this look went on is seen after the pause.
    let next = following.hasChanged ? pause : Self.looksAnywayAfter(simulated: feed?.view.isSimulated == true)
    return [.stopTimer("stale"), .startTimer("look", after: next)] + clock()
  }

  private mutating func pauseLooking(_ length: Duration) {
    following.pause = (environment.clock().adding(seconds: length / .seconds(1)), length)
  }

  private mutating func siteChanged() -> [ConsoleEffect] {
    guard !following.isLooking else {
      following.hasChanged = true
      return []
    }
    guard let left = following.pauseLeft(at: environment.clock()) else { return look() }
    // Only who is told of a change in the pause has to wait for its end.
    return [.startTimer("look", after: left)]
  }

  /// Lets the time that is shown go on while nobody looks at the site.
  private mutating func tick() -> [ConsoleEffect] {
    guard let feed, stale == nil, following.isTold, !following.isLooking else { return [] }
    guard let later = feed.at(environment.clock()) else { return look() }
    let snapshot = later.view.snapshot
    if snapshot.engineRuns, snapshot.isMoving, environment.isLeaderGone(snapshot.lease.holder) { return look() }
    if !later.isSame(as: feed) {
      self.feed = later
      refresh()
    }
    guard let site = environment.site, !feed.view.isSimulated else { return clock() }
    // The clock wakes the console anyway: so it is seen without another waking that the site has not answered since the last time.
    if let probe = following.probe, !probe.isAnswered.load(ordering: .acquiring) {
      stale = (freshUntil, tr("the site's state is not answering"))
      return look()
    }
    let (probe, environment) = (Probe(), environment)
    following.probe = probe
    return clock() + [
      .begin { done in
        environment.blocking {
          // What is wrong with it, the next look says.
          try? site.answer()
          probe.isAnswered.store(true, ordering: .releasing)
          done(nil)
        }
      }
    ]
  }

  private func clock() -> [ConsoleEffect] {
    let now = environment.clock()
    guard let next = feed?.nextChange(after: now) else { return [.stopTimer("clock")] }
    return [.startTimer("clock", after: .milliseconds(max(1, next.milliseconds - now.milliseconds)))]
  }

  private mutating func timer(_ name: String) -> [ConsoleEffect] {
    switch name {
    case "look": return look()
    case "clock": return tick()
    case "stale":
      if stale == nil { stale = (freshUntil, tr("the site's state is not answering")) }
      return []
    case "tick": return begin(again: true)
    case "quit":
      isQuitArmed = false
      return []
    case "engine":
      isEngineAsked = false
      return []
    default: return []
    }
  }

  private mutating func handle(_ message: ConsoleMessage) -> [ConsoleEffect] {
    switch message {
    case .feed(let new, let isTold):
      let isNews = stale != nil || feed?.isSame(as: new) != true
      feed = new
      answeredAt = environment.clock()
      // It has come and gone.
      if new.view.snapshot.lacksEngine, note?.text == Self.engineStarted { note = nil }
      stale = nil
      let wanted = top.wantsTicks
      if isNews { refresh() }
      // What is new may make the screen ask for more.
      let asked = !wanted && top.wantsTicks ? begin(again: true) : []
      return watchOver(new.view) + follow(isTold: isTold) + asked
    case .siteChanged: return siteChanged()
    case .feedFailed(let error):
      stale = (freshUntil, error.message)
      following = Following()
      pauseLooking(.seconds(1))
      return [.stopTimer("stale"), .stopTimer("clock"), .startTimer("look", after: .seconds(1))]
    case .submitted(let result, let command, let number): return submitted(result, command, number)
    case .reply(let reply, let number):
      guard let index = stack.firstIndex(where: { $0.number == number }) else { return [] }
      let requests = stack[index].screen.receive(reply, surroundings)
      return run(requests, from: number)
    case .themeChanged(let name): return themeChanged(name)
    case .select(let row, let marks, let number):
      guard let index = stack.firstIndex(where: { $0.number == number }) else { return [] }
      if let marks { stack[index].screen.plainList?.table.marked = marks }
      if let row { stack[index].screen.select(row, surroundings) }
      return []
    case .note(let text, let isProblem):
      if !text.isEmpty { note = (text, isProblem) }
      return []
    }
  }

  /// Lets the open screen take in new data, and the ones below it when they come up again.
  mutating func refresh() {
    noteProgress()
    let surroundings = surroundings
    top.refresh(surroundings)
    if let site = surroundings.site { question?.reconsider(site) }
  }

  private mutating func noteProgress() {
    guard let site = surroundings.site else { return }
    var now: [String: Double] = [:]
    for operation in site.unfinished {
      now[operation.course] = OperationProgress(operation, site: site).fraction
    }
    reached = now
  }

  /// Starts what the open screen needs once; `again` for its regular ticks.
  mutating func begin(again: Bool = false) -> [ConsoleEffect] {
    if again, !top.wantsTicks { return [] }
    let number = stack[stack.count - 1].number
    let surroundings = surroundings
    if !again { top.refresh(surroundings) }
    let effects = run(top.begin(surroundings), from: number)
    return top.wantsTicks ? effects + [.startTimer("tick", after: .milliseconds(500))] : effects
  }

  func keepDraft(of screen: any ConsoleScreen, now: Bool = false) {
    if let draft = screen.draft { environment.keepDraft(draft.name, draft.text) }
  }

  /// What is printed when the console is left: which operations go on without it, and which stand still and why.
  var farewell: String {
    guard let site = feed?.view, !site.unfinished.isEmpty else { return "" }
    // More than a few are only counted.
    func named(_ operations: [Operation]) -> String {
      let (count, names) = (operations.count, operations.map(\.name).joined(separator: ", "))
      return count > 3
        ? tr("\(count) operations") : tr(count, one: "operation \(names)", other: "operations \(names)")
    }
    func those(_ isMeant: (Operation.Phase) -> Bool) -> [Operation] {
      site.unfinished.filter { isMeant($0.status.phase) }
    }
    var parts: [String] = []
    let (moving, blocked, stopped) = (those(\.isMoving), those { $0 == .blocked }, those { $0 == .stopped })
    if !moving.isEmpty {
      let subject = named(moving)
      parts.append(
        site.snapshot.lacksEngine
          ? tr(
            moving.count, one: "\(subject) stands still, as no engine runs",
            other: "\(subject) stand still, as no engine runs")
          : tr(moving.count, one: "\(subject) goes on", other: "\(subject) go on"))
    }
    if !blocked.isEmpty {
      let subject = named(blocked)
      parts.append(
        tr(
          blocked.count, one: "\(subject) waits until what it needs is there",
          other: "\(subject) wait until what they need is there"))
    }
    if !stopped.isEmpty {
      let subject = named(stopped)
      parts.append(
        tr(stopped.count, one: "\(subject) has stopped and needs you", other: "\(subject) have stopped and need you"))
    }
    let command = "\(environment.program) get operations"
    return parts.joined(separator: "; ") + "; "
      + tr(
        site.unfinished.count, one: "see it with: \(command)", other: "see them with: \(command)")
  }
}
