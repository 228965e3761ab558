// swift-format-ignore-file: NeverForceUnwrap
// A story that finds nothing where something must be has failed: stopping right there is the shortest report.

import EaselEngine
import EaselModel
import EaselSimulation
import Testing

/// Nobody can log in to a host just now: whoever needs it waits, says for what, and goes on.
@Suite struct CredentialTests {
  private func hear(_ scene: Scene, _ host: String, _ seen: HostObservation, _ number: Int64) throws {
    let observation = Observation(
      object: try scene.host(host).uid, source: "agent/\(host)", sequence: (1 << 50) + number,
      observedAt: scene.site.now.adding(seconds: 1), value: .host(seen))
    try scene.site.overhear([observation], now: scene.site.now.adding(seconds: 2))
  }

  @Test(
    arguments: ["AuthenticationFailed", "SudoPasswordNeeded", "SudoPasswordWrong"], ["edge-cp-1", "edge-workers-1"])
  func anUpgradeWaitsForTheCredentialsOfAHost(reason: String, machine: String) throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 2)
    let host = try scene.machines().first { $0.name == machine }!.host!.name
    let why = "\(host) refused the login"
    try hear(scene, host, HostObservation(reachable: false, reason: reason, message: why), 1)
    let name = try scene.site.submit(scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }).operation!
      .name
    let waiting = try scene.site.run(name, limit: 900)
    let words = ([waiting.status.message] + waiting.status.steps.flatMap(\.items).map(\.message)).joined(
      separator: "; ")
    #expect(!waiting.status.phase.isFinal && waiting.status.phase != .stopped, "\(waiting.status.phase): \(words)")
    #expect(
      words.contains("credentials for \(host): \(why)") && words.contains("easel host key install \(host)"), "\(words)")
    #expect(!words.contains("does not answer"), "\(words)")
    // Nothing was sent there.
    #expect(scene.site.world.hosts.values.first { $0.name == host }?.kubelet?.description == "v1.31.4")
    try hear(scene, host, HostObservation(reachable: true, ownerCluster: try scene.cluster().uid), 2)
    #expect(try scene.site.run(name, limit: 3600).status.phase == .succeeded, "\(scene.site.transcript.suffix(20))")
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
  }

  @Test func aHostThatIsSilentIsNoMatterOfCredentials() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 2)
    let host = try scene.machines().first { $0.name == "edge-cp-1" }!.host!.name
    try hear(scene, host, HostObservation(reachable: false, reason: "HostUnreachable", message: "no route"), 1)
    let name = try scene.site.submit(scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }).operation!
      .name
    let waiting = try scene.site.run(name, limit: 900)
    let words = ([waiting.status.message] + waiting.status.steps.flatMap(\.items).map(\.message)).joined(
      separator: "; ")
    #expect(words.contains("does not answer") && !words.contains("credentials"), "\(words)")
  }
}
