import Synchronization

/// Words that many objects have in common, by number: reasons, label keys, names of systems.
///
/// The first that are met stay for good. There is room for few and short ones, since hosts choose some of them; a text that
/// found none stands written out wherever it is used. So a text is always packed in the same way, and what is equal is equal
/// packed.
final class Vocabulary: Sendable {
  static let shared = Vocabulary()
  static let longest = 64

  private let known = Mutex((numbers: [String: UInt8](), texts: [String]()))

  /// 1...255; 0 for a text that has no number. Only ASCII has: other texts may be equal and yet not the same bytes.
  func number(of text: String) -> UInt8 {
    guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 < 128 }) else { return 0 }
    return known.withLock { known in
      if let number = known.numbers[text] { return number }
      guard known.texts.count < 255 else { return 0 }
      known.texts.append(text)
      known.numbers[text] = UInt8(known.texts.count)
      return UInt8(known.texts.count)
    }
  }

  /// The text of a number that was given.
  func text(_ number: UInt8) -> String { known.withLock { $0.texts[Int(number) - 1] } }
}
