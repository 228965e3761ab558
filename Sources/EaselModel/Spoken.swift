/// A value of the model that is said to people. `rawValue` is what files, the store and `-o json` hold.
package protocol Spoken: RawRepresentable<String> {
  /// The value in words, for a screen, a table or a sentence.
  var words: String { get }
}

extension Spoken { package var words: String { rawValue.inWords } }

extension String {
  /// A name of the model in words: `shut-down-host` is "shut down host", `NotReady` is "Not ready".
  package var inWords: String {
    var text = ""
    var afterLower = false
    for character in self {
      if character == "-" {
        text += " "
      } else if character.isUppercase, afterLower {
        text += " " + character.lowercased()
      } else {
        text.append(character)
      }
      afterLower = character.isLowercase
    }
    return text
  }
}

extension String {
  /// The same text, in which the commands of this program, each behind a colon or a comma, are called as `program` says.
  package func naming(_ program: String) -> String {
    guard program != "easel" else { return self }
    var text = self
    for mark in [": ", ", then "] {
      let parts = text.split(separator: "\(mark)easel ", omittingEmptySubsequences: false)
      text = parts.dropFirst().reduce(String(parts[0])) { text, part in
        text + mark + (part.hasPrefix("--state") ? "easel " : program + " ") + part
      }
    }
    return text
  }
}

extension EaselError {
  /// The same error with advice that names this site.
  package func naming(_ program: String) -> EaselError {
    var copy = self
    (copy.message, copy.advice) = (message.naming(program), advice.naming(program))
    copy.also = also?.map { $0.naming(program) }
    return copy
  }
}
