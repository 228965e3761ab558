internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

/// Which Kubernetes versions can be made of the content, and what the others lack.
struct ContentVersionsScreen: ConsoleScreen {
  private let index: ContentIndex
  private var pager = PagerState(wraps: true)

  init(_ index: ContentIndex) { self.index = index }

  var title: String { tr("What each version needs") }
  var tab: RootTab { .content }
  var keyMap: KeyMap { Self.keys }
  static let keys = KeyMap("content-versions", [])

  private var page: [[Span]] {
    let versions = index.kubernetesVersions.compactMap { KubernetesVersion($0) }.sorted()
    if versions.isEmpty {
      return [[Span(tr("The index lists no kubelet, so no version can be made of it."), .warning)]]
    }
    return versions.flatMap { version -> [[Span]] in
      let missing = index.missing(for: version)
      let files = index.items.filter { $0.version == version.description }
      let size = Words.bytes(files.reduce(Int64(0)) { $0 + $1.size })
      if missing.isEmpty {
        return [
          [.padded(version.description, 12), Span(tr("complete"), .ok), Span(tr("  \(size) of its own"), .muted)]
        ]
      }
      return [
        [
          .padded(version.description, 12),
          Span(tr(missing.count, one: "lacks \(missing.count) file", other: "lacks \(missing.count) files"), .warning),
        ]
      ]
        + missing.map { [Span("              "), Span($0)] }
    }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Pager(page).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] { page.map { PlainLine($0.plainText) } }
}
