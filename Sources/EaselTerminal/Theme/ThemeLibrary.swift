import CAssets
import FoundationEssentials

/// The themes that can be chosen: built in, and files in the given directories, of which the first that has a name wins
/// and overrides a built-in one.
package struct ThemeLibrary: Sendable {
  /// Where theme files are looked for, first one first.
  package var directories: [String]

  package init(directories: [String]) { self.directories = directories }

  /// The directories of an installed program: the user's configuration, the program's own share, the system's.
  package init(environment: [String: String], executable: String) {
    var found: [String] = []
    if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") {
      found.append(config + "/easel/themes")
    } else if let home = environment["HOME"] {
      found.append(home + "/.config/easel/themes")
    }
    if let slash = executable.lastIndex(of: "/") { found.append(executable[..<slash] + "/../share/easel/themes") }
    found.append("/usr/share/easel/themes")
    directories = found
  }

  /// The names of all themes, sorted.
  package var names: [String] {
    var names = Set(Self.builtIn.keys)
    for directory in directories {
      for file in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      where file.hasSuffix(".theme") { names.insert(String(file.dropLast(6))) }
    }
    return names.sorted()
  }

  /// The file of a theme; nil when it is built in or unknown. Watch it for live reload and load the theme again.
  package func path(of name: String) -> String? {
    guard !name.isEmpty, !name.contains("/") else { return nil }
    return directories.map { "\($0)/\(name).theme" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Reads a theme. Throws `ThemeError` when there is none of that name or its file is wrong.
  package func load(_ name: String) throws -> Theme {
    if let path = path(of: name) {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw ThemeError(problems: [
          ThemeProblem(file: path, line: 1, message: "the file cannot be read; check its permissions")
        ])
      }
      return try Theme(file: path, text: String(decoding: data, as: UTF8.self))
    }
    guard let text = Self.builtIn[name] else {
      throw ThemeError(problems: [
        ThemeProblem(
          file: name, line: 1, message: "there is no theme of this name; choose from \(names.joined(separator: ", "))")
      ])
    }
    return try Theme(file: "built-in \(name).theme", text: text)
  }

  /// The text of the themes that are built in, by name.
  package static let builtIn: [String: String] = {
    var count = 0
    let files = cassets_themes(&count)
    var texts: [String: String] = [:]
    for index in 0..<count {
      let file = files[index]
      texts[String(cString: file.name)] = String(
        decoding: UnsafeBufferPointer(start: file.bytes, count: file.size), as: UTF8.self)
    }
    return texts
  }()

  /// The theme that a terminal gets when none was chosen: on the Linux console its own, else the one with the terminal's
  /// colours.
  package static func standard(term: String) -> Theme {
    let name = term.hasPrefix("linux") ? "linux-console" : "default"
    let theme = builtIn[name].flatMap { try? Theme(file: name, text: $0) }
    return theme ?? Theme(name: "Plain", summary: "", renderings: [:])
  }
}
