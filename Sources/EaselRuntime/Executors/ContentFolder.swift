import EaselModel
import EaselPlans
import FoundationEssentials

/// A folder that holds `content.json` and what it lists.
package struct ContentFolder: Sendable {
  package var path: String
  package var index: ContentIndex

  /// - Throws: `ContentUnreadable`, naming the file, or the first thing that is wrong in the index.
  package init(path: String) throws {
    self.path = path
    let file = path + "/content.json"
    do {
      index = try JSONDecoder().decode(ContentIndex.self, from: Data(contentsOf: URL(filePath: file)))
    } catch {
      throw EaselError(
        .failed, "ContentUnreadable", "reading the content index: \(error)",
        advice: "the folder must hold content.json with items of path, sha256, size, role, name and version", file: file)
    }
    if let problem = index.problems().first { throw problem }
  }

  /// No content: plans that need some are refused with `ContentMissing`.
  package static let none = ContentFolder()

  private init() { (path, index) = ("", ContentIndex()) }

  /// The file of a digest, if the index lists it.
  package func file(sha256: String) -> String? {
    index.items.first { $0.sha256 == sha256 }.map { "\(path)/\($0.path)" }
  }
}
