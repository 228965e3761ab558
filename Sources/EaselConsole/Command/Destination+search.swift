internal import EaselModel
internal import EaselTerminal

extension Destination {
  /// What is typed for a destination: a place or a verb, an object's name, and a part of that.
  struct Phrase {
    var first: String
    var second: String
    var third: String

    init(_ first: String, _ second: String = "", _ third: String = "") {
      (self.first, self.second, self.third) = (first, second, third)
    }

    var count: Int { second.isEmpty ? 1 : third.isEmpty ? 2 : 3 }
    var text: String { third.isEmpty ? second.isEmpty ? first : "\(first) \(second)" : "\(first) \(second) \(third)" }

    subscript(place: Int) -> String { place == 0 ? first : place == 1 ? second : third }
  }

  /// As many as are offered at once.
  static let most = 50

  /// Those that a text may mean, at most fifty, the best first: what it is, then the object of that name, then what begins with it, then
  /// where each of its words begins a word.
  static func matches(_ text: String, _ surroundings: Surroundings) -> [Destination] {
    let words = text.split(separator: " ").map { SearchWord(String($0)) }
    // One list for each rank, in the order of all.
    var ranked: [[Destination]] = Array(repeating: [], count: 5)
    each(surroundings) { phrase, make in
      guard let rank = rank(of: phrase, words), ranked[rank].count < most, let found = make(),
        surroundings.offers(found)
      else { return }
      ranked[rank].append(found)
    }
    return Array(ranked.joined().prefix(most))
  }

  /// Why a text means nothing as things are; nil where it never means anything.
  static func reason(_ text: String, _ surroundings: Surroundings) -> String? {
    let words = text.split(separator: " ").map { $0.lowercased() }
    guard let site = surroundings.site, let first = words.first else { return nil }
    if first == RootTab.content.rawValue, site.isSimulated { return tr("a simulated site needs no content") }
    func isVerb(_ verbs: [ObjectVerb]) -> Bool { verbs.contains { $0.word == first } }
    let all = ObjectVerb.cluster + ObjectVerb.host + ObjectVerb.operation + ObjectVerb.machine
    if surroundings.isReadOnly, all.contains(where: { $0.word == first && $0.changes }) {
      return tr("this console is read-only")
    }
    let name = words.dropFirst().joined(separator: " ")
    if first == "cluster" || isVerb(ObjectVerb.cluster) {
      return name.isEmpty ? tr("there is no cluster yet") : tr("there is no cluster \(name)")
    }
    if first == "operation" || isVerb(ObjectVerb.operation) {
      if !name.isEmpty { return tr("there is no operation \(name)") }
      return first == "operation" ? tr("there is no operation yet") : tr("there is no operation to \(first) now")
    }
    if first == "host" || isVerb(ObjectVerb.host) {
      if !name.isEmpty { return tr("there is no host \(name)") }
      return first == "host" ? tr("there is no host yet") : tr("there is no host to \(first) now")
    }
    if isVerb(ObjectVerb.machine) {
      return name.isEmpty ? tr("there is no machine to \(first) now") : tr("there is no machine \(name)")
    }
    return nil
  }

  /// 0 is the best; nil where it is not meant.
  private static func rank(of phrase: Phrase, _ words: [SearchWord]) -> Int? {
    let count = phrase.count
    for word in words where !(0..<count).contains(where: { word.begins(phrase[$0]) }) { return nil }
    guard let last = words.last else { return 0 }
    let agree = words.count <= count && zip(words.dropLast(), 0...).allSatisfy { $0.is(phrase[$1]) }
    if agree, words.count == count, last.is(phrase[count - 1]) { return 0 }
    // The name alone is the object of that name.
    if words.count == 1, count == 2, last.is(phrase.second) {
      return ["cluster", "host", "operation"].contains(phrase.first) ? 1 : 4
    }
    return agree && last.begins(phrase[words.count - 1]) ? 2 : 3
  }

  /// Those that are spelt nearly as the text, the nearest first: what may have been meant by a slip.
  static func near(_ text: String, in all: [Destination]) -> [Destination] {
    let wanted = Array(text.lowercased().utf8)
    guard wanted.count > 1, wanted.count < 40 else { return [] }
    let most = max(1, wanted.count / 4)
    var found: [(distance: Int, place: Int)] = []
    for (place, destination) in all.enumerated() {
      let candidate = Array(destination.words.lowercased().utf8)
      guard abs(candidate.count - wanted.count) <= most else { continue }
      let distance = distance(wanted, candidate)
      if distance <= most { found.append((distance, place)) }
    }
    return found.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.prefix(5).map { all[$0.place] }
  }

  /// How many letters must be put in, taken out, replaced, or swapped with the next one.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var older: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...max(1, b.count) where j <= b.count {
        var best = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, older[j - 2] + 1) }
        row.append(best)
      }
      (older, previous) = (previous, row)
    }
    return previous[b.count]
  }
}

/// A word that is looked for, whatever the case of its letters.
private struct SearchWord {
  private let text: String

  init(_ text: String) { self.text = text.lowercased() }

  func begins(_ part: String) -> Bool {
    var wanted = text.utf8.makeIterator()
    for byte in part.utf8 {
      guard let next = wanted.next() else { return true }
      // Other letters than those of ASCII stand in few names.
      if byte >= 0x80 { return part.lowercased().hasPrefix(text) }
      if (0x41...0x5a).contains(byte) ? byte | 0x20 != next : byte != next { return false }
    }
    return wanted.next() == nil
  }

  func `is`(_ part: String) -> Bool { text.utf8.count == part.utf8.count && begins(part) }
}
