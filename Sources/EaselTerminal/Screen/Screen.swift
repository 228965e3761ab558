import CNcurses
import CSys
import Glibc

/// Numbers about the pictures that went to the terminal.
package struct ScreenStatistics: Sendable {
  /// Pictures that were made.
  package var frames = 0
  /// Bytes of all pictures.
  package var bytes: UInt64 = 0
  /// Calls of write(2) for all pictures; equal to `frames` on a terminal that keeps up.
  package var writes: UInt64 = 0
  /// Bytes of the last picture.
  package var lastFrameBytes: UInt64 = 0
  /// Calls of write(2) for the last picture.
  package var lastFrameWrites: UInt64 = 0
  /// Longest and last time that drawing and sending a frame took.
  package var lastFrame: Duration = .zero
  package var slowestFrame: Duration = .zero
}

/// The terminal, through ncurses: takes grids and sends what has changed in one write.
///
/// It belongs to one thread, and there is one of it in a process, because ncurses keeps its state in globals. The order in
/// which it opens is: locale, terminal description (a ladder of fallbacks), the flush fix (see CNcurses.c), colour pairs,
/// modes, crash restore. Roles are the only source of colour, so a pair per role is all that is ever needed and the 64
/// pairs of an 8-colour terminal are plenty.
final class Screen {
  private(set) var facts: TerminalFacts
  private(set) var size: Size
  private(set) var statistics = ScreenStatistics()
  private var looks: [(pair: UInt16, attributes: Attributes)] = []
  private var shown: Grid?
  private var buffer: [cn_cell] = []
  private var info: cn_info
  private let output = TerminalOutput()
  private let hasModes: Bool
  private var hasMouse = false

  init(_ options: TerminalOptions) throws {
    info = cn_info()
    guard Self.isTerminal else { throw TerminalError.notATerminal }
    let unicode = cn_locale(csys_tty_is_utf8(0), &info) != 0
    let ladder = TerminalFamily.ladder(options.term)
    // Before the mode is changed: what is saved here is what a crash puts back.
    guard csys_tty_guard_arm(1) == 0 else { throw TerminalError.notATerminal }
    guard Self.open(ladder, &info) else {
      csys_tty_guard_disarm()
      throw TerminalError.noDescription(options.term)
    }
    let term = Self.string(info.term)
    let glyphs: GlyphSet = !unicode || options.asciiOnly ? .ascii : term.hasPrefix("linux") ? .console : .unicode
    facts = TerminalFacts(
      wanted: options.term, term: term, codeset: Self.string(info.codeset), glyphs: glyphs,
      tier: ColourTier(colours: Int(info.colours), noColour: options.isColourless))
    size = Self.currentSize
    hasModes = TerminalFamily.hasModes(options.term) && TerminalFamily.hasModes(term)
    apply(options.theme ?? ThemeLibrary.standard(term: term))
    guardAgainstCrashes()
    modesOn(mouse: options.mouse ?? !options.isRemote)
  }

  static var isTerminal: Bool { isatty(0) != 0 && isatty(1) != 0 }

  private static func open(_ ladder: [String], _ info: inout cn_info) -> Bool {
    let copies = ladder.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var pointers: [UnsafePointer<CChar>?] = copies.map { $0.map { UnsafePointer($0) } }
    pointers.append(nil)
    return cn_open(&pointers, &info) == 0
  }

