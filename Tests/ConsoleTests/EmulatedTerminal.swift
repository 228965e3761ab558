import CSys
import CVterm
import Glibc

@testable import EaselTerminal

/// The program itself on a real pseudo terminal, whose other side is an emulator (libvterm) that shows what came.
///
/// Nothing waits for a fixed time: it reads until the picture is as expected, or says after a long while that it never was.
final class EmulatedTerminal {
  private(set) var size: Size
  let process: pid_t
  private let descriptor: Int32
  private let emulator: OpaquePointer
  private let screen: OpaquePointer
  /// Bytes that the program has sent, all of them and the last ones.
  private(set) var received = 0
  private(set) var tail: [UInt8] = []

  /// - Parameters:
  ///   - hasInput: whether standard input is the terminal, or nothing at all.
  ///   - blocksSignals: whether the parent has blocked every signal, as some do.
  init(
    _ arguments: [String], term: String, size: Size, environment: [String: String] = [:], hasInput: Bool = true,
    blocksSignals: Bool = false
  ) throws {
    self.size = size
    var name = [CChar](repeating: 0, count: 128)
    descriptor = csys_pty_open(&name, name.count, Int32(size.width), Int32(size.height))
    guard descriptor >= 0, let emulator = vterm_new(Int32(size.height), Int32(size.width)),
      let screen = vterm_obtain_screen(emulator)
    else { throw POSIXFailure(code: errno) }
    (self.emulator, self.screen) = (emulator, screen)
    vterm_set_utf8(emulator, 1)
    vterm_screen_enable_altscreen(screen, 1)
    vterm_screen_reset(screen, 1)

    // As terminal emulators set it.
    var mode = termios()
    tcgetattr(descriptor, &mode)
    mode.c_iflag |= tcflag_t(IUTF8)
    tcsetattr(descriptor, TCSANOW, &mode)
    var variables = ["PATH": "/usr/bin:/bin", "TERM": term, "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
    variables.merge(environment) { $1 }
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in words + settings { free(pointer) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened by the leader of a new session, it becomes the controlling terminal.
    posix_spawn_file_actions_addopen(&actions, 1, &name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    if hasInput {
      posix_spawn_file_actions_adddup2(&actions, 1, 0)
    } else {
      posix_spawn_file_actions_addclose(&actions, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // As a shell starts it: the thread that runs a test blocks nearly every signal.
    var blocked = sigset_t()
    var all = sigset_t()
    sigemptyset(&blocked)
    sigfillset(&all)
    if blocksSignals { blocked = all }
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(0x80 | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))  // and POSIX_SPAWN_SETSID
    var child = pid_t()
    let failure = posix_spawn(&child, arguments[0], &actions, &attributes, &words, &settings)
    guard failure == 0 else { throw POSIXFailure(code: failure) }
    process = child
  }

  struct POSIXFailure: Error { var code: Int32 }

  deinit {
    close(descriptor)
    vterm_free(emulator)
  }

  // What it is told

  func type(_ text: String) {
    var rest = ArraySlice(text.utf8)
    while !rest.isEmpty {
      let count = rest.withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, min($0.count, 1024)) } ?? 0
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
      // Who types much must also read, or both sides wait for ever.
      _ = read(waiting: 0)
    }
  }

  func resize(_ size: Size) {
    self.size = size
    var window = winsize(ws_row: UInt16(size.height), ws_col: UInt16(size.width), ws_xpixel: 0, ws_ypixel: 0)
    setWindow(&window)
    vterm_set_size(emulator, Int32(size.height), Int32(size.width))
  }

  func setWindow(_ window: inout winsize) { _ = ioctl(descriptor, UInt(TIOCSWINSZ), &window) }

  func signal(_ number: Int32) { kill(process, number) }

  // What it shows

  /// Takes what has come within so many milliseconds; false when nothing came.
  @discardableResult
  func read(waiting: Int32) -> Bool {
    var waits = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waits, 1, waiting) > 0, waits.revents & Int16(POLLIN) != 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return false }
    received += count
    tail = Array((tail + buffer[..<count]).suffix(200_000))
    buffer.withUnsafeBytes { bytes in
      _ = vterm_input_write(emulator, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
    }
    return true
  }

  /// Reads until something holds; false when it does not within a minute.
  func wait(until holds: () -> Bool) -> Bool {
    for _ in 0..<600 {
      if holds() { return true }
      read(waiting: 100)
    }
    return holds()
  }

  func waits(for text: String) -> Bool { wait { self.text.contains(text) } }

  func cell(_ x: Int, _ y: Int) -> cvt_cell { cvt_get(screen, Int32(y), Int32(x)) }

  /// The characters, line by line, without blanks at the ends.
  var text: String {
    (0..<size.height).map { y in
      var line = String.UnicodeScalarView()
      var x = 0
      while x < size.width {
        let cell = cell(x, y)
        let scalars = [cell.scalars.0, cell.scalars.1, cell.scalars.2].filter { $0 != 0 }
        line.append(contentsOf: (scalars.isEmpty ? [0x20] : scalars).compactMap { Unicode.Scalar($0) })
        x += max(1, Int(cell.width))
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }.joined(separator: "\n")
  }

  /// The first cell that does not look as a grid says on a tier; nil when all do. Dim cannot be seen here.
  func difference(from grid: Grid, theme: Theme, tier: ColourTier) -> String? {
    for y in 0..<size.height {
      for x in 0..<size.width where grid[x, y].glyph.base != 0 {
        let (wanted, shown) = (grid[x, y], cell(x, y))
        let base = shown.scalars.0 == 0 ? 0x20 : shown.scalars.0
        let look = theme.look(wanted.style, tier)
        let attributes = look.attributes.subtracting(.dim).rawValue
        // A blank shows no more than its ground.
        let isBlank =
          wanted.glyph.base == 0x20 && !look.attributes.contains(.reverse) && !look.attributes.contains(.underline)
        let isSame =
          base == wanted.glyph.base && shown.background == look.background
          && (isBlank || shown.foreground == look.foreground && UInt8(shown.attributes) == attributes)
        if !isSame { return "\(x),\(y): \(wanted.glyph.text) \(wanted.style.role.name) \(look.text), shown: \(shown)" }
      }
    }
    return nil
  }

  // How it ends

  /// The exit status, or 1000 and the signal that ended it; nil when it does not end within a minute.
  func end() -> Int32? {
    var status: Int32 = 0
    for _ in 0..<600 {
      if waitpid(process, &status, WNOHANG) == process {
        while read(waiting: 0) {}
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 1000 + signal
      }
      if !read(waiting: 100) { poll(nil, 0, 20) }
    }
    kill(process, SIGKILL)
    waitpid(process, &status, 0)
    return nil
  }

  /// Whether the terminal is as a shell wants it: lines and echo, and the alternate screen left.
  var isGivenBack: Bool {
    var mode = termios()
    guard tcgetattr(descriptor, &mode) == 0 else { return false }
    return mode.c_lflag & tcflag_t(ICANON) != 0 && mode.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Memory that the program holds, in KiB.
  var residentKiB: Int {
    guard let file = fopen("/proc/\(process)/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 128)
    guard fgets(&buffer, 128, file) != nil else { return 0 }
    let words = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
      separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * 4 : 0
  }
}
