package import EaselHostPlan

/// A plan as text for people: what `--dry-run -o wide` prints and what golden files hold. Plans hold no secrets, so neither does it.
package enum PlanPrinter {
  package static func text(_ plan: HostPlan) -> String {
    var lines = ["plan: \(plan.title)\(plan.readOnly ? " (changes nothing)" : "")"]
    for (index, step) in plan.steps.enumerated() {
      lines.append("")
      lines.append("\(index + 1). \(step.name): \(step.title) [\(step.timeLimitSeconds) s]")
      lines += action(step.action).map { "   " + $0 }
      lines += check(step.check).map { "   " + $0 }
      if let undo = step.undo { lines += prefixed("undo: ", action(undo)).map { "   " + $0 } }
    }
    return lines.map { line in
      var line = Substring(line)
      while line.last == " " { line.removeLast() }
      return String(line)
    }.joined(separator: "\n") + "\n"
  }

  /// The lines that two plans differ in, with `-` and `+`, and the name of the step before each group; empty when they are the same.
  package static func difference(from old: HostPlan, to new: HostPlan) -> String {
    let before = text(old).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let after = text(new).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let changes = after.difference(from: before)
    if changes.isEmpty { return "" }
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [String] = []
    var (i, j) = (0, 0)
    var heading = ""
    var printed = ""
    func show(_ line: String) {
      if heading != printed && !heading.isEmpty {
        lines.append("@ \(heading)")
        printed = heading
      }
      lines.append(line)
    }
    while i < before.count || j < after.count {
      if i < before.count && removed.contains(i) {
        show("-\(before[i])")
        i += 1
      } else if j < after.count && inserted.contains(j) {
        show("+\(after[j])")
        j += 1
      } else {
        if j < after.count, after[j].first?.isNumber == true { heading = after[j] }
        i += 1
        j += 1
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func action(_ action: StepAction) -> [String] {
    switch action {
    case .write(let file):
      [
        "write \(file.path) \(octal(file.mode))"
          + (file.secrets.isEmpty ? "" : " with \(file.secrets.joined(separator: ", "))")
      ]
        + indented(file.text)
    case .block(let path, let marker, let text):
      text.isEmpty
        ? ["remove the block \(marker) from \(path)"] : ["keep the block \(marker) in \(path)"] + indented(text)
    case .place(let content, let path, let mode):
      ["place \(content.name) (\(content.sha256.prefix(12)), \(content.size) bytes) at \(path) \(octal(mode))"]
    case .directory(let path, let mode): ["make directory \(path) \(octal(mode))"]
    case .remove(let paths): ["remove \(paths.joined(separator: " "))"]
    case .unit(let name, let state): ["unit \(name): \(state.rawValue)"]
    case .reloadUnits: ["reload systemd's units"]
    case .run(let command): prefixed("run: ", self.command(command))
    case .wait(let command, let seconds): prefixed("every \(seconds) s until it works: ", self.command(command))
    case .require(let command, let code, let message):
      prefixed("require: ", self.command(command)) + ["else \(code): \(message)"]
    case .capture(let command, let output, let secret):
      prefixed("keep as \(secret ? "secret " : "")\(output): ", self.command(command))
    }
  }

  private static func check(_ check: StepCheck) -> [String] {
    switch check {
    case .none: []
    case .command(let arguments): prefixed("done when: ", words(arguments))
    case .exists(let path): ["done when \(path) exists"]
    case .absent(let path): ["done when \(path) does not exist"]
    case .contains(let path, let text): ["done when \(path) contains \(quoted(text))"]
    case .all(let checks): checks.flatMap(self.check)
    case .idempotent(let reason): ["always run: \(reason)"]
    }
  }

  private static func command(_ command: Command) -> [String] {
    var lines = words(command.arguments)
    let environment = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value))" }
    if !environment.isEmpty { lines.append("  environment: \(environment.joined(separator: " "))") }
    if let secret = command.inputSecret { lines.append("  input: the secret \(secret)") }
    if let input = command.input { lines += ["  input:"] + indented(input) }
    if command.successStatuses != [0] {
      let statuses = command.successStatuses
      let shown =
        statuses.count > 4
        ? "\(statuses[0])...\(statuses[statuses.count - 1])" : statuses.map(String.init).joined(separator: ", ")
      lines.append("  works with status \(shown)")
    }
    return lines
  }

  /// One line, with a script of several lines set below it.
  private static func words(_ arguments: [String]) -> [String] {
    var line: [String] = []
    var below: [String] = []
    for argument in arguments {
      if argument.contains("\n") {
        line.append("SCRIPT")
        below += indented(argument)
      } else {
        line.append(quoted(argument))
      }
    }
    return [line.joined(separator: " ")] + below
  }

  private static func quoted(_ text: String) -> String {
    let plain =
      !text.isEmpty
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_./:=,@%+".utf8.contains($0)
      }
    if plain { return text }
    let visible = text.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "\\t")
      .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    return "'" + visible.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static func indented(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "  | \($0)" }
    if text.hasSuffix("\n") { lines.removeLast() }
    return lines
  }

  private static func prefixed(_ prefix: String, _ lines: [String]) -> [String] {
    guard let first = lines.first else { return [prefix] }
    return [prefix + first] + lines.dropFirst()
  }

  private static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
