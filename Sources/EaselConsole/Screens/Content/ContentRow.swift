internal import EaselModel
internal import EaselPlans
internal import EaselTerminal
import FoundationEssentials

/// A file of the content folder.
struct ContentRow {
  var item: ContentIndex.Item
  var verified: ContentMarks.Mark?

  static let columns: [ListColumn<ContentRow>] = [
    ListColumn(Column("name", tr("NAME"), min: 8, ideal: 24, flex: 1)) { TableCell($0.item.name) },
    ListColumn(Column("role", tr("ROLE"), min: 6, ideal: 6, drop: 3)) { TableCell($0.item.role, .muted) },
    ListColumn(Column("version", tr("VERSION"), min: 8, ideal: 9)) {
      TableCell($0.item.version.isEmpty ? tr("any") : $0.item.version)
    },
    ListColumn(
      Column("size", tr("SIZE"), min: 9, ideal: 9, align: .right, drop: 2), key: { .number(Double($0.item.size)) }
    ) { TableCell(Words.bytes($0.item.size)) },
    ListColumn(Column("digest", tr("SHA256"), min: 12, ideal: 12, drop: 4)) {
      TableCell(String($0.item.sha256.prefix(12)), .muted)
    },
    ListColumn(Column("verified", tr("VERIFIED"), min: 19, ideal: 20, flex: 1)) { row in
      guard let mark = row.verified else { return TableCell(tr("not yet"), .muted) }
      if let problem = mark.problem { return TableCell(problem, .critical) }
      return TableCell(Words.moment(mark.at), .ok)
    },
  ]
}

/// When which file was compared with its digest, kept from visit to visit. A file with another digest is another file.
struct ContentMarks: Codable {
  static let key = "content-verified"

  struct Mark: Codable {
    var at: Timestamp
    var problem: String?
  }

  private var marks: [String: Mark] = [:]

  init() {}

  init(text: String?) {
    guard let text, let kept = try? JSONDecoder().decode(ContentMarks.self, from: Data(text.utf8)) else { return }
    self = kept
  }

  var text: String { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  subscript(item: ContentIndex.Item) -> Mark? { marks["\(item.path) \(item.sha256)"] }

  mutating func note(_ item: ContentIndex.Item, at time: Timestamp, error: EaselError?) {
    marks["\(item.path) \(item.sha256)"] = Mark(at: time, problem: error?.message)
  }
}
