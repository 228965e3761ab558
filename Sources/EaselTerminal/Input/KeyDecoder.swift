/// What the terminal sent.
package enum Input: Hashable, Sendable {
  case key(Key)
  /// Text that was pasted: data, never commands. At most 1 MiB; the rest of a longer one is dropped.
  case paste(String)
  case mouse(Mouse)
}

/// Turns the bytes of a terminal into keys, pastes and mouse reports.
///
/// It knows the sequences of xterm, tmux, screen, rxvt, vt220 and the Linux console in normal and application mode, so that
/// none of them depends on the terminal description. It keeps what is incomplete until more bytes come; `flush` says that
/// none will come soon, which turns a lone ESC byte into the Escape key.
package struct KeyDecoder: Sendable {
  private var pending: [UInt8] = []
  private var pasted: [UInt8]?
  private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)
  private static let pasteLimit = 1 << 20

  package init() {}

  /// Whether bytes are held that a `flush` would decide.
  package var isWaiting: Bool { !pending.isEmpty && pasted == nil }

  /// Decodes as much as is complete.
  package mutating func feed(_ bytes: some Collection<UInt8>) -> [Input] {
    pending.append(contentsOf: bytes)
    var result: [Input] = []
    var index = 0
    while index < pending.count {
      if pasted != nil {
        guard takePaste(from: &index, into: &result) else { break }
        continue
      }
      guard let (input, length) = next(at: index, final: false) else { break }
      index += length
      if case .paste = input { pasted = [] } else if let input { result.append(input) }
    }
    pending.removeFirst(min(index, pending.count))
    return result
  }

  /// Decodes what is held, knowing that nothing follows.
  package mutating func flush() -> [Input] {
    guard isWaiting else { return [] }
    var result: [Input] = []
    var index = 0
    while index < pending.count {
      guard let (input, length) = next(at: index, final: true) else { break }
      index += length
      if let input { result.append(input) }
    }
    pending = []
    return result
  }

  /// Moves bytes of a paste on from an index; returns whether its end was there.
  private mutating func takePaste(from index: inout Int, into result: inout [Input]) -> Bool {
    let start = index
    while index < pending.count {
      if pending[index] == 0x1B {
        let tail = pending[index...].prefix(Self.pasteEnd.count)
        if tail.elementsEqual(Self.pasteEnd) {
          appendPaste(pending[start..<index])
          result.append(.paste(String(decoding: pasted ?? [], as: UTF8.self)))
          pasted = nil
          index += Self.pasteEnd.count
          return true
        }
        if tail.count < Self.pasteEnd.count, Self.pasteEnd.starts(with: tail) { break }
      }
      index += 1
    }
    appendPaste(pending[start..<index])
    return false
  }

  private mutating func appendPaste(_ bytes: ArraySlice<UInt8>) {
    let room = Self.pasteLimit - (pasted?.count ?? 0)
    pasted?.append(contentsOf: bytes.prefix(max(0, room)))
  }

  /// The input that begins at an index and its length in bytes; nil when it is not complete.
  private func next(at index: Int, final: Bool) -> (Input?, Int)? {
    let byte = pending[index]
    switch byte {
    case 0x1B: return escape(at: index, final: final)
    case 0x80...:
      guard let (character, length) = utf8(at: index, final: final) else { return nil }
      return (character.map { .key(.character($0)) }, length)
    default: return (.key(Self.plain(byte)), 1)
    }
  }

  private static func plain(_ byte: UInt8) -> Key {
    switch byte {
    case 0x0D, 0x0A: .enter
    case 0x09: .tab
    case 0x08, 0x7F: .backspace
    case 0x00: Key(.character(" "), .control)
    case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x1B...0x1F: .control(Character(Unicode.Scalar(byte + 0x40)))
    default: .character(Character(Unicode.Scalar(byte)))
    }
  }

  /// One scalar; an invalid byte is skipped.
  private func utf8(at index: Int, final: Bool) -> (Character?, Int)? {
    let lead = pending[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
    guard length > 1 else { return (nil, 1) }
    let bytes = pending[index...].prefix(length)
    let follows = bytes.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count
    if follows + 1 < length {
      return bytes.count < length && !final && follows + 1 == bytes.count ? nil : (nil, follows + 1)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return (text.first.flatMap { $0 == "\u{FFFD}" ? nil : $0 }, length)
  }

  private func escape(at index: Int, final: Bool) -> (Input?, Int)? {
    guard index + 1 < pending.count else { return final ? (.key(.escape), 1) : nil }
    switch pending[index + 1] {
    case 0x5B: return controlSequence(at: index, final: final)
    case 0x4F:
      guard index + 2 < pending.count else { return final ? (.key(.alt("O")), 2) : nil }
      return (Self.final(pending[index + 2], parameters: []).map { .key($0) }, 3)
    case 0x1B: return (.key(.escape), 1)
    default:
      guard let (input, length) = next(at: index + 1, final: final) else { return nil }
      guard case .key(var key)? = input else { return (input, length + 1) }
      key.modifiers.insert(.alt)
      return (.key(key), length + 1)
    }
  }

  private func controlSequence(at index: Int, final: Bool) -> (Input?, Int)? {
    var end = index + 2
    guard end < pending.count else { return final ? (.key(.alt("[")), 2) : nil }
    if pending[end] == 0x5B {
      guard end + 1 < pending.count else { return final ? (nil, 3) : nil }
      let number = Int(pending[end + 1]) - 0x40
      return ((1...5).contains(number) ? .key(.function(number)) : nil, 4)
    }
    if pending[end] == 0x4D {
      guard end + 3 < pending.count else { return final ? (nil, pending.count - index) : nil }
      let numbers = pending[end + 1...end + 3].map { Int($0) - 32 }
      return (Self.mouse(numbers[0], numbers[1], numbers[2], released: numbers[0] & 3 == 3), 6)
    }
    while end < pending.count, (0x20...0x3F).contains(pending[end]) {
      end += 1
      // The longest known sequence is a mouse report of some 20 bytes: this is noise.
      if end - index > 64 { return (nil, end - index) }
    }
    guard end < pending.count else { return final ? (nil, pending.count - index) : nil }
    let body = pending[index + 2..<end]
    let length = end + 1 - index
    if body.first == 0x3C {
      let numbers = Self.numbers(body.dropFirst())
      guard numbers.count == 3 else { return (nil, length) }
      return (Self.mouse(numbers[0], numbers[1], numbers[2], released: pending[end] == 0x6D), length)
    }
    let parameters = Self.numbers(body)
    if pending[end] == 0x7E, parameters.first == 200 { return (.paste(""), length) }
    return (Self.final(pending[end], parameters: parameters).map { .key($0) }, length)
  }

  private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
    bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { field in
      field.reduce(0) { (0x30...0x39).contains($1) ? min(99_999, $0 * 10 + Int($1) - 0x30) : $0 }
    }
  }
}
