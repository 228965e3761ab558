package import EaselModel
package import EaselPlans
package import EaselSimulation
package import EaselTerminal
import FoundationEssentials

/// What a newcomer chooses a site to be.
package enum SiteChoice: Sendable, Hashable {
  /// Hosts that exist in memory only, to try everything out.
  case simulated(hosts: Int)
  /// A site whose first host is this machine.
  case thisMachine
  /// An empty site; hosts are added over SSH.
  case overSSH
}

/// Where a new host is reached.
package struct HostAddress: Sendable, Hashable {
  package var name: String
  package var address: String
  package var user: String?
  package var port: Int?

  package init(name: String, address: String, user: String? = nil, port: Int? = nil) {
    (self.name, self.address, self.user, self.port) = (name, address, user, port)
  }
}

/// An engine that leads and is of another build than this console.
package struct OtherBuild: Sendable, Hashable {
  /// What it is, and what the console is; nil of an engine that is too old to say it.
  package var engine: String?
  package var own: String
  package var process: Int

  package init(engine: String?, own: String, process: Int) {
    (self.engine, self.own, self.process) = (engine, own, process)
  }
}

/// A fact about the program or the terminal.
package struct AboutLine: Sendable, Hashable {
  package var label: String
  package var value: String

  package init(_ label: String, _ value: String) { (self.label, self.value) = (label, value) }
}

/// A file with definitions as it was read: what it holds, or all that is wrong with it.
package struct DefinitionReading: Sendable {
  package struct Object: Sendable {
    package var record: Record
    /// The generation that the file was made from, if it says so.
    package var statedGeneration: Int64?
    /// The same error with its place in the file: that of the field that it names, or else where the object begins.
    package var placed: @Sendable (EaselError) -> EaselError

    package init(
      record: Record, statedGeneration: Int64?, placed: @escaping @Sendable (EaselError) -> EaselError
    ) {
      (self.record, self.statedGeneration, self.placed) = (record, statedGeneration, placed)
    }
  }

  package var objects: [Object]
  package var problems: [EaselError]

  package init(objects: [Object] = [], problems: [EaselError] = []) {
    (self.objects, self.problems) = (objects, problems)
  }
}

