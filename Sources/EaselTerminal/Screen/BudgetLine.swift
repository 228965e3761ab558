import Glibc

/// What the last picture has cost, and how much waits and is held: for whoever finds the console slow. Costs nothing while it is off.
struct BudgetLine {
  var isShown = false

  /// Draws it over the end of the last line.
  func draw(on canvas: Canvas, _ statistics: ScreenStatistics, waiting: Int) {
    guard isShown, canvas.height > 0 else { return }
    let text = Self.text(statistics, waiting: waiting, residentKibibytes: Self.residentKibibytes)
    let width = CellText.width(of: text)
    canvas.text(text, x: max(0, canvas.width - width), y: canvas.height - 1, .banner, width: min(width, canvas.width))
  }

  static func text(_ statistics: ScreenStatistics, waiting: Int, residentKibibytes: Int) -> String {
    let (seconds, attoseconds) = statistics.lastFrame.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    return " frame \(microseconds) us  \(statistics.lastFrameBytes) bytes  \(statistics.lastFrameWrites) writes  "
      + "\(waiting) waiting  \(residentKibibytes / 1024) MiB "
  }

  /// The second number of /proc/self/statm, in pages; 0 where there is none.
  private static var residentKibibytes: Int {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = max(0, read(file, &bytes, bytes.count))
    let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE)) / 1024
  }
}
