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
