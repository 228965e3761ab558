import FoundationEssentials
import Testing

/// The target table of the architecture: what each target may import of the package, beyond what all may.
private let table: [String: Set<String>] = [
  "EaselConsole": ["EaselTerminal", "EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation"],
  "EaselTerminal": ["CNcurses", "CSys", "CAssets"],
  "EaselRuntime": [
    "EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation", "EaselStore", "EaselHosts", "EaselHostPlan",
    "EaselAgentProtocol", "EaselProcess", "CSys",
  ],
  "EaselSimulation": ["EaselModel", "EaselPlans", "EaselEngine"],
  "EaselEngine": ["EaselModel", "EaselPlans"],
  "EaselPlans": ["EaselModel", "EaselHostPlan"],
  "EaselHosts": ["EaselModel", "EaselPlans", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys"],
  "EaselStore": ["EaselModel", "CSQLite", "CSodium", "CSys"],
  "EaselYAML": ["EaselModel", "CYAML"],
  "EaselModel": [],
  "EaselHostPlan": ["CSodium"],
  "EaselAgentProtocol": ["EaselHostPlan"],
  "EaselAgent": ["EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys"],
  "EaselProcess": ["CSys"],
  "easel-agent": ["EaselAgent", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys", "CSodium"],
  // Not shipped.
  "easel-bench": [
    "EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation", "EaselStore", "EaselRuntime", "EaselProcess", "CSys",
  ],
  "easel": [
    "EaselConsole", "EaselTerminal", "EaselRuntime", "EaselSimulation", "EaselEngine", "EaselPlans", "EaselHosts",
    "EaselStore", "EaselYAML", "EaselModel", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys",
  ],
]

private let cTargets: Set<String> = ["CSys", "CNcurses", "CAssets", "CSQLite", "CYAML", "CSodium"]
private let everywhere: Set<String> = ["FoundationEssentials", "Synchronization"]

private func allowed(_ target: String) -> Set<String> {
  let listed = table[target, default: []]
  return listed.union(everywhere).union(listed.isDisjoint(with: cTargets) ? [] : ["Glibc"])
}

@Suite struct ImportTests {
  @Test(arguments: Checkout.folders(in: "Sources"))
  func `every file of a target imports only what the target table allows`(target: String) throws {
    let files = Checkout.files(below: "Sources/\(target)", ending: ".swift")
    if cTargets.contains(target) {
      #expect(files.isEmpty, "\(target) is a C target and holds Swift files")
      return
    }
    #expect(table[target] != nil, "\(target) has no row in the target table")
    #expect(!files.isEmpty, "\(target) holds no Swift files")
    for file in files {
      for module in imports(of: try Checkout.text(file)) where !allowed(target).contains(module) {
        Issue.record("\(file) imports \(module), which the target table does not allow to \(target)")
      }
    }
  }

  @Test func `the package gives each target the dependencies of its row and no others`() throws {
    let rows = packageRows(try Checkout.text("Package.swift"))
    #expect(Set(rows.keys) == Set(table.keys))
    for (target, dependencies) in rows {
      let surplus = dependencies.subtracting(table[target, default: []])
      #expect(surplus.isEmpty, "\(target) may not depend on \(surplus.sorted())")
    }
  }

  @Test func `imports are found in each form in which they can be written`() {
    let text = """
      import A
      package import B
      @testable import C
        @preconcurrency public import D
      import struct E.Thing
      // import F
      let words = "import G"
      #if os(Linux)
      import H
      #endif
      """
    #expect(imports(of: text) == ["A", "B", "C", "D", "E", "H"])
  }
}

/// The modules that a file imports, in the order of its lines.
private func imports(of text: String) -> [String] {
  text.split(separator: "\n").compactMap { line in
    var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    while let first = words.first, first.hasPrefix("@") || ["public", "package", "internal", "private"].contains(first)
    {
      words.removeFirst()
    }
    guard words.first == "import", words.count > 1 else { return nil }
    words.removeFirst()
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
    if let first = words.first, kinds.contains(first) { words.removeFirst() }
    return words.first.map { String($0.prefix { $0 != "." }) }
  }
}

/// `library("Name", [...])` and `executable("name", [...])` of the manifest.
private func packageRows(_ text: String) -> [String: Set<String>] {
  var rows: [String: Set<String>] = [:]
  let flat = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: " ")
  for opening in ["library(", "executable("] {
    for part in flat.split(separator: opening, omittingEmptySubsequences: false).dropFirst() {
      let names = part.prefix { $0 != ")" }.split(separator: "\"", omittingEmptySubsequences: false)
      let quoted = stride(from: 1, to: names.count, by: 2).map { String(names[$0]) }
      guard part.drop(while: { $0 == " " }).hasPrefix("\""), let name = quoted.first else { continue }
      rows[name] = Set(quoted.dropFirst())
    }
  }
  return rows
}
