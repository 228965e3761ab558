internal import EaselModel
internal import EaselTerminal

extension ConsoleApp {
  /// Goes where the command line said, or does it.
  mutating func go(_ destination: Destination) -> [ConsoleEffect] {
    let surroundings = surroundings
    let number = stack[stack.count - 1].number
    if destination.changes, environment.isReadOnly {
      note = (tr("this console is read-only"), true)
      return []
    }
    switch destination.action {
    case .open(let screen): return open(screen())
    case .root(let tab): return root(tab)
    case .cluster(let action, let name):
      return run(
        ClusterActions.requests(action, cluster: name.flatMap { feed?.view.cluster($0) }, surroundings), from: number)
    case .host(let action, let name):
      return run(
        HostActions.requests(action, hosts: [feed?.view.host(name)].compactMap { $0 }, surroundings), from: number)
    case .operation(let action, let name, let item):
      guard let operation = feed?.view.operation(name) else { return [] }
      let step = operation.status.steps.first { step in
        step.state == .stopped && step.items.contains { $0.name == item && $0.state == .stopped }
      }
      return run(
        OperationActions.requests(action, operation: operation, line: step.map { ($0.name, item) }, surroundings),
        from: number)
    case .settings(let change, let said):
      var settings = environment.settings
      change(&settings)
      note = (said, false)
      return take(settings)
    case .ask(let verb):
      ask(for: verb)
      return verb == "apply" ? open(ApplyScreen()) : []
    case .save(let path): return save(to: path)
    case .filter(let text):
      if !top.narrow(text) { note = (tr("this page is no list: there is nothing to filter"), true) }
      return []
    case .sort(let column, let ascending):
      guard let columns = top.sort(by: column, ascending: ascending) else { return [] }
      let names = columns.joined(separator: ", ")
      note = (
        columns.isEmpty
          ? tr("this page is no list: there is nothing to sort")
          : tr("there is no column \(column); there are \(names)"), true
      )
      return []
    case .global(let action): return global(action) ?? []
    }
  }

  /// Goes on typing what a verb is about, or says why there is nothing to it here.
  private mutating func ask(for verb: String) {
    var screen = top
    switch verb {
    case "save": prompt.begin(verb + " ", wanted: tr("write the name of a file"))
    case "filter":
      guard screen.narrow("") else {
        note = (tr("this page is no list: there is nothing to filter"), true)
        return
      }
      prompt.begin(verb + " ", wanted: tr("write what to look for"))
    case "sort":
      let columns = screen.sort(by: "", ascending: true) ?? []
      guard !columns.isEmpty else {
        note = (tr("this page is no list: there is nothing to sort"), true)
        return
      }
      prompt.begin(verb + " ", wanted: tr("write a column: \(columns.joined(separator: ", "))"))
    default: break
    }
  }

  /// Writes the page as text, as the linear mode says it.
  private mutating func save(to path: String) -> [ConsoleEffect] {
    var screen = top
    let text = screen.lines(surroundings).map(\.text).joined(separator: "\n") + "\n"
    let environment = environment
    return [
      .perform {
        await environment.onThread {
          switch Result(doing: tr("writing \(path)"), { try environment.writeFile(path, text) }) {
          case .success: .note(tr("wrote \(path)"), isProblem: false)
          case .failure(let error): .note(error.message + error.advice.prefixed("; "), isProblem: true)
          }
        }
      }
    ]
  }
}
