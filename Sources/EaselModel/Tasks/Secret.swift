/// A value that is never printed, logged or encoded: it has no description and no coding.
///
/// Reading it needs `withBytes`, so that every use can be found by that word.
package struct Secret: Sendable {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }
  package init(_ text: String) { bytes = Array(text.utf8) }

  /// The only way to the value. The closure must not keep the bytes.
  package func withBytes<T>(_ use: ([UInt8]) throws -> T) rethrows -> T { try use(bytes) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<secret>" }
  package var debugDescription: String { "<secret>" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
