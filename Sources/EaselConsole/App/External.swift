internal import EaselModel
internal import EaselTerminal

/// Text that leaves the console: to the operator's own pager or editor, or to a file.
enum External {
  /// Writes a new file where the console was started.
  static func save(_ text: String, named name: String, _ surroundings: Surroundings) -> [Request] {
    guard let save = surroundings.environment.saveFile else {
      return [.say(tr("this console writes no files"), isProblem: true)]
    }
    let environment = surroundings.environment
    return [
      .effect(
        .perform {
          await environment.onThread {
            switch Result(doing: tr("saving \(name)"), { try save(name, text + "\n") }) {
            case .success(let path): .note(tr("saved to \(path)"), isProblem: false)
            case .failure(let error): .note(error.message + error.advice.prefixed("; "), isProblem: true)
            }
          }
        })
    ]
  }

  /// What is said where a program cannot run.
  static func needsTerminal(_ program: String) -> String { tr("\(program) needs a terminal, and there is none here") }

  static func show(_ text: String, named name: String, _ surroundings: Surroundings) -> [Request] {
    let environment = surroundings.environment
    guard environment.hasTerminal else { return [.say(needsTerminal("$PAGER"), isProblem: true)] }
    guard !environment.pager.isEmpty, let write = environment.temporaryFile else {
      return [.say(tr("no $PAGER is set"), isProblem: true)]
    }
    switch Result(doing: tr("writing a file for the pager"), { try write(name, text) }) {
    case .failure(let error): return [.say(error.message, isProblem: true)]
    case .success(let path):
      return [
        .effect(
          .runProgram(environment.pager + [path]) { status in
            status == 0 ? nil : .note(tr("\(environment.pager[0]) ended with status \(status)"), isProblem: true)
          })
      ]
    }
  }
}
