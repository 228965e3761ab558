/// The forms of names and labels that Kubernetes fixes (`k8s.io/apimachinery/pkg/util/validation`).
package enum Syntax {
  /// Why a text is not an RFC 1123 label (lower-case letters, digits, `-`, alphanumeric at both ends, 63); nil if it is one.
  package static func labelProblem(_ text: String, limit: Int = 63) -> String? {
    if text.isEmpty { return "it is empty" }
    if text.utf8.count > limit { return "it has \(text.utf8.count) characters, at most \(limit) are allowed" }
    guard text.utf8.allSatisfy({ isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else {
      return "only lower-case letters, digits and \"-\" are allowed"
    }
    guard let first = text.utf8.first, let last = text.utf8.last, isLowerAlphanumeric(first), isLowerAlphanumeric(last)
    else { return "it must begin and end with a letter or digit" }
    return nil
  }

  /// Why a text is not a DNS name of RFC 1123 labels; nil if it is one.
  package static func subdomainProblem(_ text: String, limit: Int = 253) -> String? {
    if text.utf8.count > limit { return "it has \(text.utf8.count) characters, at most \(limit) are allowed" }
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      if let problem = labelProblem(String(part)) {
        return part.isEmpty ? "it is empty or has an empty part between dots" : problem
      }
    }
    return nil
  }

  /// Why a text is not a label or taint key: `[prefix/]name`, the prefix a DNS name, the name up to 63 characters.
  package static func keyProblem(_ text: String) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 2 { return "it has more than one \"/\"" }
    if parts.count == 2, let problem = subdomainProblem(String(parts[0])) { return "its prefix: \(problem)" }
    guard let name = parts.last, !name.isEmpty else { return "its name is empty" }
    return qualifiedProblem(String(name))
  }

  /// Why a text is not a label or taint value: empty, or up to 63 letters, digits, `-`, `_`, `.`, alphanumeric at both ends.
  package static func valueProblem(_ text: String) -> String? { text.isEmpty ? nil : qualifiedProblem(text) }

  private static func qualifiedProblem(_ text: String) -> String? {
    if text.utf8.count > 63 { return "it has \(text.utf8.count) characters, at most 63 are allowed" }
    let marks = Array("-_.".utf8)
    guard text.utf8.allSatisfy({ isAlphanumeric($0) || marks.contains($0) }) else {
      return "only letters, digits, \"-\", \"_\" and \".\" are allowed"
    }
    guard let first = text.utf8.first, let last = text.utf8.last, isAlphanumeric(first), isAlphanumeric(last) else {
      return "it must begin and end with a letter or digit"
    }
    return nil
  }

  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte)
  }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerAlphanumeric(byte) || (65...90).contains(byte) }
}

/// The rule that the labels of every named object keep.
package enum LabelValidation {
  /// What is wrong with an object's own labels; empty when nothing is.
  package static func check(_ labels: [String: String]) -> [EaselError] {
    var findings = Findings()
    findings.labels("metadata.labels", labels)
    return findings.errors
  }
}

/// Collects what is wrong, field by field.
struct Findings {
  private(set) var errors: [EaselError] = []

  mutating func add(_ field: String, _ code: String, _ message: String, advice: String) {
    errors.append(EaselError(.refused, code, message, advice: advice, field: field))
  }

  /// Adds an error when there is a problem with the form of a text.
  mutating func form(_ field: String, _ text: String, _ problem: String?, code: String, what: String, advice: String) {
    if let problem { add(field, code, "\"\(text)\" is not \(what): \(problem)", advice: advice) }
  }

  /// Checks labels by the syntax of Kubernetes.
  mutating func labels(_ field: String, _ labels: [String: String]) {
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      form(
        "\(field)[\(key)]", key, Syntax.keyProblem(key), code: "InvalidLabel", what: "a label key",
        advice: "use a key such as example.com/tier")
      form(
        "\(field)[\(key)]", value, Syntax.valueProblem(value), code: "InvalidLabel", what: "a label value",
        advice: "use up to 63 letters, digits, \"-\", \"_\" and \".\"")
    }
  }
}
