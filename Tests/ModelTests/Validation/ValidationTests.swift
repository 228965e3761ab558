// swift-format-ignore-file: NeverForceUnwrap

import EaselModel
import Testing

@Suite("Validation")
struct ValidationTests {
  let profile = Profile.builtIn(at: noon)
  let good = Cluster.Spec(
    profile: .init(name: "kubeadm", version: "1.0.0"), kubernetesVersion: KubernetesVersion("v1.31.4")!,
    controlPlane: .init(replicas: 3, hosts: ["a", "b"]), pools: [.init(name: "workers", replicas: 2, hosts: ["c"])])

  /// `field code` of each error, after one change to a good spec.
  func found(name: String = "edge", _ change: (inout Cluster.Spec) -> Void) -> [String] {
    var spec = good
    change(&spec)
    let errors = ClusterValidation.check(name: name, spec: spec, profile: profile)
    #expect(errors.allSatisfy { !$0.advice.isEmpty && $0.category == .refused && !$0.message.hasSuffix(".") })
    return errors.map { "\($0.field ?? "-") \($0.code)" }
  }

  @Test("a good definition passes, with every default as well")
  func passes() {
    #expect(found { _ in } == [])
    #expect(found { $0 = .init(profile: $0.profile, kubernetesVersion: $0.kubernetesVersion) } == [])
    #expect(found(name: String(repeating: "a", count: 40)) { _ in } == [])
  }

