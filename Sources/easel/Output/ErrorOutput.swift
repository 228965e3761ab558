import EaselModel
import EaselYAML
import FoundationEssentials
import Synchronization

/// Prints an error on standard error, as words or (with `-o json`) as an object, and gives the exit status.
func report(_ error: any Error, asJSON: Bool) -> Int32 {
  let failure = asEaselError(error)
  if asJSON, let text = try? jsonText(ErrorObject(failure)) {
    Terminal.err(text)
  } else {
    for problem in failure.each {
      var plain = problem
      plain.advice = ""
      Terminal.err("error: \(plain)".naming(Hints.program))
      if !problem.advice.isEmpty { Terminal.err("  \(problem.advice.naming(Hints.program))") }
    }
  }
  return failure.exitStatus
}

/// What the commands in hints begin with: with the site that this invocation is about, where that is not the usual one.
enum Hints {
  private static let named = Mutex("easel")

  static var program: String {
    get { named.withLock { $0 } }
    set { named.withLock { $0 = newValue } }
  }
}

private struct ErrorObject: Encodable {
  var kind = "Error"
  var error: EaselError
  /// All that is wrong, the first included; there only when there are several.
  var problems: [EaselError]?
  var exitStatus: Int32

  init(_ failure: EaselError) {
    error = failure
    error.also = nil
    problems = failure.also == nil ? nil : failure.each
    exitStatus = failure.exitStatus
  }
}

/// The error as the product's own; anything else is a defect that keeps its words.
func asEaselError(_ error: any Error) -> EaselError {
  if let error = error as? EaselError { return error }
  return EaselError(.failed, "Unexpected", "\(error)")
}

/// JSON with two blanks of indentation, fields in the order of their declaration.
func jsonText(_ value: some Encodable) throws -> String {
  let text = try ManifestWriter.json(value: value)
  return text.hasSuffix("\n") ? String(text.dropLast()) : text
}

/// JSON on one line.
func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
