/// The way from a document's root to a field, as errors show it: `spec.pools[0].name`.
struct FieldPath: Sendable {
  private(set) var text = ""

  func field(_ name: String) -> FieldPath {
    var path = self
    path.text += text.isEmpty ? name : ".\(name)"
    return path
  }

  func element(_ index: Int) -> FieldPath {
    var path = self
    path.text += "[\(index)]"
    return path
  }
}

/// A coding key made from whatever the Codable machinery hands over.
struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int?

  init(_ text: String) { stringValue = text }
  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}
