import EaselEngine
import EaselModel
import EaselSimulation
import Foundation
import Testing

/// One story: what is asked, what goes wrong, and what the engine says to it. `EASEL_UPDATE_GOLDENS=1` writes the files anew.
struct Story: Sendable, CustomTestStringConvertible {
  let name: String
  let hosts: Int
  let play: @Sendable (Scene) throws -> Void
  var testDescription: String { name }

  init(_ name: String, hosts: Int = 5, _ play: @escaping @Sendable (Scene) throws -> Void) {
    (self.name, self.hosts, self.play) = (name, hosts, play)
  }
}

@Suite struct GoldenTests {
  @Test(arguments: Story.all)
  func theTranscriptIsAsItWas(story: Story) throws {
    let scene = try Scene(hosts: story.hosts)
    try story.play(scene)
    for operation in try scene.site.snapshot().operations { Checker.checkEnded(operation, scene.site) }
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
    let text = scene.site.transcript.joined(separator: "\n") + "\n"
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Goldens/\(story.name.replacing(" ", with: "-")).txt")
    if ProcessInfo.processInfo.environment["EASEL_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    #expect(text == golden, "\(story.name) differs; EASEL_UPDATE_GOLDENS=1 writes it anew, then read the diff")
  }

  @Test func thereAreAtLeastTwentyFiveStoriesWithNamesOfTheirOwn() {
    #expect(Story.all.count >= 25)
    #expect(Set(Story.all.map(\.name)).count == Story.all.count)
  }
}
