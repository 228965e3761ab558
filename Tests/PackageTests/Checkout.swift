import FoundationEssentials
import Glibc

/// The checkout that the tests were built from.
enum Checkout {
  /// Two folders above this file's.
  static let root: String = {
    var parts = #filePath.split(separator: "/").map(String.init)
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(root)/\(path)")), as: UTF8.self)
  }

  static func folders(in path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Paths from the root, sorted.
  static func files(below path: String, ending: String) -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(path)")) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(path)/\($0)" }
  }

  static func exists(_ path: String) -> Bool { access("\(root)/\(path)", F_OK) == 0 }

  static func size(_ path: String) -> Int {
    var status = stat()
    return stat("\(root)/\(path)", &status) == 0 ? Int(status.st_size) : 0
  }

  /// What a command prints on standard output, run in the checkout by the shell.
  static func output(of command: String) -> String {
    guard let pipe = popen("cd '\(root)' && \(command)", "r") else { return "" }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
