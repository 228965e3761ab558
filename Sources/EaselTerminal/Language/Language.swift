import CSys
import Synchronization

/// The language that the console speaks: English as the code has it, or a catalogue of the C library's gettext.
///
/// All texts of the console go through `tr`; `assets/easel.pot` lists them, and a test holds it against the code.
package enum Language {
  private static let hasCatalogue = Atomic(false)

  /// Opens the first catalogue for the user's language that the folders hold, each as `LANGUAGE/LC_MESSAGES/easel.mo`. To be
  /// called once, before anything is drawn.
  package static func open(_ folders: [String]) {
    hasCatalogue.store(folders.contains { csys_text_open($0) == 1 }, ordering: .releasing)
  }

  fileprivate static func text(_ phrase: Phrase) -> String {
    guard hasCatalogue.load(ordering: .acquiring) else { return Phrase.fill(phrase.key, with: phrase.arguments) }
    return Phrase.fill(String(cString: csys_text(phrase.key)), with: phrase.arguments)
  }

  fileprivate static func text(_ count: Int, _ one: Phrase, _ other: Phrase) -> String {
    let chosen = count == 1 ? one : other
    guard hasCatalogue.load(ordering: .acquiring) else { return Phrase.fill(chosen.key, with: chosen.arguments) }
    return Phrase.fill(
      String(cString: csys_text_counted(one.key, other.key, UInt(count.magnitude))), with: other.arguments)
  }
}

/// A text in the user's language. Write the whole sentence; what is put into it may stand elsewhere in another language.
package func tr(_ phrase: Phrase) -> String { Language.text(phrase) }

/// A text about a number of things, in the form that the user's language has for that number.
///
/// - Parameter other: holds the number and all that `one` holds, in the same order.
package func tr(_ count: Int, one: Phrase, other: Phrase) -> String { Language.text(count, one, other) }
