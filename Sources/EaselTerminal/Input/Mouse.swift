/// A report from the mouse, in cells of the screen.
package struct Mouse: Hashable, Sendable {
  /// What happened.
  package enum Action: Hashable, Sendable {
    case press, release, drag, scrollUp, scrollDown
  }

  /// Which button; the middle one is usually paste in the terminal itself.
  package enum Button: Hashable, Sendable {
    case left, middle, right, none
  }

  package var action: Action
  package var button: Button
  package var position: Point

  package init(_ action: Action, _ button: Button = .left, at position: Point) {
    self.action = action
    self.button = button
    self.position = position
  }
}
