import CSys
import EaselModel
import Glibc
import Synchronization

/// The streams that the command line talks on.
enum Terminal {
  static var inputIsTerminal: Bool { isatty(0) == 1 }
  static var outputIsTerminal: Bool { isatty(1) == 1 }
  static var canAsk: Bool { isatty(0) == 1 && isatty(2) == 1 }

  /// Columns of the terminal on standard output; 80 when there is none.
  static var width: Int {
    var size = winsize()
    return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  static func out(_ text: String) { write(text + "\n", to: 1) }
  static func err(_ text: String) { write(text + "\n", to: 2) }

  /// Asks a question on the terminal and reads one line; nil at the end of input.
  static func ask(_ question: String) -> String? {
    write(question, to: 2)
    return readLine(strippingNewline: true)
  }

  /// Reads a line that is not shown while it is typed.
  static func askSecret(_ question: String) -> String? {
    var saved = termios()
    guard tcgetattr(0, &saved) == 0 else { return nil }
    var silent = saved
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(0, TCSAFLUSH, &silent)
    defer {
      tcsetattr(0, TCSAFLUSH, &saved)
      write("\n", to: 2)
    }
    return ask(question)
  }

  /// Clears the line that the cursor is in, on a terminal.
  static func clearLine(_ descriptor: Int32) { send("\r\u{1B}[K", to: descriptor) }

  /// Writes all of it. On a terminal, what would move its cursor is shown as `?`: names and messages come from hosts too.
  static func write(_ text: String, to descriptor: Int32) {
    send(isatty(descriptor) == 1 ? plain(text) : text, to: descriptor)
  }

  private static func plain(_ text: String) -> String {
    func moves(_ scalar: Unicode.Scalar) -> Bool { scalar.drivesTerminals && scalar != "\t" && scalar != "\n" }
    guard text.unicodeScalars.contains(where: moves) else { return text }
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { plain.append(moves(scalar) ? "?" : scalar) }
    return String(plain)
  }

  /// A closed pipe ends the process as it ends other programs.
  private static func send(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      offset += count
    }
  }
}

/// Ctrl-C, noticed instead of suffered: a wait ends in order and says that the operation goes on.
enum Interrupts {
  private static let seen = Atomic<Bool>(false)

  static func catchThem() { signal(SIGINT) { _ in Interrupts.seen.store(true, ordering: .relaxed) } }

  static var pending: Bool { seen.load(ordering: .relaxed) }
}

/// Sleeps for some milliseconds, or until a signal comes.
func pause(milliseconds: Int) { poll(nil, 0, Int32(milliseconds)) }