  @Test(
    "a cluster name is a short RFC 1123 label",
    arguments: ["", "Edge", "-a", "a-", "a.b", "a_b", "ä", String(repeating: "a", count: 41), "a b", "a\n"])
  func names(_ name: String) { #expect(found(name: name) { _ in } == ["metadata.name InvalidName"]) }

  @Test("modes that are not there yet are refused by name")
  func modes() {
    for mode in [Cluster.Mode.appliance, .controller] {
      var spec = good
      spec.mode = mode
      let errors = ClusterValidation.check(name: "edge", spec: spec, profile: profile)
      #expect(errors.map(\.code) == ["NotYet"] && errors[0].message.contains(mode.rawValue))
    }
  }

  @Test("the profile must exist in that version and allow the Kubernetes version")
  func profiles() {
    #expect(found { $0.profile.name = "k9s" } == ["spec.profile.name UnknownProfile"])
    #expect(found { $0.profile.version = "2.0.0" } == ["spec.profile.version UnknownProfile"])
    #expect(
      ClusterValidation.check(name: "edge", spec: good, profile: nil).map(\.field) == ["spec.profile.name"])
    for version in ["v1.19.16", "v1.36.0", "v2.31.0"] {
      #expect(
        found { $0.kubernetesVersion = KubernetesVersion(version)! } == ["spec.kubernetesVersion VersionNotAllowed"])
    }
    for version in ["v1.20.0", "v1.35.9"] {
      #expect(found { $0.kubernetesVersion = KubernetesVersion(version)! } == [])
    }
  }

  @Test("networks are canonical, big enough and do not overlap")
  func networks() {
    let (pods, services) = ("spec.network.podCIDR", "spec.network.serviceCIDR")
    #expect(found { $0.network.podCIDR = "10.244.1.0/16" } == ["\(pods) InvalidCIDR"])
    #expect(found { $0.network.podCIDR = "pods" } == ["\(pods) InvalidCIDR"])
    #expect(found { $0.network.podCIDR = "127.0.0.0/16" } == ["\(pods) InvalidCIDR"])
    #expect(found { $0.network.podCIDR = "0.0.0.0/0" } == ["\(pods) InvalidCIDR"])
    #expect(found { $0.network.podCIDR = "fd00::/48" } == ["\(pods) NotYet"])
    #expect(found { $0.network.podCIDR = "10.244.0.0/22" } == ["\(pods) NetworkTooSmall"])
    #expect(found { $0.network.podCIDR = "10.244.0.0/21" } == [])
    #expect(found { $0.network.podCIDR = "10.244.0.0/25" } == ["\(pods) NetworkTooSmall"])
    #expect(found { $0.network.podCIDR = "10.96.0.0/16" } == ["\(services) Overlap"])
    #expect(found { $0.network.serviceCIDR = "10.0.0.0/8" } == ["\(services) InvalidCIDR", "\(services) Overlap"])
    var spec = good
    spec.network.podCIDR = "10.244.1.0/16"
    let advice = ClusterValidation.check(name: "edge", spec: spec, profile: profile).first?.advice
    #expect(advice == "write 10.244.0.0/16")
    func holds(_ address: String) -> String? {
      var host = host("h")
      host.spec.address = address
      return ClusterValidation.ownNetwork(of: good, holding: host)?.field
    }
    #expect(holds("10.244.3.4") == pods && holds("10.96.0.1") == services)
    #expect(holds("10.0.0.1") == nil && holds("edge-1.example.com") == nil && holds("fd00::1") == nil)
  }

  @Test("the control plane is odd and its endpoint is a name or address with a port")
  func controlPlane() {
    for replicas in [0, 2, 4, 6, 8, 9, -1, Int.max, Int.min] {
      let codes = found {
        $0.controlPlane.replicas = replicas
        $0.controlPlane.hosts = []
      }
      #expect(codes.contains("spec.controlPlane.replicas ControlPlaneSize"), "\(replicas)")
    }
    for endpoint in [
      "api", "api:", "api:0", "api:65536", "api:+1", "10.0.0.256:6443", "[::1:6443", "2001:db8::1:6443",
      "a b:6443", "-x:6443", "[10.0.0.1]:6443", "0.0.0.0:6443", ":6443", "api:06443",
    ] {
      #expect(
        found { $0.controlPlane.endpoint = endpoint } == ["spec.controlPlane.endpoint InvalidEndpoint"], "\(endpoint)")
    }
    for endpoint in ["api.example.com:6443", "192.0.2.1:443", "[2001:db8::1]:6443", "localhost:1"] {
      #expect(found { $0.controlPlane.endpoint = endpoint } == [], "\(endpoint)")
    }
    #expect(found { $0.controlPlane.endpoint = "10.244.0.9:6443" } == ["spec.controlPlane.endpoint Overlap"])
  }

  @Test("a host is named once, and no more hosts than replicas")
  func hosts() {
    #expect(found { $0.pools[0].hosts = ["a"] } == ["spec.pools[0].hosts[0] DuplicateHost"])
    #expect(found { $0.controlPlane.hosts = ["b", "b"] } == ["spec.controlPlane.hosts[1] DuplicateHost"])
    #expect(found { $0.pools[0].hosts = ["c", "d", "e"] } == ["spec.pools[0].hosts TooManyHosts"])
    #expect(found { $0.pools[0].hosts = ["C"] } == ["spec.pools[0].hosts[0] InvalidName"])
  }

  @Test("pools have names, sizes, labels, taints and rollouts that Kubernetes takes")
  func pools() {
    #expect(found { $0.pools.append(.init(name: "workers", replicas: 0)) } == ["spec.pools[1].name DuplicatePool"])
    #expect(found { $0.pools[0].name = "control-plane" } == ["spec.pools[0].name ReservedName"])
    #expect(
      found(name: String(repeating: "a", count: 40)) { $0.pools[0].name = String(repeating: "b", count: 18) }
        == ["spec.pools[0].name InvalidName"])
    for replicas in [-1, 5001, Int.max, Int.min] {
      #expect(
        found {
          $0.pools[0].replicas = replicas
          $0.pools[0].hosts = []
          $0.network.podCIDR = "172.16.0.0/12"
          $0.network.serviceCIDR = "10.96.0.0/16"
        }.contains("spec.pools[0].replicas InvalidReplicas"))
    }
    for key in ["", "/a", "a/", "a/b/c", "A.com/x", "a b", "_a", String(repeating: "a", count: 64)] {
      #expect(found { $0.pools[0].labels = [key: "v"] } == ["spec.pools[0].labels[\(key)] InvalidLabel"])
      #expect(
        found { $0.pools[0].taints = [.init(key: key, effect: .noSchedule)] } == [
          "spec.pools[0].taints[0].key InvalidTaint"
        ])
    }
    #expect(found { $0.pools[0].labels = ["example.com/Tier_1": "a.B-c", "x": ""] } == [])
    #expect(found { $0.pools[0].labels = ["x": "-a"] } == ["spec.pools[0].labels[x] InvalidLabel"])
    #expect(
      found { $0.pools[0].taints = [.init(key: "k", value: "a!", effect: .noExecute)] }
        == ["spec.pools[0].taints[0].value InvalidTaint"])
    #expect(
      found {
        $0.pools[0].taints = [.init(key: "k", effect: .noExecute), .init(key: "k", value: "v", effect: .noExecute)]
      }
        == ["spec.pools[0].taints[1] DuplicateTaint"])
    #expect(
      found { $0.pools[0].rollout = .init(maxUnavailable: 0, drainTimeoutSeconds: 0) } == [
        "spec.pools[0].rollout.maxUnavailable InvalidRollout",
        "spec.pools[0].rollout.drainTimeoutSeconds InvalidRollout",
      ])
  }

  @Test("all errors are found, not only the first")
  func findsAll() {
    let all = found(name: "X") {
      $0.mode = .controller
      $0.controlPlane.replicas = 2
      $0.network.podCIDR = "x"
      $0.pools[0].name = "Y"
    }
    #expect(all.count == 5)
  }

  func change(_ change: (inout Cluster.Spec) -> Void) -> [EaselError] {
    var old = good
    old.controlPlane.endpoint = "api.example.com:6443"
    var new = old
    change(&new)
    return ClusterValidation.checkChange(from: old, to: new)
  }

  @Test("permanent fields stay")
  func permanent() {
    let errors = change {
      $0.mode = .appliance
      $0.profile.name = "other"
      $0.network = .init(podCIDR: "10.1.0.0/16", serviceCIDR: "10.2.0.0/16")
      $0.controlPlane.endpoint = "other:6443"
    }
    #expect(errors.count == 5 && errors.allSatisfy { $0.code == "Permanent" && $0.advice.contains("put back") })
    #expect(change { $0.controlPlane.endpoint = nil } == [])
    #expect(change { $0.pools = [] } == [])
  }

  @Test("a version goes up one minor at a time and never down")
  func versions() {
    func to(_ version: String) -> EaselError? { change { $0.kubernetesVersion = KubernetesVersion(version)! }.first }
    for version in ["v1.31.4", "v1.31.9", "v1.32.0", "v1.32.7"] { #expect(to(version) == nil) }
    for version in ["v1.31.3", "v1.30.9", "v1.31.4-rc.1"] { #expect(to(version)?.code == "Downgrade") }
    for version in ["v1.33.0", "v1.34.0", "v2.0.0"] {
      #expect(to(version)?.code == "SkipsMinor" && to(version)?.advice.contains("v1.32") == true)
    }
  }

  @Test("a host has a name, a reachable address and nothing that ssh would take for an option")
  func hostDefinition() {
    func check(_ name: String = "node-1.example", _ change: (inout Host.Spec) -> Void) -> [String] {
      var spec = Host.Spec(transport: .ssh, address: "192.0.2.7")
      change(&spec)
      return HostValidation.check(name: name, spec: spec).map { "\($0.field ?? "-") \($0.code)" }
    }
    #expect(check { _ in } == [])
    #expect(check { $0.hostKey = "SHA256:" + String(repeating: "aB3+/", count: 8) + "abc" } == [])
    #expect(check("Node") { _ in } == ["metadata.name InvalidName"])
    for address in ["node", "", "0.0.0.0", "127.0.0.1", "224.0.0.1", "::1"] {
      #expect(check { $0.address = address } == ["spec.address InvalidAddress"], "\(address)")
    }
    for text in ["-oProxyCommand=x", "", "a b", "a\u{0}"] {
      #expect(check { $0.sshHost = text } == ["spec.sshHost InvalidSSH"])
      #expect(check { $0.user = text } == ["spec.user InvalidSSH"])
    }
    #expect(check { $0.sshConfig = "/home/a b/config" } == [])
    #expect(
      check { $0.port = 0 } == ["spec.port InvalidPort"] && check { $0.port = 65_536 } == ["spec.port InvalidPort"])
    #expect(check { $0.hostKey = "MD5:00" } == ["spec.hostKey InvalidHostKey"])
  }
}
