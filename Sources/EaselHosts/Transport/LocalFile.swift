import CSys
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc

/// Small files of this side.
enum LocalFile {
  /// The file's text; empty when it cannot be read.
  static func text(_ path: String) -> String {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Puts a file of mode 0600 in place in one step.
  static func replace(_ path: String, _ text: String) throws {
    let temporary = "\(path).new"
    _ = unlink(temporary)
    let fd = csys_open_new(temporary, 0o600)
    guard fd >= 0 else { throw failed("write \(path)") }
    defer { _ = close(fd) }
    let bytes = Array(text.utf8)
    guard write(fd, bytes, bytes.count) == bytes.count, csys_sync_file(fd) == 0,
      csys_rename_durably(temporary, path) == 0
    else { throw failed("write \(path)") }
  }

  private static func failed(_ doing: String) -> EaselError {
    EaselError(.failed, "FileNotWritten", SystemError(doing).description)
  }
}

/// A folder of mode 0700 below /tmp that goes away again.
struct TemporaryFolder {
  let path: String

  init(in parent: String = "/tmp") throws {
    var random: UInt64 = 0
    _ = csys_random(&random, 8)
    path = "\(parent)/easel-\(String(random, radix: 36))"
    guard mkdir(path, 0o700) == 0 else {
      throw EaselError(.failed, "FileNotWritten", SystemError("make \(path)").description)
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
