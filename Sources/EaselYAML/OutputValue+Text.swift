extension OutputValue {
  /// Block-style YAML; ends with a newline.
  var yaml: String {
    var text = ""
    write(to: &text, indent: 0, inList: false)
    return text
  }

  /// JSON, two spaces per level; ends with a newline. Numbers that JSON cannot write become null.
  var json: String {
    var text = ""
    writeJSON(to: &text, indent: "")
    return text + "\n"
  }

  private var inline: String? {
    switch self {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .number(let text): text
    case .string(let text): PlainText.isSafe(text) ? text : PlainText.quoted(text)
    case .sequence(let elements): elements.isEmpty ? "[]" : nil
    case .mapping(let fields): fields.isEmpty ? "{}" : nil
    }
  }

  /// - Parameter inList: the first line follows a "- " that is written already.
  private func write(to text: inout String, indent: Int, inList: Bool) {
    let margin = String(repeating: " ", count: indent)
    switch self {
    case .mapping(let fields) where !fields.isEmpty:
      for (index, field) in fields.enumerated() {
        if index > 0 || !inList { text += margin }
        text += PlainText.isSafe(field.key) ? field.key : PlainText.quoted(field.key)
        text += ":"
        if let inline = field.value.inline {
          text += " \(inline)\n"
        } else {
          text += "\n"
          // Lists stand under their field's name, as in Kubernetes' own files.
          if case .sequence = field.value {
            field.value.write(to: &text, indent: indent, inList: false)
          } else {
            field.value.write(to: &text, indent: indent + 2, inList: false)
          }
        }
      }
    case .sequence(let elements) where !elements.isEmpty:
      for (index, element) in elements.enumerated() {
        if index > 0 || !inList { text += margin }
        text += "- "
        if let inline = element.inline {
          text += "\(inline)\n"
        } else {
          element.write(to: &text, indent: indent + 2, inList: true)
        }
      }
    default:
      text += (inline ?? "") + "\n"
    }
  }

  private func writeJSON(to text: inout String, indent: String) {
    let deeper = indent + "  "
    switch self {
    case .string(let string): text += PlainText.quoted(string)
    case .number(let number): text += number.hasSuffix("inf") || number.hasSuffix("nan") ? "null" : number
    case .sequence(let elements) where !elements.isEmpty:
      text += "[\n"
      for (index, element) in elements.enumerated() {
        text += deeper
        element.writeJSON(to: &text, indent: deeper)
        text += index == elements.count - 1 ? "\n" : ",\n"
      }
      text += indent + "]"
    case .mapping(let fields) where !fields.isEmpty:
      text += "{\n"
      for (index, field) in fields.enumerated() {
        text += deeper + PlainText.quoted(field.key) + ": "
        field.value.writeJSON(to: &text, indent: deeper)
        text += index == fields.count - 1 ? "\n" : ",\n"
      }
      text += indent + "}"
    default: text += inline ?? "null"
    }
  }
}

/// When a text needs quotes, and how it is quoted so that YAML and JSON both read it.
enum PlainText {
  /// Words that some reader of YAML 1.1 or 1.2 takes for something else than a text.
  private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]

  /// Whether a text means itself without quotes, to old and new readers alike. When in doubt it does not.
  static func isSafe(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 200, !words.contains(text.lowercased()) else {
      return false
    }
    if isDigit(first) {
      // Only addresses and networks: at least two dots and nothing else in between.
      return bytes.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
        && bytes.filter { $0 == UInt8(ascii: ".") }.count >= 2 && isDigit(last)
    }
    guard isLetter(first) || first == UInt8(ascii: "/") else { return false }
    let marks = Array("_-./@+".utf8)
    for (index, byte) in bytes.enumerated() where !isLetter(byte) && !isDigit(byte) && !marks.contains(byte) {
      // A colon or a space is harmless only between other characters; ": " and " #" are not.
      guard byte == UInt8(ascii: ":") || byte == UInt8(ascii: " "), index < bytes.count - 1,
        isLetter(bytes[index + 1]) || isDigit(bytes[index + 1])
      else { return false }
    }
    return last != UInt8(ascii: " ")
  }

  /// The text in double quotes; what YAML forbids or folds in them is escaped as in JSON.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}
