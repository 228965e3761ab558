import EaselModel
import FoundationEssentials
import Testing

/// Objects as a console keeps them: what is forgotten there is missing on every page.
@Suite struct PackedTests {
  /// Every field that can be decoded is made up, so one that is added to an object and not packed is found here.
  private func check<Object: PackableObject>(
    _ object: Object, sourceLocation: SourceLocation = #_sourceLocation
  ) throws where Object.Spec: Equatable, Object.Status: Equatable {
    let packed = Packed(object)
    #expect(packed.object == object, sourceLocation: sourceLocation)
    // Texts that are equal may still be others.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try encoder.encode(packed.object) == encoder.encode(object), sourceLocation: sourceLocation)
    #expect(packed.name == object.name && packed.uid == object.uid, sourceLocation: sourceLocation)
    #expect(packed.spec == object.spec && packed.status == object.status, sourceLocation: sourceLocation)
  }

  @Test func `a packed object is the object, whatever it holds`() throws {
    for seed in 0..<1000 {
      if case .host(let host) = try randomRecord(.host, seed: UInt64(seed)) { try check(host) }
      if case .machine(let machine) = try randomRecord(.machine, seed: UInt64(seed)) { try check(machine) }
      if case .cluster(let cluster) = try randomRecord(.cluster, seed: UInt64(seed)) { try check(cluster) }
    }
  }

  @Test func `words for which the vocabulary has no room are kept as they are`() throws {
    for number in 0..<600 {
      var host = host(number)
      host.status.conditions.set("Type\(number)", .no, reason: "Reason\(number)", message: "m", at: .zero)
      host.status.agentVersion = String(repeating: "long", count: number)
      host.metadata.labels["label\(number)"] = "value"
      try check(host)
    }
    try check(host(0))
  }

  @Test func `words that are equal but not the same stay apart`() throws {
    for reason in ["K", "\u{212A}", "\u{E9}", "e\u{301}", "\u{E9}", ""] {
      var host = host(1)
      host.status.conditions.set("Type", .no, reason: reason, at: .zero)
      try check(host)
    }
  }

  @Test func `a list finds, changes and takes in objects`() {
    var list = PackedList((1...3).map { host($0) })
    #expect(list.names == ["host1", "host2", "host3"] && list.map(\.name) == list.names)
    #expect(list.first(named: "host2")?.uid == "uid2" && list.first("uid3")?.name == "host3")
    #expect(list.first(named: "host4") == nil && list.first("host1") == nil)
    let old = list
    list[1].status.phase = .notReady
    list.append(host(4))
    #expect(list.map(\.status.phase) == [.ready, .notReady, .ready, .ready])
    #expect(Array(old) == (1...3).map { host($0) })
  }

  private func host(_ number: Int) -> Host {
    Host(
      metadata: Metadata(name: "host\(number)", uid: UID("uid\(number)"), createdAt: .zero),
      spec: Host.Spec(transport: .ssh, address: "192.0.2.1"), status: Host.Status(phase: .ready))
  }
}
