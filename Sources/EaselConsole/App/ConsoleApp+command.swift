internal import EaselModel
internal import EaselTerminal

extension ConsoleApp {
  /// Goes where the command line said, or does it.
  mutating func go(_ destination: Destination) -> [ConsoleEffect] {
    let surroundings = surroundings
    let number = stack[stack.count - 1].number
    if destination.changes, environment.isReadOnly { return [] }
    switch destination.action {
    case .open(let screen): return open(screen())
    case .root(let tab): return root(tab)
    case .cluster(let action, let name):
      return run(
        ClusterActions.requests(action, cluster: name.flatMap { feed?.view.cluster($0) }, surroundings), from: number)
    case .host(let action, let name):
      return run(
        HostActions.requests(action, hosts: [feed?.view.host(name)].compactMap { $0 }, surroundings), from: number)
    case .operation(let action, let name):
      guard let operation = feed?.view.operation(name) else { return [] }
      return run(OperationActions.requests(action, operation: operation, line: nil, surroundings), from: number)
    case .theme(let name):
      switch Result(doing: "loading the theme \(name)", { try environment.theme(name) }) {
      case .success(let theme):
        note = ("theme \(name)", false)
        return [.setTheme(theme)]
      case .failure(let error):
        note = (error.message, true)
        return []
      }
    case .global(let action): return global(action) ?? []
    }
  }
}
