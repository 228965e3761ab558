import CSys

/// The environment that this process was started with.
package enum ProcessEnvironment {
  /// By name; what has no equals sign is left out.
  package static func current() -> [String: String] {
    var values: [String: String] = [:]
    var next = csys_environment()
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        values[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
    return values
  }
}