/// Everything that the console needs from the program around it. All closures may be called from any thread; those marked
/// `async` may take long.
package struct ConsoleEnvironment: Sendable {
  /// The door to the site; nil when there is none yet, which opens the start page.
  package var site: (any SiteAccess)?
  package var actor: Actor
  /// Delivers a message that came by itself, the newest of its kind; nil where nobody takes any.
  package var post: (@Sendable (ConsoleMessage) -> Void)?
  package var clock: @Sendable () -> Timestamp = { .wallClock() }
  /// Where the state of the site lies, or will lie, for people.
  package var statePath = ""
  /// Makes a site and opens the door to it. Throws `EaselError`.
  package var createSite: @Sendable (SiteChoice) async throws -> any SiteAccess
  /// Fetches the host key of an address without logging in, as `SHA256:...`. Throws `EaselError`.
  package var fetchHostKey: @Sendable (HostAddress) async throws -> String
  /// Runs work that blocks (the store, ssh) on a thread that is not Swift's; calls come back on that thread.
  package var blocking: @Sendable (@escaping @Sendable () -> Void) -> Void
  /// What changes would do, each on what those before it lead to: the engine on a copy of the state; with the plan of each task in full
  /// where that is asked for. Throws `EaselError` when they would be refused.
  package var preview: @Sendable (ChangeSet, SiteSnapshot, _ inFull: Bool) throws -> [PlanPreview]
  /// An object as the file that `easel get -o yaml` prints.
  package var manifest: @Sendable (Record) -> String
  /// The Kubernetes versions that can be installed here, oldest first; empty when that is not known.
  package var versions: @Sendable (SiteSnapshot) -> [KubernetesVersion]
  /// Starts an engine when none runs though one is needed. Throws `EaselError`.
  package var startEngine: (@Sendable () throws -> Void)?
  /// Keeps, or with nil forgets, a draft under a name; called off the UI thread and at a hang-up.
  package var keepDraft: @Sendable (String, String?) -> Void
  package var draft: @Sendable (String) -> String?
  /// Loads a theme by name. Throws with a message that can be shown.
  package var theme: @Sendable (String) throws -> Theme
  package var themeNames: [String]
  /// Calls back with a theme's name whenever its file was written, for as long as the process lives. Nil where none can be written.
  package var watchThemes: (@Sendable (@escaping @Sendable (String) -> Void) -> Void)?
  /// What the operator has chosen about the console, and what is wrong with the file that says it.
  package var settings = ConsoleSettings()
  /// Writes them down. Throws `EaselError`.
  package var keepSettings: @Sendable (ConsoleSettings) throws -> Void
  /// The operator's own time zone at a moment.
  package var localZone: @Sendable (Timestamp) -> LocalZone
  /// What is known of the program and the terminal, as label and value, for the page of settings; asked for on the UI thread.
  package var about: @Sendable () -> [AboutLine]
  /// The process that a holder of the lease stands for, and when it started; nil where that cannot be told from here.
  package var leader: @Sendable (String) -> (process: Int, startedAt: Timestamp)?
  /// Whether the process that a holder of the lease stands for has certainly ended; asked for on the UI thread.
  package var isLeaderGone: @Sendable (String) -> Bool
  /// What a holder of the lease is, where it is of another build; asked for on the UI thread.
  package var otherBuild: @Sendable (String) -> OtherBuild?
  /// The definition of a cluster as a file to edit: name, labels and spec.
  package var definition: @Sendable (Cluster) -> String
  /// Reads definitions from a file's text; the second is the name that problems bear.
  package var readDefinitions: @Sendable (String, String) -> DefinitionReading
  /// Reads, writes a file that the operator names. Throw `EaselError`.
  package var readFile: @Sendable (String) throws -> String
  package var writeFile: @Sendable (String, String) throws -> Void
  /// The files and folders, these with a stroke at the end, whose path begins with a text, as a shell completes it.
  package var filesNamed: @Sendable (String) -> [String] = { _ in [] }
  /// What the site's content folder lists; nil for a site without one. Throws `EaselError`.
  package var content: @Sendable (SiteSnapshot) throws -> ContentIndex?
  /// Reads the index of a content folder that the operator names, and gives its absolute path. Throws `EaselError`.
  package var readContent: @Sendable (String) throws -> (path: String, index: ContentIndex)
  /// Reads a file of the content folder and compares it with its digest. Throws `EaselError` when it is another one.
  package var verify: @Sendable (ContentIndex.Item, SiteSnapshot) throws -> Void
  /// Runs a program on the terminal and waits for it, for the linear mode; returns its exit status. Nil where that cannot be.
  package var runProgram: (@Sendable ([String]) -> Int32)?
  /// Whether there is a terminal for programs to run on.
  package var hasTerminal = true
  /// Whether lines are typed instead of keys, so that keys are no use in what is said.
  var isLinear = false
  /// Program and arguments that show a file: `$PAGER`, `$EDITOR`; empty where there is none.
  package var pager: [String]
  package var editor: [String]
  /// Writes text to a new file for the pager or the editor and returns its path. Throws `EaselError`.
  package var temporaryFile: (@Sendable (String, String) throws -> String)?
  /// Writes text to a new file in the folder that the console was started in, under that name or one like it, and returns its path.
  /// Throws `EaselError`.
  package var saveFile: (@Sendable (String, String) throws -> String)?
  /// Hides all that changes something.
  package var isReadOnly = false
  /// Why this is a copy of the site as it stood when the console was started.
  package enum CopyReason: Sendable {
    case diskIsFull, fileSystemIsReadOnly

    var words: String {
      switch self {
      case .diskIsFull: tr("the disk with the state is full: this is a copy, nothing can change")
      case .fileSystemIsReadOnly: tr("the state's disk is read-only: this is a copy, nothing can change")
      }
    }
  }
  package var copyReason: CopyReason?
  /// Mouse reports from the start; nil lets the terminal decide.
  package var mouse: Bool?
  /// Keys of the operator's configuration file: action and key names.
  package var keys: [String: [String]] = [:]
  /// What could not be read in that file.
  package var keyProblems: [String] = []
  /// How this program is called, for commands that are shown: with `--state DIR` where that is not the usual one.
  package var program = "easel"
  /// The program that adds a host whose sudo asks for a password, on the terminal itself; nil where that cannot be done.
  package var addHostProgram: (@Sendable (HostAddress) -> [String])?

  /// - Parameter blocking: runs work on a thread of its own; the default suits tests whose site answers at once.
  package init(
    site: (any SiteAccess)?, actor: Actor,
    blocking: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
  ) {
    self.site = site
    self.actor = actor
    self.blocking = blocking
    createSite = { _ in throw EaselError(.failed, "NoSite", tr("this console cannot make a site")) }
    fetchHostKey = { address in
      throw EaselError(.failed, "NoHostKey", tr("this console cannot ask \(address.address) for its host key"))
    }
    preview = { changes, site, inFull in
      try Preview.of(changes.intents, as: actor, in: site, tellsPlans: inFull, placing: changes.placing)
    }
    manifest = { record in ConsoleEnvironment.json(record) }
    versions = { site in ConsoleEnvironment.wellKnownVersions(site) }
    keepDraft = { _, _ in }
    draft = { _ in nil }
    theme = { name in try ThemeLibrary(directories: []).load(name) }
    themeNames = ThemeLibrary(directories: []).names
    pager = []
    editor = []
    keepSettings = { _ in }
    localZone = { _ in LocalZone(offset: 0, name: "UTC") }
    about = { [] }
    leader = { _ in nil }
    isLeaderGone = { _ in false }
    otherBuild = { _ in nil }
    definition = { cluster in ConsoleEnvironment.json(.cluster(cluster)) }
    readDefinitions = { _, file in
      DefinitionReading(problems: [EaselError(.failed, "NoReader", tr("this console reads no files"), file: file)])
    }
    readFile = { path in throw EaselError(.failed, "NoFiles", tr("this console reads no files such as \(path)")) }
    writeFile = { path, _ in throw EaselError(.failed, "NoFiles", tr("this console writes no files such as \(path)")) }
    content = { _ in nil }
    readContent = { path in throw EaselError(.failed, "NoFiles", tr("this console reads no files such as \(path)")) }
    verify = { _, _ in }
  }

  /// The object as JSON with sorted keys.
  package static func json(_ record: Record) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(record.resource) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// What a simulated site offers: two patches of each of the last minors.
  static func wellKnownVersions(_ site: SiteSnapshot) -> [KubernetesVersion] {
    guard site.site.spec.simulation != nil else { return [] }
    return ["v1.30.8", "v1.30.14", "v1.31.4", "v1.31.12", "v1.32.1", "v1.32.8", "v1.33.4", "v1.34.0", "v1.34.2"]
      .compactMap { KubernetesVersion($0) }
  }
}
