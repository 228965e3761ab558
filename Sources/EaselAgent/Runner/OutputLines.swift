/// Turns what a program prints into lines of bounded length: CR and LF end a line, control characters become spaces.
struct OutputLines {
  /// Bytes of a line that are looked at (so that a secret is found whole) and that are kept.
  static let (looked, kept) = (65_536, 4_096)

  private var line: [UInt8] = []
  private var dropped = 0

  mutating func add(_ bytes: [UInt8], _ use: ([UInt8], Int) -> Void) {
    for byte in bytes {
      if byte == 10 || byte == 13 {
        finish(use)
      } else if line.count < OutputLines.looked {
        line.append(byte)
      } else {
        dropped += 1
      }
    }
  }

  /// Calls `use` with the line that is not ended, if there is one, and how many bytes of it are lost.
  mutating func finish(_ use: ([UInt8], Int) -> Void) {
    if !line.isEmpty { use(line, dropped) }
    (line, dropped) = ([], 0)
  }

  /// The line as it is logged.
  static func text(_ line: [UInt8], dropped: Int) -> String {
    let cut = max(0, line.count - kept) + dropped
    let printable = line.prefix(kept).map { $0 < 32 || $0 == 127 ? 32 : $0 }
    return String(decoding: printable, as: UTF8.self) + (cut > 0 ? " ... [\(cut) bytes more]" : "")
  }
}
