import EaselModel
import Synchronization
import Testing

@testable import EaselConsole

/// Lines that come while something is watched.
struct LineReaderTests {
  @Test func `a line that is typed ahead does not end what is watched, a later one does`() async {
    let typed = Mutex(["ahead"])
    let holds = Mutex(false)
    let works = Mutex<[@Sendable () -> Void]>([])
    var environment = ConsoleEnvironment(site: nil, actor: Actor(name: "alice"))
    environment.blocking = { work in
      if holds.withLock({ $0 }) { works.withLock { $0.append(work) } } else { work() }
    }
    let reader = LineReader(environment) { typed.withLock { $0.isEmpty ? "later" : $0.removeFirst() } }
    var passing = reader.passing
    let first = passing.isInterrupted()
    #expect(!first, "the first look begins to read")
    holds.withLock { $0 = true }
    let second = passing.isInterrupted()
    #expect(!second, "a line was there at once: it waits for its turn")
    let third = passing.isInterrupted()
    #expect(!third, "nothing has come")
    for work in works.withLock({ $0 }) { work() }
    holds.withLock { $0 = false }
    let last = passing.isInterrupted()
    #expect(last, "a line has come")
    #expect(await reader.next() == "ahead")
    #expect(await reader.next() == "later")
  }
}
