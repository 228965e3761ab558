import FoundationEssentials

/// The operator's own keys for the console: `$XDG_CONFIG_HOME/easel/keys`, lines of `ACTION = KEY KEY`.
///
/// No key switches the action off; lines that begin with # are comments. What is wrong is told and the rest used.
struct KeyFile {
  private(set) var keys: [String: [String]] = [:]
  private(set) var problems: [String] = []

  init(environment: [String: String]) {
    let path = Self.folder(environment) + "/keys"
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      problems.append("\(path) cannot be read; check its permissions")
      return
    }
    read(String(decoding: data, as: UTF8.self))
  }

  /// Where the operator's own files for the console are: `$XDG_CONFIG_HOME/easel`.
  static func folder(_ environment: [String: String]) -> String {
    if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") { return config + "/easel" }
    return (environment["HOME"] ?? "/root") + "/.config/easel"
  }

  private mutating func read(_ text: String) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let action = words.first, !action.hasPrefix("#") else { continue }
      guard words.count > 1, words[1] == "=" else {
        problems.append("keys, line \(index + 1): expected ACTION = KEY")
        continue
      }
      if keys.updateValue(Array(words.dropFirst(2)), forKey: action) != nil {
        problems.append("keys, line \(index + 1): \(action) stands there twice")
      }
    }
  }
}
