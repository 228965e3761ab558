import FoundationEssentials

extension HostPlan {
  /// The plan in canonical form: JSON with sorted keys, no white space and no escaped slashes. Absent optionals are left out.
  package func canonicalJSON() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }

  /// SHA-256 of the canonical form, in lower-case hexadecimal. An agent that does not know a field of a newer format computes another
  /// digest, and so refuses the plan instead of leaving the field out.
  package func digest() throws -> String { SHA256.hex(try canonicalJSON()) }

  /// The names of all secrets that the steps from a position on refer to.
  package func secretNames(fromStep first: Int = 0) -> Set<String> {
    var names: Set<String> = []
    for step in steps.dropFirst(first) { names.formUnion(step.action.secretNames) }
    return names
  }
}

extension StepAction {
  /// The secrets that the action reads; they must come with the request.
  package var secretNames: Set<String> {
    switch self {
    case .write(let file): Set(file.secrets)
    case .run(let command), .wait(let command, _), .require(let command, _, _), .capture(let command, _, _):
      command.inputSecret.map { [$0] } ?? []
    default: []
    }
  }
}
