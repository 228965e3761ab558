import EaselModel

/// Which labels objects must have, in the words of Kubernetes: `zone=a`, `zone==a`, `zone!=a`, `zone in (a,b)`, `zone notin (a,b)`,
/// `zone`, `!zone`; several with commas, all of which must hold.
struct LabelSelector {
  private enum Requirement {
    case exists(String), isMissing(String)
    case isOneOf(String, [String]), isNoneOf(String, [String])
  }

  private var requirements: [Requirement] = []

  /// Nil for text that is none.
  init?(_ text: String) {
    for part in Self.parts(text) {
      guard let requirement = Self.requirement(part) else { return nil }
      requirements.append(requirement)
    }
  }

  func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { requirement in
      switch requirement {
      case .exists(let key): labels[key] != nil
      case .isMissing(let key): labels[key] == nil
      case .isOneOf(let key, let values): labels[key].map(values.contains) ?? false
      // As in Kubernetes, what has no such label is not of that value either.
      case .isNoneOf(let key, let values): !(labels[key].map(values.contains) ?? false)
      }
    }
  }

  /// The text between the commas that stand outside of brackets.
  private static func parts(_ text: String) -> [Substring] {
    var depth = 0
    return text.split(omittingEmptySubsequences: false) { character in
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return character == "," && depth == 0
    }
  }

  private static func requirement(_ text: Substring) -> Requirement? {
    let text = trimmed(text)
    for (sign, isWanted) in [("!=", false), ("==", true), ("=", true)] {
      guard let range = text.firstRange(of: sign) else { continue }
      let (key, value) = (trimmed(text[..<range.lowerBound]), trimmed(text[range.upperBound...]))
      guard isKey(key), isValue(value) else { return nil }
      return isWanted ? .isOneOf(key, [value]) : .isNoneOf(key, [value])
    }
    if text.hasPrefix("!") {
      let key = trimmed(text.dropFirst())
      return isKey(key) ? .isMissing(key) : nil
    }
    guard text.hasSuffix(")"), let bracket = text.firstIndex(of: "(") else { return isKey(text) ? .exists(text) : nil }
    let words = text[..<bracket].split(separator: " ").map(String.init)
    let values = text[text.index(after: bracket)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map { trimmed($0) }
    guard words.count == 2, isKey(words[0]), values.allSatisfy(isValue) else { return nil }
    switch words[1] {
    case "in": return .isOneOf(words[0], values)
    case "notin": return .isNoneOf(words[0], values)
    default: return nil
    }
  }

  private static func trimmed(_ text: Substring) -> String { String(text.trimming { $0 == " " }) }

  private static func isKey(_ text: String) -> Bool { !text.isEmpty && isValue(text) }

  private static func isValue(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_./".unicodeScalars.contains(scalar))
    }
  }
}

extension Substring {
  fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
    var rest = self.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }
}
