import EaselModel
import EaselTerminal
import EaselYAML
import Synchronization

@testable import EaselConsole

/// What lies round a console in a test: an editor that types a prepared text, files, and settings that are kept.
final class Desk: Sendable {
  struct State {
    var files: [String: String] = [:]
    var settings: [ConsoleSettings] = []
    /// What the editor makes of the text that it is given, visit by visit; the text as it is when there is none left.
    var edits: [@Sendable (String) -> String] = []
    var shown: [String] = []
  }

  let state = Mutex(State())

  func will(_ edit: @escaping @Sendable (String) -> String) { state.withLock { $0.edits.append(edit) } }
  var settings: ConsoleSettings? { state.withLock { $0.settings.last } }
  /// The texts that the editor was given.
  var shown: [String] { state.withLock { $0.shown } }
  func file(_ path: String) -> String? { state.withLock { $0.files[path] } }
  func put(_ text: String, at path: String) { state.withLock { $0.files[path] = text } }

  func furnish(_ environment: inout ConsoleEnvironment) {
    environment.editor = ["vi"]
    environment.temporaryFile = { name, text in
      self.put(text, at: name)
      return name
    }
    environment.readFile = { path in
      guard let text = self.file(path) else { throw EaselError(.notFound, "FileUnreadable", "there is no \(path)") }
      return text
    }
    environment.filesNamed = { text in
      self.state.withLock { $0.files.keys.filter { $0.hasPrefix(text) }.sorted() }
    }
    environment.writeFile = { path, text in self.put(text, at: path) }
    environment.keepSettings = { settings in self.state.withLock { $0.settings.append(settings) } }
    environment.localZone = { _ in LocalZone(offset: 3600, name: "CET") }
    environment.definition = { (try? ManifestWriter.definition(.cluster($0))) ?? "" }
    environment.readDefinitions = { text, file in
      do {
        let objects = try ManifestReader.read(text: text, file: file).map { manifest in
          DefinitionReading.Object(
            record: manifest.record, statedGeneration: manifest.statedGeneration, placed: manifest.placed)
        }
        return DefinitionReading(objects: objects)
      } catch let error as EaselError {
        return DefinitionReading(problems: error.each)
      } catch {
        return DefinitionReading(problems: [EaselError(.failed, "Unreadable", "\(error)")])
      }
    }
  }

  /// The editor: what a run of a program does to the files.
  func run(_ program: [String]) -> Int32 {
    guard program.first == "vi", let path = program.last else { return -1 }
    state.withLock { state in
      let text = state.files[path] ?? ""
      state.shown.append(text)
      if !state.edits.isEmpty { state.files[path] = state.edits.removeFirst()(text) }
    }
    return 0
  }
}

extension Player {
  /// Somebody with an editor and files.
  static func atDesk(_ site: any SiteAccess, _ desk: Desk, drafts: Drafts = Drafts()) async -> Player {
    let player = Player(site, drafts: drafts) { desk.furnish(&$0) }
    player.user.runs = { desk.run($0) }
    await player.user.settle()
    return player
  }

  /// Makes a running cluster `edge` by the wizard.
  func makeEdge(_ site: PlaySite) async {
    await go("create cluster")
    await type("edge")
    await press(.control("n"), .control("n"), .control("n"), .control("n"), .tab, .enter)
    site.finish()
    await look()
  }
}

/// A text in which something stands in another's place.
func replacing(_ old: String, _ new: String) -> @Sendable (String) -> String {
  { text in
    guard let start = text.indices.first(where: { text[$0...].hasPrefix(old) }) else { return text }
    return text[..<start] + new + text[text.index(start, offsetBy: old.count)...]
  }
}
