/// The command line: a subcommand, options that take a value, flags, and the rest in order.
struct Arguments {
  struct Wrong: Error { var message: String }

  var command = ""
  var options: [String: String] = [:]
  var flags: Set<String> = []
  var rest: [String] = []

  init(_ arguments: [String], valued: Set<String>, flags known: Set<String>) throws(Wrong) {
    var left = arguments[...]
    command = left.popFirst() ?? ""
    while let next = left.popFirst() {
      if valued.contains(next) {
        guard let value = left.popFirst() else { throw Wrong(message: "\(next) takes a value") }
        options[next] = value
      } else if known.contains(next) {
        flags.insert(next)
      } else if next.hasPrefix("-") {
        throw Wrong(message: "unknown option \(next)")
      } else {
        rest.append(next)
      }
    }
  }
}
