/// The rules that a cluster's definition must keep, each error with the path of its field.
///
/// Every function finds all that is wrong, not only the first, and looks at nothing but its arguments.
package enum ClusterValidation {
  /// The longest cluster name: it leaves room for machine names (`<cluster>-<pool>-<number>`) in 63 characters.
  package static let longestName = 40
  /// etcd's practical limit.
  package static let mostControlPlanes = 7
  /// Kubernetes' tested limit of nodes in one cluster.
  package static let mostMachines = 5000
  /// The name that stands for the control plane wherever pools are named.
  package static let controlPlaneName = "control-plane"

  /// What is wrong with a cluster as such; empty when nothing is.
  ///
  /// - Parameter profile: the stored profile of the name that the spec has; nil when there is none.
  package static func check(name: String, spec: Cluster.Spec, profile: Profile?) -> [EaselError] {
    var findings = Findings()
    findings.form(
      "metadata.name", name, Syntax.labelProblem(name, limit: longestName), code: "InvalidName",
      what: "a cluster name", advice: "use up to \(longestName) lower-case letters, digits and \"-\", such as edge-1")
    if spec.mode != .agent {
      findings.add(
        "spec.mode", "NotYet", "the mode \"\(spec.mode.rawValue)\" is not there yet",
        advice: "use mode agent, the default")
    }
    checkProfile(spec, profile, &findings)
    checkNetwork(spec, &findings)
    checkControlPlane(spec, &findings)
    checkPools(name: name, spec, &findings)
    checkHosts(spec, &findings)
    return findings.errors
  }

  /// Which of a cluster's own networks holds the address of a host: what is sent to it from inside the cluster would never leave its
  /// machine, so the host cannot be a member. nil for a host that is known by name.
  package static func ownNetwork(of spec: Cluster.Spec, holding host: Host) -> (field: String, network: CIDR)? {
    guard let address = IPAddress(host.spec.address) else { return nil }
    for (field, text) in [("podCIDR", spec.network.podCIDR), ("serviceCIDR", spec.network.serviceCIDR)] {
      if let network = CIDR(text), network.contains(address) { return ("spec.network.\(field)", network) }
    }
    return nil
  }

  private static func checkProfile(_ spec: Cluster.Spec, _ profile: Profile?, _ findings: inout Findings) {
    let wanted = spec.profile
    guard let profile, profile.name == wanted.name else {
      findings.add(
        "spec.profile.name", "UnknownProfile", "there is no profile \"\(wanted.name)\"",
        advice: "use the built-in profile kubeadm")
      return
    }
    if profile.spec.version != wanted.version {
      findings.add(
        "spec.profile.version", "UnknownProfile",
        "the profile \(profile.name) has no version \"\(wanted.version)\"",
        advice: "use version \(profile.spec.version)")
    }
    let (version, oldest, newest) = (spec.kubernetesVersion, profile.spec.oldestMinor, profile.spec.newestMinor)
    if version.major != 1 || !(oldest...max(oldest, newest)).contains(version.minor) {
      findings.add(
        "spec.kubernetesVersion", "VersionNotAllowed",
        "\(version) is not among the versions that the profile \(profile.name) allows",
        advice: "use a version from v1.\(oldest) to v1.\(newest)")
    }
  }

  private static func checkNetwork(_ spec: Cluster.Spec, _ findings: inout Findings) {
    let pods = network("spec.network.podCIDR", spec.network.podCIDR, &findings)
    let services = network("spec.network.serviceCIDR", spec.network.serviceCIDR, &findings)
    if let pods {
      let length = Cluster.Network.machinePrefixLength
      let room = pods.subnetCount(length: length)
      // Sizes that are out of range are reported by themselves; their sum could overflow.
      let sizes = ([spec.controlPlane.replicas] + spec.pools.map(\.replicas)).map { min(max(0, $0), mostMachines) }
      let count = sizes.reduce(0, +)
      if room < count || room == 0 {
        findings.add(
          "spec.network.podCIDR", "NetworkTooSmall",
          "\(pods) has room for \(room) machines with a /\(length) each, the cluster has \(count)",
          advice: "use a shorter prefix, such as \(CIDR(containing: pods.address, length: 16))")
      }
    }
    if let services, !(12...28).contains(services.length) {
      // kube-apiserver: "specified --service-cluster-ip-range is too large" beyond 20 host bits.
      findings.add(
        "spec.network.serviceCIDR", "InvalidCIDR", "\(services) is not between /12 and /28",
        advice: "use a network such as 10.96.0.0/12")
    }
    if let pods, let services, pods.overlaps(services) {
      findings.add(
        "spec.network.serviceCIDR", "Overlap", "\(services) overlaps the pod network \(pods)",
        advice: "choose two networks that share no address")
    }
    guard let endpoint = spec.controlPlane.endpoint.flatMap(Endpoint.init),
      let address = IPAddress(endpoint.host)
    else { return }
    for network in [pods, services].compactMap(\.self) where network.contains(address) {
      findings.add(
        "spec.controlPlane.endpoint", "Overlap", "\(address) lies in the cluster's own network \(network)",
        advice: "use an address of the hosts' network")
    }
  }

  private static func network(_ field: String, _ text: String, _ findings: inout Findings) -> CIDR? {
    guard let network = CIDR(text) else {
      if let meant = CIDR.canonical(of: text) {
        findings.add(
          field, "InvalidCIDR", "\"\(text)\" is an address inside a network, not a network", advice: "write \(meant)")
      } else {
        findings.add(
          field, "InvalidCIDR", "\"\(text)\" is not a network", advice: "use a network such as 10.244.0.0/16")
      }
      return nil
    }
    if network.address.family == .v6 {
      findings.add(field, "NotYet", "IPv6 networks such as \(network) are not there yet", advice: "use an IPv4 network")
      return nil
    }
    if network.contains(IPAddress(family: .v4, bits: 127 << 24)) || network.address.isLoopback
      || network.address.isMulticast || network.address.isUnspecified
    {
      findings.add(
        field, "InvalidCIDR", "\(network) holds addresses that no pod or service can have",
        advice: "use a private network such as 10.244.0.0/16")
      return nil
    }
    return network
  }

  private static func checkControlPlane(_ spec: Cluster.Spec, _ findings: inout Findings) {
    let replicas = spec.controlPlane.replicas
    if replicas < 1 || replicas > mostControlPlanes || replicas % 2 == 0 {
      let inRange = min(max(1, replicas), mostControlPlanes)
      findings.add(
        "spec.controlPlane.replicas", "ControlPlaneSize",
        "\(replicas) control-plane machines are not an odd number from 1 to \(mostControlPlanes)",
        advice: "use \(inRange + 1 - inRange % 2): an even number stands no more failures than one less")
    }
    if let text = spec.controlPlane.endpoint, Endpoint(text) == nil {
      findings.add(
        "spec.controlPlane.endpoint", "InvalidEndpoint", "\"\(text)\" is not a name or address with a port",
        advice: "use a form such as api.example.com:6443, 192.0.2.10:6443 or [2001:db8::10]:6443")
    }
  }

  private static func checkHosts(_ spec: Cluster.Spec, _ findings: inout Findings) {
    var groups = [("spec.controlPlane", spec.controlPlane.hosts, spec.controlPlane.replicas)]
    for (index, pool) in spec.pools.enumerated() { groups.append(("spec.pools[\(index)]", pool.hosts, pool.replicas)) }
    var users: [String: String] = [:]
    for (field, hosts, replicas) in groups {
      for (index, host) in hosts.enumerated() {
        let path = "\(field).hosts[\(index)]"
        findings.form(
          path, host, Syntax.subdomainProblem(host, limit: 63), code: "InvalidName", what: "a host name",
          advice: "use the name that the host was added under")
        if let other = users.updateValue(path, forKey: host) {
          findings.add(
            path, "DuplicateHost", "host \"\(host)\" is named twice, first in \(other)",
            advice: "name each host once: it carries one machine")
        }
      }
      if hosts.count > max(0, replicas) {
        findings.add(
          "\(field).hosts", "TooManyHosts",
          "\(hosts.count) host\(hosts.count == 1 ? " is" : "s are") named for \(replicas) "
            + "machine\(replicas == 1 ? "" : "s")",
          advice: "raise \(field).replicas or name fewer hosts")
      }
    }
  }
}

/// `host:port` in front of API servers.
package struct Endpoint: Hashable, Sendable {
  /// A DNS name or an IP address, without brackets.
  package var host: String
  package var port: Int

  /// Reads `name:port`, `192.0.2.1:port` or `[2001:db8::1]:port`; nil for anything else.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let (host, port) = (text[..<colon], text[text.index(after: colon)...])
    guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (48...57).contains($0) }), !port.hasPrefix("0"),
      let number = Int(port), number <= 65_535
    else { return nil }
    if host.hasPrefix("[") && host.hasSuffix("]") {
      let inner = String(host.dropFirst().dropLast())
      guard IPAddress(inner)?.family == .v6 else { return nil }
      self.host = inner
    } else if host.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) {
      // Digits and dots only: an address or nothing, never a DNS name (RFC 1123, 2.1).
      guard let address = IPAddress(String(host)), !address.isUnspecified, !address.isMulticast else { return nil }
      self.host = String(host)
    } else {
      guard Syntax.subdomainProblem(String(host)) == nil else { return nil }
      self.host = String(host)
    }
    self.port = number
  }
}
