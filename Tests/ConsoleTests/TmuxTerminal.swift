import Foundation

/// A real terminal of a given size with a program in it: a tmux server of the test's own, ended by its own command.
///
/// tmux is the second opinion on what the console sends: it is an emulator that nobody here wrote.
final class TmuxTerminal {
  private let socket: String

  /// Where tmux is; nil when it is missing, which skips the tests that need it.
  static let tmux = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/bin/tmux"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// The program, which the package puts beside the tests.
  static let easel: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/easel"
  }()

  init(width: Int, height: Int, command: String, name: String) throws {
    socket = "easel-test-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
    // The shell says how the program ended, and keeps the terminal until the test has read it.
    _ = try run([
      "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)",
      "\(command); echo ENDED WITH $?; exec cat",
    ])
    _ = try run(["set", "-g", "escape-time", "0"])
  }

  func end() {
    _ = try? run(["kill-server"])
    let folder = ProcessInfo.processInfo.environment["TMUX_TMPDIR"] ?? "/tmp"
    try? FileManager.default.removeItem(atPath: "\(folder)/tmux-\(getuid())/\(socket)")
  }

  /// Runs one tmux command through the shell, which needs no thread of ours to wait.
  private func run(_ arguments: [String]) throws -> String {
    guard let tmux = Self.tmux else { return "" }
    let words = ([tmux, "-L", socket] + arguments).map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    // The server that the first command leaves behind would keep a pipe open for ever.
    let isFirst = arguments.contains("new-session")
    let command =
      "TMUX= LC_ALL=C.UTF-8 " + words.joined(separator: " ") + " 2>/dev/null </dev/null"
      + (isFirst ? " >/dev/null" : "")
    return Self.output(of: command)
  }

  /// What a command of the shell writes, without a thread of ours that waits.
  static func output(of command: String) -> String {
    guard let file = popen(command, "r") else { return "" }
    defer { pclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  var screen: String { get throws { try run(["capture-pane", "-p"]) } }

  /// Keys by tmux's names: `Enter`, `C-n`, `Tab`, `Escape`.
  func press(_ keys: String...) throws { _ = try run(["send-keys"] + keys) }
  func type(_ text: String) throws { _ = try run(["send-keys", "-l", text]) }
  func resize(width: Int, height: Int) throws { _ = try run(["resize-window", "-x", "\(width)", "-y", "\(height)"]) }

  /// Looks until one of the texts is on the screen, and returns it; the screen itself when none comes in time.
  func wait(for texts: String..., seconds: Double = 60) throws -> String {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      let screen = try screen
      if let found = texts.first(where: screen.contains) { return found }
      // Looking without a pause would take the processor from the program that is being looked at.
      usleep(50_000)
    }
    return try "nothing of \(texts) came:\n" + screen
  }
}
