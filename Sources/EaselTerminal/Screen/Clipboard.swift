import FoundationEssentials

/// The terminal's clipboard, by the sequence OSC 52. Terminals limit it to about 100 000 bytes.
enum Clipboard {
  static let limit = 74_994

  /// The bytes that put a text into it; what is too long is cut.
  static func sequence(for text: String) -> String {
    "\u{1B}]52;c;" + Data(text.utf8.prefix(limit)).base64EncodedString() + "\u{07}"
  }
}