  private static func string<T>(_ tuple: T) -> String {
    withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The size that the terminal says; 80x24 for one that does not know (a serial line).
  static var currentSize: Size {
    var columns: Int32 = 80
    var rows: Int32 = 24
    _ = csys_tty_size(1, &columns, &rows)
    return Size(width: Int(columns), height: Int(rows))
  }

  // Modes

  private func modesOn(mouse: Bool) {
    guard hasModes else { return }
    cn_raw("\u{1B}[?2004h")
    setMouse(mouse)
  }

  /// Mouse reports in SGR form, which has no column limit, also inside tmux.
  func setMouse(_ on: Bool) {
    guard hasModes, on != hasMouse else { return }
    hasMouse = on
    cn_raw(on ? "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l")
  }

  private static let modesOff = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?2004l"

  private func guardAgainstCrashes() {
    var reset = hasModes ? Array(Self.modesOff.utf8) : []
    withUnsafeBytes(of: info.reset) { reset.append(contentsOf: $0.prefix(info.reset_length)) }
    csys_tty_guard_bytes(reset, reset.count)
  }

  /// Gives the terminal back for a while, to the shell or to another program. One that has taken nothing for a second is
  /// not waited for, so that a stalled line cannot keep the program from ending.
  func leave() {
    if hasModes { cn_raw(Self.modesOff) }
    cn_leave()
    takeBytes()
    output.finish(within: 1000)
  }

  /// Takes the terminal again; the next frame paints everything, in the size that it has now.
  func enter() {
    cn_enter()
    let mouse = hasMouse
    hasMouse = false
    modesOn(mouse: mouse)
    resize()
  }

  func close() {
    leave()
    cn_close()
    csys_tty_guard_disarm()
  }

  func resize() {
    size = Self.currentSize
    cn_resize(Int32(size.height), Int32(size.width))
    shown = nil
  }

  func repaint() {
    cn_repaint()
    shown = nil
  }

  /// Bytes that go out with the next frame; the caller has made sure that they are harmless.
  func send(_ bytes: String) { cn_raw(bytes) }

  // Pictures

  /// Defines how every role looks; what the terminal refuses falls back to the attributes of the mono tier.
  func apply(_ theme: Theme) {
    facts.refusedPairs = 0
    looks = Role.allCases.map { role in
      let look = theme.look(Style(role), facts.tier)
      let (foreground, background) = (look.foreground, look.background)
      guard foreground != -1 || background != -1 else { return (0, look.attributes) }
      let pair = Int32(role.rawValue) + 1
      let standard = info.default_colours != 0
      if cn_pair(pair, foreground == -1 && !standard ? 7 : foreground, background == -1 && !standard ? 0 : background)
        != 0
      {
        facts.refusedPairs += 1
        return (0, theme.rendering(role, .mono).attributes)
      }
      return (UInt16(pair), look.attributes)
    }
    shown = nil
  }

  /// Shows a picture of the screen's size: what differs from the last one is sent, in one write as far as the terminal
  /// takes it; `sendRest` goes on.
  func show(_ grid: Grid) {
    for y in 0..<grid.size.height where shown == nil || shown?.row(y) != grid.row(y) { put(grid.row(y), y) }
    if let cursor = grid.cursor {
      cn_cursor(Int32(cursor.y), Int32(cursor.x), 1)
    } else {
      cn_cursor(0, 0, 0)
    }
    cn_flush()
    shown = grid
    let before = output.writes
    let length = takeBytes()
    statistics.frames += 1
    statistics.lastFrameBytes = UInt64(length)
    statistics.lastFrameWrites = output.writes - before
    statistics.bytes += UInt64(length)
    statistics.writes += statistics.lastFrameWrites
  }

  /// Whether a part of the last picture waits for a terminal that does not keep up.
  var isBehind: Bool { output.isBehind }

  func sendRest() { output.sendRest() }

  @discardableResult
  private func takeBytes() -> Int {
    var length = 0
    guard let bytes = cn_take(&length), length > 0 else { return 0 }
    output.send(UnsafeRawBufferPointer(start: bytes, count: length))
    return length
  }

  func timed(_ duration: Duration) {
    statistics.lastFrame = duration
    statistics.slowestFrame = max(statistics.slowestFrame, duration)
  }

  private func put(_ row: ArraySlice<Cell>, _ y: Int) {
    buffer.removeAll(keepingCapacity: true)
    for cell in row where cell.glyph.base != 0 {
      let look = looks[Int(cell.style.role.rawValue)]
      buffer.append(
        cn_cell(
          base: cell.glyph.base, mark1: cell.glyph.mark1, mark2: cell.glyph.mark2, pair: look.pair,
          attributes: UInt16(look.attributes.union(cell.style.attributes).rawValue)))
    }
    cn_row(Int32(y), buffer, Int32(buffer.count))
  }
}
