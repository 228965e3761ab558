import Glibc

/// Measures Easel beside its peers and limits; never asserts on time. Not shipped: `make bench` runs it.
@main
struct EaselBench {
  private static let sections: [(name: String, run: @Sendable () throws -> Report)] = [
    ("engine", { try EngineBench.run() }),
    ("store", { try StoreBench.run() }),
    ("console", { try ConsoleBench.run() }),
  ]

  static func main() {
    let asked = CommandLine.arguments.dropFirst()
    do {
      if asked.first == "--engine-run", asked.count == 3, let times = Int(CommandLine.arguments[3]) {
        return try EngineBench.runOnce(CommandLine.arguments[2], slower: times)
      }
      if asked.first == "--storm-run", asked.count == 3, let seconds = Double(CommandLine.arguments[3]) {
        return try StoreStorm.run(CommandLine.arguments[2], seconds: seconds)
      }
      for name in asked where !sections.contains(where: { $0.name == name }) {
        throw BenchError("there is no section \(name); there are: \(sections.map(\.name).joined(separator: ", "))")
      }
      for section in sections where asked.isEmpty || asked.contains(section.name) { try section.run().print() }
    } catch {
      FileStream.complain("easel-bench: \(error)")
      exit(1)
    }
  }
}
