import EaselEngine
import EaselModel

/// The scopes to decide about: those that something touched, in the order in which it did, and those whose time has come.
struct ScopeQueue {
  private var order: [Scope] = []
  private var known: Set<Scope> = []
  private var times: [Scope: Timestamp] = [:]
  /// Earliest first; entries that `times` no longer agrees with are stale.
  private var heap: [(time: Timestamp, scope: Scope)] = []

  var isEmpty: Bool { order.isEmpty }

  mutating func add(_ scopes: some Sequence<Scope>) {
    for scope in scopes where known.insert(scope).inserted { order.append(scope) }
  }

  /// When a scope is to be decided about although nothing touches it; nil for never.
  mutating func lookAgain(_ scope: Scope, at time: Timestamp?) {
    guard times[scope] != time else { return }
    times[scope] = time
    if let time { push((time, scope)) }
  }

  /// The next time at which a scope is due.
  mutating func nextTime() -> Timestamp? {
    while let first = heap.first, times[first.scope] != first.time { pop() }
    return heap.first?.time
  }

  /// Everything that is due now; the queue is empty afterwards.
  mutating func take(at now: Timestamp) -> [Scope] {
    while let time = nextTime(), time <= now {
      let scope = heap[0].scope
      times[scope] = nil
      pop()
      add([scope])
    }
    defer { (order, known) = ([], []) }
    return order
  }

  private mutating func push(_ entry: (time: Timestamp, scope: Scope)) {
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[index].time < heap[(index - 1) / 2].time {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].time < heap[least].time {
        least = child
      }
      if least == index { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
