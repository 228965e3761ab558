package import EaselModel
internal import EaselSimulation
internal import EaselTerminal

/// What a screen may look at while it draws or answers.
struct Surroundings {
  /// Nil until the site has answered for the first time, or while there is no site.
  var site: SiteView?
  var environment: ConsoleEnvironment
  /// Since when the data is old; nil while it is fresh.
  var staleSince: Timestamp?
  /// Commands that were given, newest last.
  var commands: [CommandLogEntry] = []
  /// The key maps of all screens that can be seen, for help.
  var keys: KeyBook
  /// Another number means that more than the time may have changed on the site.
  var serial = 0

  /// Seconds that an operation is likely to go on for; nil where that cannot be told, or nothing is left.
  func remaining(of operation: Operation) -> Double? {
    site.flatMap { OperationProgress.remaining(operation, site: $0) }
      .flatMap { $0 > 0 ? $0 : nil }
  }

  var isReadOnly: Bool { environment.isReadOnly }
  var settings: ConsoleSettings { environment.settings }
  /// The engine that leads now, where it is of another build.
  var otherBuild: OtherBuild? {
    site.flatMap { $0.snapshot.engineRuns ? environment.otherBuild($0.snapshot.lease.holder) : nil }
  }
}

/// What a screen asks the console to do. Screens change nothing but themselves.
enum Request {
  case open(any ConsoleScreen)
  /// Opens a screen in the place of this one.
  case replace(any ConsoleScreen)
  case back
  case root(RootTab)
  /// Hands changes in; after they were accepted the console follows their operation, or goes back when there is none.
  case submit(ChangeSet)
  /// Asks a question first; the requests follow when it is confirmed.
  case ask(Dialog, [Request])
  /// Shows a list of actions; the one chosen comes back through `perform`.
  case menu(Menu)
  case say(String, isProblem: Bool)
  /// Work off the UI thread; the answer comes back through `receive`.
  case perform(@Sendable () async -> Reply)
  case effect(ConsoleEffect)
  /// Runs a program on the terminal; its status comes back through `receive`.
  case runProgram([String])
  /// Takes settings over and writes them down.
  case settings(ConsoleSettings)
  /// A door to a site was opened.
  case connect(any SiteAccess, then: [any ConsoleScreen])
  case startEngine
  /// Opens the command line with a text in it.
  case command(String)
}

/// One place in the console. A value: its state, its keys as data, its rows from the snapshot, its drawing.
///
/// To add a screen: a folder under Screens with a type of this protocol, and one line in `Destination` that names it.
protocol ConsoleScreen {
  /// What it is called in the line below the top and in the history.
  var title: String { get }
  /// The tab that stays lit while it is open.
  var tab: RootTab { get }
  /// Names of its own tabs, with the open one; nil for those that have none.
  var tabs: (titles: [String], selected: Int)? { get }
  /// Its own keys, before those that work everywhere.
  var keyMap: KeyMap { get }
  /// Whether keys are text first.
  var isTyping: Bool { get }
  /// Whether characters are text now: not while a field has the focus in which something is chosen.
  var takesText: Bool { get }
  /// Whether what is typed is a filter or a search.
  var isFiltering: Bool { get }
  /// What was typed so far, kept under a name when it is left; a nil text forgets it.
  var draft: (name: String, text: String?)? { get }
  /// Whether it is part of a change that is being put together: closed once that was accepted.
  var isFlow: Bool { get }
  /// The times of the plans that its changes are confirmed with, one for each, for following the operations.
  var timings: [[PlanPreview.Timing]] { get }

  /// Whether an action can do something as things are now. The key of any other says why it does not, but is not hinted at.
  func offers(_ action: ActionID) -> Bool
  /// What is hinted at for an action as things are now; nil for the words of its binding.
  func hint(_ action: ActionID) -> String?
  /// What the selected line says in full, for the message line.
  var footnote: String? { get }
  /// The form on it, for the linear mode.
  var plainForm: Form? { get }
  /// What goes on from its form is called, and whether there is a step before.
  var steps: FormSteps { get }
  /// What its drawing says beside the rows or fields, for the linear mode.
  var plainIntro: String? { get }
  /// The lines that came after the one of that number, where it is a log, for following it in the linear mode; with nil no lines.
  func plainLog(after number: Int?) -> PlainLog?
  /// Where one is in a change of several pages, for the linear mode; a drawing says it in its own way.
  var flowStep: String? { get }
  mutating func openTab(_ index: Int, _ surroundings: Surroundings)
  /// It was opened, or there is new data.
  mutating func refresh(_ surroundings: Surroundings)
  /// Asked for once, when it is opened, and every half second while `wantsTicks`.
  mutating func begin(_ surroundings: Surroundings) -> [Request]
  var wantsTicks: Bool { get }
  /// A key for movement or text, in its standard form (`.up` also for `k`). Nil when it has no use for it.
  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]?
  /// An action of its key map, or one chosen from its menu.
  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request]
  mutating func paste(_ text: String)
  /// A mouse event in the body's coordinates.
  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request]
  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request]
  /// Takes back something inside of it, such as a filter, before Escape leaves it; false where nothing is to be taken back.
  mutating func unwind() -> Bool
  /// Shows only what passes a filter; false where it is no list.
  mutating func narrow(_ filter: String) -> Bool
  /// Sorts its list; otherwise the names of the columns that it has, none where it is no list.
  mutating func sort(by column: String, ascending: Bool) -> [String]?
  /// It was left by going back: what it showed for a while is put back.
  func left(_ surroundings: Surroundings) -> [Request]
  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings)
  /// What it shows as lines, for the linear mode; choices are numbered by the caller.
  mutating func lines(_ surroundings: Surroundings) -> [PlainLine]
  /// Whether the newest of its lines are the last ones, so that the linear mode begins there.
  var endsWithNewest: Bool { get }
  /// Selects a row by the number that its line bears as its choice, for the linear mode.
  mutating func select(_ row: Int, _ surroundings: Surroundings)
  /// Whether an action is about the selected row and about nothing else on the page.
  func actsOnRow(_ action: ActionID) -> Bool
  /// The list on it, for the linear mode; nil where it is none.
  var plainList: (any FilterableList)? { get set }
  /// What it shows only a part by, of how many lines how many; nil while it shows all. For the linear mode.
  var plainFilter: (text: String, shown: Int, all: Int)? { get }
}

