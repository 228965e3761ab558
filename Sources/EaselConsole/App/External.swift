internal import EaselModel
internal import EaselTerminal

/// Text shown in the operator's own pager or editor.
enum External {
  static func show(_ text: String, named name: String, _ surroundings: Surroundings) -> [Request] {
    let environment = surroundings.environment
    guard !environment.pager.isEmpty, let write = environment.temporaryFile else {
      return [.say("no $PAGER is set", isProblem: true)]
    }
    switch Result(doing: "writing a file for the pager", { try write(name, text) }) {
    case .failure(let error): return [.say(error.message, isProblem: true)]
    case .success(let path):
      return [
        .effect(
          .runProgram(environment.pager + [path]) { status in
            status == 0 ? nil : .note("\(environment.pager[0]) ended with status \(status)", isProblem: true)
          })
      ]
    }
  }
}
