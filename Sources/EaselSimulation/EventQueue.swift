internal import EaselModel
internal import EaselEngine

/// What is due when: a binary heap, first by time, then by the order of entry.
struct EventQueue: Sendable {
  enum Kind: Sendable {
    case progress(host: UID, task: UID, part: Int)
    case end(host: UID, task: UID)
    case reply(host: UID, key: String, task: UID)
    case refuse(task: UID, DurableTask.Failure)
    case look(Look)
    case tellHost(UID)
    case boot(UID)
    /// A host that went down to reboot comes up.
    case powerOn(UID)
  }

  struct Entry: Sendable {
    let at: Timestamp
    let order: Int
    let kind: Kind
  }

  private var heap: [Entry] = []
  private var count = 0

  var first: Entry? { heap.first }

  mutating func add(_ kind: Kind, at time: Timestamp) {
    heap.append(Entry(at: time, order: count, kind: kind))
    count += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Entry? {
    guard let result = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return result }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if precedes(heap[child], heap[least]) { least = child }
      }
      if least == parent { return result }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func precedes(_ a: Entry, _ b: Entry) -> Bool { a.at != b.at ? a.at < b.at : a.order < b.order }
}