extension ConsoleScreen {
  var tabs: (titles: [String], selected: Int)? { nil }
  var isTyping: Bool { false }
  var takesText: Bool { isTyping && plainForm?.takesText ?? true }
  var isFiltering: Bool { false }
  var draft: (name: String, text: String?)? { nil }
  var isFlow: Bool { false }
  var timings: [[PlanPreview.Timing]] { [] }
  func offers(_ action: ActionID) -> Bool { true }
  func hint(_ action: ActionID) -> String? { nil }
  var footnote: String? { nil }
  var plainForm: Form? { nil }
  var steps: FormSteps { FormSteps() }
  var plainIntro: String? { nil }
  func plainLog(after number: Int?) -> PlainLog? { nil }
  var flowStep: String? { nil }
  var wantsTicks: Bool { false }
  mutating func openTab(_ index: Int, _ surroundings: Surroundings) {}
  mutating func refresh(_ surroundings: Surroundings) {}
  mutating func begin(_ surroundings: Surroundings) -> [Request] { [] }
  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? { nil }
  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] { [] }
  mutating func paste(_ text: String) {}
  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] { [] }
  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] { [] }
  func left(_ surroundings: Surroundings) -> [Request] { [] }
  mutating func unwind() -> Bool { false }
  mutating func narrow(_ filter: String) -> Bool { false }
  mutating func sort(by column: String, ascending: Bool) -> [String]? { [] }

  /// The wheel does what the arrow keys do; nothing for any other mouse event.
  mutating func scroll(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    switch mouse.action {
    case .scrollUp: handle(.up, surroundings) ?? []
    case .scrollDown: handle(.down, surroundings) ?? []
    default: []
    }
  }

  var endsWithNewest: Bool { false }
  func actsOnRow(_ action: ActionID) -> Bool { false }
  var plainList: (any FilterableList)? {
    get { nil }
    set {}
  }

  var plainFilter: (text: String, shown: Int, all: Int)? { plainList?.plainFilter }

  mutating func select(_ row: Int, _ surroundings: Surroundings) {
    guard plainList == nil else {
      plainList?.table.scroll.selected = row
      return
    }
    _ = handle(.home, surroundings)
    for _ in 0..<row { _ = handle(.down, surroundings) }
  }

  /// Drawn on a page of 76 columns and read line by line: for pages that are no longer than their drawing.
  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    let grid = Grid(size: Size(width: 76, height: 200), glyphs: .ascii)
    draw(on: grid.canvas, surroundings)
    var lines = grid.text.split(separator: "\n", omittingEmptySubsequences: false).map { PlainLine(String($0)) }
    while lines.last?.text.isEmpty == true { lines.removeLast() }
    return lines
  }
}

/// A line of the linear mode; a choice does its key when its number is typed. Its text is made when it is asked for: of ten thousand
/// lines a page is read.
struct PlainLine {
  /// The row to select before Enter; nil for a line that is only read.
  let choice: Int?
  private let say: () -> String
  private let name: (() -> String)?

  var text: String { say() }
  /// What it is about, so that its number stays valid when the rows have moved; nil where they never do.
  var identity: String? { name?() }

  init(_ text: String, choice: Int? = nil, identity: String? = nil) {
    self.init(choice: choice, identity: identity.map { name in { name } }) { text }
  }

  init(choice: Int?, identity: (() -> String)?, text: @escaping () -> String) {
    (self.choice, name, say) = (choice, identity, text)
  }
}

/// The main tabs, in their order. A tab exists when its screen does.
enum RootTab: String, CaseIterable, Sendable {
  case overview, clusters, hosts, operations, profiles, events, audit, settings, content

  /// Those that have something to show.
  static func shown(_ site: SiteView?) -> [RootTab] {
    // Nothing is staged on hosts that are simulated.
    let stages = site?.isSimulated == false
    return allCases.filter { $0 != .content || stages }
  }

  var title: String {
    switch self {
    case .overview: tr("Overview")
    case .clusters: tr("Clusters")
    case .hosts: tr("Hosts")
    case .operations: tr("Operations")
    case .profiles: tr("Profiles")
    case .events: tr("Events")
    case .audit: tr("Audit")
    case .settings: tr("Settings")
    case .content: tr("Content")
    }
  }

  var screen: any ConsoleScreen {
    switch self {
    case .overview: OverviewScreen()
    case .clusters: ClustersScreen()
    case .hosts: HostsScreen()
    case .operations: OperationsScreen()
    case .profiles: ProfilesScreen()
    case .events: EventsScreen()
    case .audit: AuditScreen()
    case .settings: SettingsScreen()
    case .content: ContentScreen()
    }
  }
}

/// A command that was given here, as the command line would say it.
package struct CommandLogEntry: Sendable, Hashable {
  package var at: Timestamp
  package var command: String
  /// What came of it.
  package var result: String
}
