import CSys
import EaselConsole
import EaselHostPlan
import EaselModel
import EaselPlans
import EaselRuntime
import EaselTerminal
import EaselYAML
import FoundationEssentials
import Glibc
import Synchronization

/// What is known of the terminal, once there is one.
final class TerminalReport: Sendable {
  private let facts = Mutex<TerminalFacts?>(nil)

  func note(_ facts: TerminalFacts) { self.facts.withLock { $0 = facts } }

  var lines: [AboutLine] {
    guard let facts = facts.withLock({ $0 }) else { return [] }
    let colours: String =
      switch facts.tier {
      case .mono: "none"
      case .eight: "8"
      case .sixteen: "16"
      case .indexed: "256"
      case .true: "16 million"
      }
    var lines = [
      AboutLine("TERM", facts.wanted == facts.term ? facts.term : "\(facts.wanted), used as \(facts.term)"),
      AboutLine("Colours", colours), AboutLine("Characters", "\(facts.codeset), \(facts.glyphs)"),
    ]
    if facts.refusedPairs > 0 {
      lines.append(AboutLine("Colours refused", "\(facts.refusedPairs) pairs by the terminal"))
    }
    return lines
  }
}

extension ConsoleEnvironment {
  /// Lets the console read and write files of the operator, and definitions in them.
  mutating func useFiles() {
    definition = { cluster in (try? ManifestWriter.definition(.cluster(cluster))) ?? "" }
    readDefinitions = { text, file in
      do {
        let manifests = try ManifestReader.read(text: text, file: file)
        return DefinitionReading(
          objects: manifests.map { manifest in
            DefinitionReading.Object(
              record: manifest.record, statedGeneration: manifest.statedGeneration, placed: manifest.placed)
          })
      } catch let error as EaselError {
        return DefinitionReading(problems: error.each)
      } catch {
        return DefinitionReading(problems: [EaselError(.failed, "Unreadable", "\(error)", file: file)])
      }
    }
    filesNamed = { text in OperatorFile.completions(of: text) }
    readFile = { path in
      guard let data = FileManager.default.contents(atPath: OperatorFile.absolute(path)) else {
        throw EaselError(
          .notFound, "FileUnreadable", "reading \(path): it is not there, or may not be read",
          advice: "check its name and permissions")
      }
      return String(decoding: data, as: UTF8.self)
    }
    writeFile = { path, text in try OperatorFile.write(text, to: path) }
    runProgram = { arguments in
      var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
      defer { for pointer in pointers { free(pointer) } }
      pointers.append(nil)
      return csys_tty_run_child(0, &pointers)
    }
  }

  /// Keeps what the operator chooses about the console in `$XDG_CONFIG_HOME/easel/console`.
  mutating func useSettings(_ variables: [String: String]) {
    let path = KeyFile.folder(variables) + "/console"
    if let data = FileManager.default.contents(atPath: path) {
      settings = ConsoleSettings(file: String(decoding: data, as: UTF8.self), problems: &keyProblems)
    }
    keepSettings = { settings in
      let old = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
      do {
        try FileManager.default.createDirectory(
          atPath: KeyFile.folder(variables), withIntermediateDirectories: true)
        try Data(settings.file(over: old).utf8).write(to: URL(filePath: path), options: .atomic)
      } catch {
        throw EaselError(
          .failed, "SettingsNotKept", "keeping the settings in \(path): \(error)",
          advice: "they hold until the console is left")
      }
    }
    localZone = { time in
      var seconds = time_t(time.milliseconds / 1000)
      var parts = tm()
      guard localtime_r(&seconds, &parts) != nil else { return LocalZone(offset: 0, name: "UTC") }
      return LocalZone(offset: Int(parts.tm_gmtoff), name: parts.tm_zone.map { String(cString: $0) } ?? "local")
    }
  }

  /// What the site's content folder holds.
  mutating func useContent() {
    content = { site in try SiteGate.content(of: site.site) }
    readContent = { path in
      let folder = try ContentFolder(path: OperatorFile.absolute(path))
      return (folder.path, folder.index)
    }
    verify = { item, site in
      guard let folder = site.site.spec.contentDirectory else { return }
      let digest = try OperatorFile.digest("\(folder)/\(item.path)")
      guard digest == item.sha256 else {
        throw EaselError(
          .failed, "WrongDigest", "is another file: sha256 \(digest.prefix(12))...",
          advice: "bring the file that the index means, or correct the index")
      }
    }
  }
}

/// Files that an operator names.
enum OperatorFile {
  static func absolute(_ path: String) -> String {
    if path == "~" || path.hasPrefix("~/") {
      return (ProcessInfo.processInfo.environment["HOME"] ?? "") + path.dropFirst()
    }
    return path.hasPrefix("/") ? path : currentDirectory() + "/" + path
  }

  /// What a shell would complete a path to: hidden files only where a dot was typed.
  static func completions(of text: String) -> [String] {
    if text == "~" { return ["~/"] }
    let start = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
    let (folder, beginning) = (String(text[..<start]), text[start...])
    let path = absolute(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix(beginning) && (beginning.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted().map {
      var isFolder = false
      let exists = FileManager.default.fileExists(atPath: path + "/" + $0, isDirectory: &isFolder)
      return folder + $0 + (exists && isFolder ? "/" : "")
    }
  }

  /// Writes a new file; one that is there already is left alone.
  static func write(_ text: String, to path: String) throws {
    let file = open(absolute(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      let code = csys_errno()
      throw EaselError(
        .failed, "FileNotWritten", "writing \(path): \(String(cString: strerror(code)))",
        advice: code == EEXIST ? "choose another name" : "choose a folder that you may write to")
    }
    defer { close(file) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, csys_errno() == EINTR { continue }
      guard count > 0 else {
        throw EaselError(.failed, "FileNotWritten", "writing \(path): \(String(cString: strerror(csys_errno())))")
      }
      bytes = bytes.dropFirst(count)
    }
  }

  /// The SHA-256 of a file, in lower-case hexadecimal.
  static func digest(_ path: String) throws -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw EaselError(.failed, "FileUnreadable", "cannot be read: \(String(cString: strerror(csys_errno())))")
    }
    defer { close(file) }
    var sum = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0, csys_errno() == EINTR { continue }
      guard count >= 0 else {
        throw EaselError(.failed, "FileUnreadable", "cannot be read: \(String(cString: strerror(csys_errno())))")
      }
      if count == 0 { return sum.finishHex() }
      sum.update(buffer[..<count])
    }
  }
}
