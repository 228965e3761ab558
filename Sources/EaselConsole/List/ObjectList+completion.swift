internal import EaselTerminal

/// Tab behind a filter.
extension ObjectList {
  /// What the last word of the filter may become, with the one that it is now, row by row; the last row says that there are more.
  func completions(_ width: Int) -> [[Span]] {
    guard filter.isEditing, let completion, completion.words.count > 1 else { return [] }
    let most = 3
    let current = (completion.next + completion.words.count - 1) % completion.words.count
    var rows: [[Span]] = [[]]
    for (place, word) in completion.words.enumerated() {
      let text = String(word.split(separator: ":", omittingEmptySubsequences: true).last ?? "")
      let span = Span(text, place == current ? .heading : .muted)
      if (rows.last?.cellWidth ?? 0) + CellText.width(of: text) + 2 > width, rows.last?.isEmpty == false {
        if rows.count == most {
          let left = completion.words.count - place
          rows.append([Span(tr(left, one: "and \(left) more", other: "and \(left) more"), .muted)])
          break
        }
        rows.append([])
      }
      rows[rows.count - 1] += [span, Span("  ")]
    }
    return rows
  }

  /// Puts the next of the words that the last one in the filter may become in its place: columns, then what stands in one.
  mutating func complete() {
    if completion == nil {
      let start = filter.text.lastIndex(of: " ").map(filter.text.index(after:)) ?? filter.text.startIndex
      completion = Completion(before: String(filter.text[..<start]), words: candidates(String(filter.text[start...])))
    }
    guard var open = completion, !open.words.isEmpty else { return }
    filter.set(open.before + open.words[open.next])
    open.next = (open.next + 1) % open.words.count
    completion = open
  }

  private func candidates(_ word: String) -> [String] {
    let mark = word.hasPrefix("!") ? "!" : ""
    let rest = word.dropFirst(mark.count).lowercased()
    guard let colon = rest.firstIndex(of: ":") else {
      return columns.map(\.layout.id).filter { $0.hasPrefix(rest) }.map { "\(mark)\($0):" }
    }
    let (name, start) = (String(rest[..<colon]), rest[rest.index(after: colon)...])
    var values: Set<String> = []
    for row in rows.prefix(1000) {
      for text in texts(of: row, column: name) {
        guard let word = text.split(separator: " ").first, word.lowercased().hasPrefix(start) else { continue }
        values.insert(String(word))
      }
    }
    return values.sorted().map { "\(mark)\(name):\($0)" }
  }
}
