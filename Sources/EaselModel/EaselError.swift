/// What went wrong, as a value: the console, the command line and the audit log show the same one.
package struct EaselError: Error, Codable, Sendable, Hashable {
  /// The class of a failure; it fixes the exit status of the command line.
  package enum Category: String, Codable, Sendable, Hashable {
    /// Something failed that could have worked. Exit status 1.
    case failed
    /// The call or a file's form is wrong. Exit status 2.
    case usage
    /// A rule of the product forbids it; nothing was changed. Exit status 3.
    case refused
    /// The named object does not exist. Exit status 4.
    case notFound
    /// Somebody else changed or holds it. Exit status 5.
    case conflict
    /// The time to wait is over; the operation goes on. Exit status 6.
    case timedOut
    /// Ended by the operator. Exit status 130.
    case interrupted
  }

  package var category: Category
  /// A stable CamelCase word that programs may rely on, for example `HostClaimed`.
  package var code: String
  /// What was being done, to what and why it failed: one sentence without a full stop.
  package var message: String
  /// What the reader can do next; empty where there is nothing to say.
  package var advice: String
  /// The field that is wrong, as a path from the object's root (`spec.network.podCIDR`), if one is.
  package var field: String?
  /// Where in a file, if it came from one: 1-based.
  package var file: String?
  package var line: Int?
  package var column: Int?
  /// What else is wrong with the same thing, so that all of it can be mended at once; absent when nothing is.
  package var also: [EaselError]?

  package init(
    _ category: Category, _ code: String, _ message: String, advice: String = "", field: String? = nil,
    file: String? = nil, line: Int? = nil, column: Int? = nil
  ) {
    self.category = category
    self.code = code
    self.message = message
    self.advice = advice
    self.field = field
    self.file = file
    self.line = line
    self.column = column
  }

  /// One error for all problems of a thing: the first, with the others beside it; nil when there are none.
  package static func all(_ problems: [EaselError]) -> EaselError? {
    guard var first = problems.first else { return nil }
    let others = (first.also ?? []) + problems.dropFirst().flatMap(\.each)
    first.also = others.isEmpty ? nil : others
    return first
  }

  /// The error and those beside it, one by one.
  package var each: [EaselError] {
    var first = self
    first.also = nil
    return [first] + (also ?? [])
  }

  /// The status that the command line exits with.
  package var exitStatus: Int32 {
    switch category {
    case .failed: 1
    case .usage: 2
    case .refused: 3
    case .notFound: 4
    case .conflict: 5
    case .timedOut: 6
    case .interrupted: 130
    }
  }

  /// The same error seen from one layer further out: `doing` is a gerund such as "loading site.yaml".
  package func wrapped(_ doing: String) -> EaselError {
    var copy = self
    copy.message = "\(doing): \(message)"
    return copy
  }
}

extension EaselError: CustomStringConvertible {
  package var description: String {
    var place = ""
    if let file {
      place = file
      if let line { place += ":\(line)" + (column.map { ":\($0)" } ?? "") }
      place += ": "
    }
    let path = field.map { "\($0): " } ?? ""
    return place + path + message + (advice.isEmpty ? "" : " (\(advice))")
  }
}
