import CNcurses
import CVterm
import EaselSimulation
import Testing

/// What ncurses says and what is sent instead leave the same picture on a terminal. One suite at a time: what is known of the
/// terminal is kept in one place.
@Suite(.serialized) struct ShortenTests {
  private static let (rows, columns) = (12, 40)

  /// A terminal that is written to.
  private final class Terminal {
    private let emulator: OpaquePointer
    private let screen: OpaquePointer

    init() throws {
      emulator = try #require(vterm_new(Int32(rows), Int32(columns)))
      screen = try #require(vterm_obtain_screen(emulator))
      vterm_set_utf8(emulator, 1)
      vterm_screen_reset(screen, 1)
    }

    deinit { vterm_free(emulator) }

    func write(_ bytes: [UInt8]) {
      bytes.withUnsafeBytes {
        _ = vterm_input_write(emulator, $0.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
      }
    }

    /// Where the cursor is, and what can be seen of each cell: of a blank its ground.
    var picture: [String] {
      var place = VTermPos()
      vterm_state_get_cursorpos(vterm_obtain_state(emulator), &place)
      var picture = ["cursor \(place.row) \(place.col)"]
      for row in 0..<rows {
        for column in 0..<columns {
          let cell = cvt_get(screen, Int32(row), Int32(column))
          let scalar = cell.scalars.0 == 0 ? 0x20 : cell.scalars.0
          let isBlank = (scalar == 0x20 || scalar == .max) && cell.attributes & 12 == 0
          picture.append(
            "\(row) \(column): \(scalar) on \(cell.background)"
              + (isBlank ? "" : " in \(cell.foreground), \(cell.attributes)"))
        }
      }
      return picture
    }
  }

  private func shortened(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return [] }
      var length = 0
      let result = cn_shorten(start, bytes.count, Int32(Self.columns), &length)
      return Array(UnsafeRawBufferPointer(start: result, count: length))
    }
  }

  private func shortened(_ text: String) -> String { String(decoding: shortened(Array(text.utf8)), as: UTF8.self) }

  private static let pens = [
    "\u{1B}[39m\u{1B}(B\u{1B}[m", "\u{1B}[49m", "\u{1B}[38;5;117m", "\u{1B}[48;5;7m", "\u{1B}[27m", "\u{1B}[23m",
    "\u{1B}[3m", "\u{1B}[90m", "\u{1B}[38;2;1;2;3m", "\u{1B}[53m", "\u{1B}[22m", "\u{F}", "\u{F}\u{1B}[m",
    "\u{1B})0\u{E}qx\u{F}", "\u{E}",
  ]

  /// A part of a picture as ncurses may send it, and things that it never sends.
  private func part(_ random: inout RandomSource) -> String {
    func number(_ limit: Int) -> Int { Int.random(in: 1...limit, using: &random) }
    let (rows, columns) = (Self.rows, Self.columns)
    return switch number(24) {
    case 1...4: "\u{1B}[\(number(rows));\(number(columns))H"
    case 5: "\u{1B}[\(number(columns))G"
    case 6: "\u{1B}[\(number(columns))C"
    case 7: "\u{1B}[\(number(6))D"
    case 8: "\u{1B}[\(number(rows))d"
    case 9...11: "text\(number(100))"
    case 12, 13: String(repeating: " ", count: number(6))
    case 14: ["█", "…", "世", "e\u{301}"].randomElement(using: &random) ?? ""
    case 15: "\u{1B}(B\u{1B}[0;\(number(9))m"
    case 16: "\u{1B}[3\(number(8) - 1)m"
    case 17: "\u{1B}[4\(number(8) - 1)m"
    case 18, 19: Self.pens.randomElement(using: &random) ?? ""
    case 20: ["\u{1B}[K", "\u{1B}[1K", "\u{1B}[J", "\u{1B}[\(number(8))X"].randomElement(using: &random) ?? ""
    case 21: ["\r", "\n", "\u{8}", "\r\n", "\t"].randomElement(using: &random) ?? ""
    case 22: "\u{1B}[2;\(1 + number(rows - 1))r\u{1B}[\(number(rows));1H\n\u{1B}[r"
    case 23: ["\u{1B}[m\u{1B}[H\u{1B}[2J", "\u{1B}[44m\u{1B}[H\u{1B}[2J"].randomElement(using: &random) ?? ""
    default:
      ["\u{1B}[?25l", "\u{1B}]52;c;QQ==\u{7}", "\u{1B}[1P", "\u{1B}[2@", "\u{1B}[L", "\u{1B}M", "\u{1B}7", "\u{1B}[2S"]
        .randomElement(using: &random) ?? ""
    }
  }

  @Test(arguments: [0, 1])
  func `whatever is said, the picture is the same, and it takes fewer bytes`(moves: Int32) throws {
    var (before, after) = (0, 0)
    for seed in 1...300 {
      var random = RandomSource(seed: UInt64(seed))
      let (plain, short) = (try Terminal(), try Terminal())
      cn_shorten_begin(moves)
      for _ in 0..<4 {
        let said = (0..<Int.random(in: 0...60, using: &random)).map { _ in part(&random) }.joined()
        let bytes = Array(said.utf8)
        let sent = shortened(bytes)
        plain.write(bytes)
        short.write(sent)
        (before, after) = (before + bytes.count, after + sent.count)
        let difference = zip(plain.picture, short.picture).first { $0 != $1 }
        try #require(difference == nil, "\(difference ?? ("", "")) with seed \(seed) of \(said.debugDescription)")
      }
    }
    #expect(after < before)
  }

  @Test func `a row of a table costs what is in it`() {
    cn_shorten_begin(1)
    let (normal, dim) = ("\u{1B}[39m\u{1B}(B\u{1B}[m", "\u{1B}(B\u{1B}[0;2m")
    let said =
      "\u{1B}[H\u{1B}[2J\u{1B}[2;3Hhost1\u{1B}[2;12H\u{1B}[32mReady\u{1B}[22G\(normal)edge \(dim)workers\u{1B}[2;38H\(normal)4"
      + "\u{1B}[3;3Hhost2"
    #expect(
      shortened(said) == "\u{1B}[H\u{1B}[m\u{1B}[2J\r\n  host1\u{1B}[4C\u{1B}[32mReady\u{1B}[5C"
        + "\u{1B}(B\u{1B}[medge \u{1B}[2mworkers\u{1B}[4C\u{1B}[m4\r\n  host2")
    #expect(shortened("") == "", "no picture, no bytes")
    #expect(shortened("\u{1B}[4;30Hup\u{1B}[6;1Hdown") == "\u{1B}[4;30Hup\r\n\ndown", "rows are skipped")
    #expect(shortened("\u{1B}[3;16H\u{1B}[32mReady\(normal)") == "\u{1B}[3;16H\u{1B}[32mReady\u{1B}[m")
    cn_shorten_begin(1)
    let tmux = "\u{1B}[m\u{F}"
    #expect(
      shortened("\u{1B}[H\(tmux)\u{1B}[1mEasel\(tmux) site\(tmux)") == "\u{F}\u{1B}[H\u{1B}[0;1mEasel \u{1B}[msite",
      "a shift to the set that is drawn with anyhow is not repeated")
    #expect(shortened("\u{E}q\u{F}x") == "\u{E}q\u{F}x", "another set is left again")
    #expect(shortened("\u{1B}(0lqk\u{1B}(B") == "\u{1B}(0lqk\u{1B}(B", "a character set that is left is left")
  }
}
