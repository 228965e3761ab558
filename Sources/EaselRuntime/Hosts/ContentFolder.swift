import CSys
import EaselModel
import EaselPlans
import FoundationEssentials
import Glibc

/// A folder that holds `content.json` and what it lists.
package struct ContentFolder: Sendable {
  /// The largest `content.json`, in bytes.
  package static let mostBytes: Int64 = 8 << 20

  package var path: String
  package var index: ContentIndex

  /// - Throws: `ContentUnreadable`, naming the file, or all that is wrong in the index as one error.
  package init(path: String) throws {
    self.path = path
    let file = path + "/content.json"
    index = try Self.read(file)
    let problems = index.problems().prefix(100).map { problem in
      var problem = problem
      problem.file = file
      return problem
    }
    if let all = EaselError.all(problems) { throw all }
  }

  private static func read(_ file: String) throws -> ContentIndex {
    func unreadable(_ why: String, field: String? = nil) -> EaselError {
      EaselError(
        .failed, "ContentUnreadable", "reading the content index: \(why)",
        advice:
          "the folder must hold content.json with items of path, sha256, size, role, name, version, arch and images",
        field: field, file: file)
    }
    var status = csys_status()
    guard csys_status_of(file, true, &status) == 0 else {
      throw unreadable(String(cString: strerror(csys_errno())))
    }
    guard status.is_file else { throw unreadable("it is not a regular file") }
    guard status.size <= mostBytes else {
      throw unreadable("it has \(status.size) bytes, at most \(mostBytes) are read")
    }
    do {
      let data = try Data(contentsOf: URL(filePath: file))
      guard String(validating: data, as: UTF8.self) != nil else { throw unreadable("it is not text in UTF-8") }
      if let unknown = try JSONDecoder().decode(IndexShape.self, from: data).unknown {
        throw unreadable("there is no such field in an index of version 1", field: unknown)
      }
      return try JSONDecoder().decode(ContentIndex.self, from: data)
    } catch let error as DecodingError {
      let (why, field) = words(error)
      throw unreadable(why, field: field)
    } catch let error as EaselError {
      throw error
    } catch {
      throw unreadable("\(error)")
    }
  }

  /// What a decoder complains about, and where: `items[3].sha256`.
  private static func words(_ error: DecodingError) -> (String, String?) {
    func field(_ path: [any CodingKey]) -> String? {
      let text = path.reduce("") { text, key in
        key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
      }
      return text.isEmpty ? nil : text
    }
    switch error {
    case .keyNotFound(let key, let context): return ("this field is missing", field(context.codingPath + [key]))
    case .typeMismatch(let type, let context):
      return ("a value of type \(type) is expected", field(context.codingPath))
    case .valueNotFound(_, let context): return ("there is nothing", field(context.codingPath))
    case .dataCorrupted(let context): return (context.debugDescription, field(context.codingPath))
    @unknown default: return ("\(error)", nil)
    }
  }

  /// No content: plans that need some are refused with `ContentMissing`.
  package static let none = ContentFolder()

  private init() { (path, index) = ("", ContentIndex()) }

  /// The file of a digest, if the index lists it.
  ///
  /// - Throws: `ContentOutside` (refused) when a link leads out of the folder. What the file holds is compared with its digest by the
  ///   host that takes it.
  package func file(sha256: String) throws -> String? {
    guard let item = index.items.first(where: { $0.sha256 == sha256 }) else { return nil }
    let file = "\(path)/\(item.path)"
    guard let root = Self.real(path), let target = Self.real(file) else { return file }
    guard target.hasPrefix(root == "/" ? "/" : root + "/") else {
      throw EaselError(
        .refused, "ContentOutside", "\(file) is a link out of the content folder, to \(target)",
        advice: "put the file itself there, or name the folder that it lies in as the content folder")
    }
    return file
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// Only the names of an index's fields.
private struct IndexShape: Decodable {
  /// The path of the first field that no index has.
  var unknown: String?

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Names: Decodable {
    let names: [String]
    init(from decoder: any Decoder) throws {
      names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    unknown = fields.allKeys.map(\.stringValue).filter { !["version", "items"].contains($0) }.min()
    if unknown != nil { return }
    let known: Set = ["path", "sha256", "size", "role", "name", "version", "arch", "images"]
    let items = try fields.decodeIfPresent([Names].self, forKey: Key(stringValue: "items")) ?? []
    for (index, item) in items.enumerated() {
      if let name = item.names.filter({ !known.contains($0) }).min() {
        unknown = "items[\(index)].\(name)"
        return
      }
    }
  }
}
