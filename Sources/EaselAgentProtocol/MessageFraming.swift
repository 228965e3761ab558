import FoundationEssentials

/// A message that is longer than a line travels as several `part` notifications, each a line, put together by the reader.
package struct MessageFraming: Sendable {
  /// Bytes in a whole message; a longer one is refused by the writer and ends the connection at the reader.
  package static let maximumMessage = 32 << 20

  package enum Defect: Error, Sendable, Hashable {
    /// A message, or what came of it so far, is longer than `maximumMessage`.
    case messageTooLarge
    /// A part does not follow the one before it.
    case partOutOfOrder
  }

  private struct Part: Codable {
    var index: Int
    var last: Bool
    /// Base64.
    var bytes: String
  }

  private static let pieceLength = 512 << 10
  private static let partMark = Array(#""method":"part""#.utf8)
  private var collected: [UInt8] = []
  private var nextIndex = 0

  package init() {}

  /// The lines, each with its line feed, that carry a message.
  package static func lines(_ message: [UInt8]) throws -> [UInt8] {
    if message.count < AgentProtocol.maximumLine { return message + [10] }
    guard message.count <= maximumMessage else { throw Defect.messageTooLarge }
    var out: [UInt8] = []
    var start = 0
    while start < message.count {
      let end = min(message.count, start + pieceLength)
      let part = Part(
        index: start / pieceLength, last: end == message.count, bytes: Data(message[start..<end]).base64EncodedString())
      out += try RPC.notification("part", part) + [10]
      start = end
    }
    return out
  }

  /// Takes a line as it came; returns the message that it is or completes, nil while parts are missing.
  package mutating func message(from line: [UInt8]) throws -> [UInt8]? {
    guard contains(line, MessageFraming.partMark), (try? RPC.head(line))?.method == "part" else { return line }
    let part = try RPC.parameters(Part.self, in: line)
    guard part.index == nextIndex, let bytes = Data(base64Encoded: part.bytes) else { throw Defect.partOutOfOrder }
    guard collected.count + bytes.count <= MessageFraming.maximumMessage else { throw Defect.messageTooLarge }
    collected += bytes
    nextIndex += 1
    guard part.last else { return nil }
    defer { (collected, nextIndex) = ([], 0) }
    return collected
  }

  /// Whether the first 64 bytes (keys are sorted: `jsonrpc`, `method`) hold the mark.
  private func contains(_ line: [UInt8], _ mark: [UInt8]) -> Bool {
    let head = Array(line.prefix(64))
    guard head.count >= mark.count else { return false }
    return (0...(head.count - mark.count)).contains { head[$0..<($0 + mark.count)].elementsEqual(mark) }
  }
}
