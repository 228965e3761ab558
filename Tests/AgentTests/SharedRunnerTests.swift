import EaselHosts
import Testing

@testable import EaselAgent

/// A host without systemd: whoever comes first is the runner's parent, and all others are relayed to it.
@Suite(.timeLimit(.minutes(1))) struct SharedRunnerTests {
  let folder = TestFolder()

  @Test func `who is relayed to a runner keeps it when the one that started it leaves`() async throws {
    let (first, second) = (localClient(folder), localClient(folder))
    _ = try await first.hello()
    _ = try await second.hello()
    let connection = try #require(await second.openConnection)
    await first.close()
    // The first one's runner would be gone by now, had it ended with its parent's streams.
    try await Task.sleep(for: .milliseconds(300))
    _ = try await second.hello()
    #expect(await second.openConnection === connection)
    await second.close()
  }

  @Test func `who comes while a runner ends is served by the next one`() async throws {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<15 {
            // Each call is the first of its connection: nothing is tried again behind its back.
            let client = localClient(folder)
            await #expect(throws: Never.self) { _ = try await client.hello() }
            await client.close()
          }
        }
      }
    }
  }
}
