import EaselModel
import EaselTerminal
import EaselYAML
import Testing

@testable import EaselConsole

/// The command that is shown does what was done here.
struct CommandTextTests {
  private func text(_ intent: Intent) -> String {
    CommandText.text(intent, site: Fixture.site.snapshot) { (try? ManifestWriter.definition(.cluster($0))) ?? "" }
  }

  /// The definition that goes along with a command.
  private func definition(_ command: String) throws -> Cluster {
    let lines = command.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "easel apply -f - --yes <<'EOF'" && lines.last == "EOF", "\(command)")
    let body = lines.dropFirst().dropLast().joined(separator: "\n")
    let read = try ManifestReader.read(text: body, file: "standard input")
    guard case .cluster(let cluster) = try #require(read.first).record else {
      throw EaselError(.failed, "NoCluster", "no cluster in it")
    }
    return cluster
  }

  @Test func `what has no options goes along as a definition`() throws {
    var spec = Fixture.cluster("north", version: "v1.31.4", control: 1, workers: 2, phase: .running).spec
    #expect(
      text(.createCluster(name: "north", spec: spec, labels: [:])).hasPrefix("easel create cluster north --version"))
    spec.pools.append(Cluster.Pool(name: "gpu", replicas: 1, labels: ["tier": "gpu"]))
    let command = text(.createCluster(name: "north", spec: spec, labels: ["site": "a"]))
    let read = try definition(command)
    #expect(read.name == "north" && read.spec == spec && read.metadata.labels == ["site": "a"])
  }

  @Test func `a change is its options only where they say all of it`() throws {
    let lab = try #require(Fixture.site.cluster("lab"))
    func change(_ edit: (inout Cluster.Spec) -> Void) -> String {
      var spec = lab.spec
      edit(&spec)
      return text(.changeCluster(name: "lab", spec: spec, expecting: 1))
    }
    #expect(change { $0.pools[0].replicas = 4 } == "easel scale cluster lab --workers 4")
    #expect(
      change { $0.pools.append(Cluster.Pool(name: "gpu", replicas: 1)) } == "easel scale cluster lab --pool gpu=1")
    #expect(change { $0.pools = [] } == "easel scale cluster lab --pool workers=0")
    let read = try definition(
      change {
        $0.pools[0].replicas = 4
        $0.pools[0].labels = ["tier": "web"]
      })
    #expect(read.spec.pools[0].labels == ["tier": "web"] && read.spec.pools[0].replicas == 4)
  }

  @Test func `such a command is shown in full, and copied whole`() async throws {
    let (site, desk) = (PlaySite(hosts: 6), Desk())
    let player = await Player.atDesk(site, desk)
    await player.makeEdge(site)
    desk.will(replacing("maxUnavailable: 1", "maxUnavailable: 2"))
    await player.go("edit edge")
    await player.press(.enter, .tab, .enter)
    #expect(player.shows("$ easel apply -f - --yes <<'EOF' ...  (@ shows all of it)"), "\(player.screen)")
    await player.press(.c("@"))
    #expect(player.shows("$ easel apply -f - --yes <<'EOF'") && player.shows("  name: edge"), "\(player.screen)")
    await player.press(.c("y"))
    let copied = try #require(player.user.copied.last)
    #expect(copied.hasSuffix("EOF") && copied.contains("maxUnavailable: 2"), "\(copied)")
  }
}
