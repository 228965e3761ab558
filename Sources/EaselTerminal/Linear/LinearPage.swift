/// What a screen says when it is read line by line: by a screen reader, over 9600 baud, or in a pipe.
package struct LinearPage: Hashable, Sendable {
  package var title: String
  /// Sentences, the most important first; no boxes, no columns, no meaning by colour.
  package var lines: [String]
  /// What can be done; each is chosen by its number.
  package var choices: [LinearChoice]
  /// The question that a typed text answers; nil when none is asked.
  package var prompt: String?

  package init(_ title: String, lines: [String] = [], choices: [LinearChoice] = [], prompt: String? = nil) {
    self.title = title
    self.lines = lines
    self.choices = choices
    self.prompt = prompt
  }
}

/// One numbered choice.
package struct LinearChoice: Hashable, Sendable {
  package var id: String
  package var label: String
  /// Why it cannot be chosen now; nil when it can.
  package var disabledReason: String?

  package init(_ id: String, _ label: String, disabledReason: String? = nil) {
    self.id = id
    self.label = label
    self.disabledReason = disabledReason
  }
}

/// An application that can also be used line by line: the same state and messages, pages instead of drawings.
package protocol LinearApplication: Application {
  var page: LinearPage { get }
  /// The operator has chosen an entry of the page.
  mutating func choose(_ choice: String) -> [Effect<Message>]
  /// The operator has answered the page's question.
  mutating func answer(_ text: String) -> [Effect<Message>]
}
