/// Cuts a byte stream into lines, holding at most one line.
package struct LineSplitter: Sendable {
  /// Why splitting stopped: a line was longer than allowed.
  package struct LineTooLong: Error, Sendable, Hashable {
    /// Bytes.
    package var limit: Int
  }

  private var rest: [UInt8] = []
  /// How many bytes of `rest` are known to hold no line feed.
  private var searched = 0
  private let limit: Int

  /// - Parameter limit: the most bytes that a line may have, its line feed not counted.
  package init(limit: Int) { self.limit = limit }

  /// Adds bytes and returns the lines that are complete now, without their line feeds.
  package mutating func add(_ bytes: [UInt8]) throws(LineTooLong) -> [[UInt8]] {
    rest += bytes
    var lines: [[UInt8]] = []
    var start = 0
    while let end = rest[max(start, searched)...].firstIndex(of: 10) {
      guard end - start <= limit else { throw LineTooLong(limit: limit) }
      lines.append(Array(rest[start..<end]))
      start = end + 1
      searched = start
    }
    if start > 0 { rest.removeFirst(start) }
    searched = rest.count
    guard rest.count <= limit else { throw LineTooLong(limit: limit) }
    return lines
  }

  /// What came after the last line feed; nil when that is nothing.
  package mutating func finish() -> [UInt8]? {
    defer { (rest, searched) = ([], 0) }
    return rest.isEmpty ? nil : rest
  }
}
