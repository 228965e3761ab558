import EaselModel
import EaselRuntime

let benchCommand = CommandDefinition(
  name: "bench", summary: "Measure engine, store and console",
  arguments: [
    ArgumentDefinition(name: "PART", help: "engine, store or console; all without it", required: false, repeats: true)
  ],
  options: [
    .value("clusters", "N", "Clusters of the engine's run (default 1000)"),
    .value("machines", "N", "Machines in each (default 10)"),
    .value("runs", "N", "Runs of which the median is shown (default 3)"),
  ], hidden: true
) { invocation in
  let parts = invocation.arguments.isEmpty ? ["store", "engine", "console"] : invocation.arguments
  let runs = try invocation.integer("runs", in: 1...100) ?? 3
  var table = Table(["WHAT", "MEDIAN OF \(runs)", "BESIDE IT"])
  for part in parts {
    Terminal.err("measuring: \(part)")
    switch part {
    case "store": table.rows += try StoreBench.rows(runs: runs)
    case "engine":
      let clusters = try invocation.integer("clusters", in: 1...10_000) ?? 1000
      let machines = try invocation.integer("machines", in: 1...100) ?? 10
      table.rows += try EngineBench.rows(clusters: clusters, machines: machines, runs: runs)
    case "console": break
    default: throw invocation.usage("there is no measurement \"\(part)\": engine, store or console")
    }
  }
  Terminal.out(table.text())
}
