import EaselModel
import EaselYAML
import FoundationEssentials

/// Prints an error on standard error, as words or (with `-o json`) as an object, and gives the exit status.
func report(_ error: any Error, asJSON: Bool) -> Int32 {
  let failure = asEaselError(error)
  if asJSON, let text = try? jsonText(ErrorObject(error: failure, exitStatus: failure.exitStatus)) {
    Terminal.err(text)
  } else {
    var plain = failure
    plain.advice = ""
    Terminal.err("error: \(plain)")
    if !failure.advice.isEmpty { Terminal.err("  \(failure.advice)") }
  }
  return failure.exitStatus
}

private struct ErrorObject: Encodable {
  var kind = "Error"
  var error: EaselError
  var exitStatus: Int32
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
