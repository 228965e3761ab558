import CSys
import FoundationEssentials
import Glibc

/// Standard error goes to a file while the screen is up, because there it would be lost and would spoil the picture; what
/// came is shown when the screen is gone.
struct StandardErrorLog {
  private let path: String?
  private var saved: Int32 = -1
  private var length = 0
  /// Lines that are shown afterwards.
  private static let tail = 20

  init(_ path: String?) {
    guard let path, isatty(2) != 0 else {
      self.path = nil
      return
    }
    self.path = path
    length = FileManager.default.contents(atPath: path)?.count ?? 0
    saved = csys_redirect(2, path)
    if saved >= 0 { csys_tty_guard_log(path, length, saved) }
  }

  func close() {
    guard let path, saved >= 0 else { return }
    csys_tty_guard_log(nil, 0, -1)
    csys_redirect_undo(2, saved)
    guard let data = FileManager.default.contents(atPath: path), data.count > length else { return }
    let new = String(decoding: data.dropFirst(length), as: UTF8.self)
    var lines = new.split(whereSeparator: \.isNewline).map { CellText.sanitised(String($0)) }
    let all = lines.count
    lines = lines.suffix(Self.tail)
    if all > lines.count { lines.insert("... \(all - lines.count) earlier lines in \(path)", at: 0) }
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }
}
