internal import EaselModel
internal import EaselTerminal
import FoundationEssentials

/// What has been chosen so far for a new cluster. Kept as text when the wizard is left.
struct WizardDraft: Codable, Sendable, Hashable {
  static let key = "create-cluster"

  var step = 0
  var name = ""
  var profile = "kubeadm"
  var version = ""
  var podCIDR = Cluster.Network().podCIDR
  var serviceCIDR = Cluster.Network().serviceCIDR
  var endpoint = ""
  var controlPlane = "1"
  var controlHosts: [String] = []
  /// At least one.
  var pools = [Pool()]

  /// Workers of one kind, as they are typed.
  struct Pool: Codable, Sendable, Hashable {
    var name = "workers"
    var machines = "1"
    var hosts: [String] = []
    /// `tier=web, zone=a`
    var labels = ""
    /// `dedicated=web:NoSchedule`
    var taints = ""
    var maxUnavailable = "1"
    var drainSeconds = "300"
  }

  init() {}

  init?(text: String?) {
    guard let text, let draft = try? JSONDecoder().decode(WizardDraft.self, from: Data(text.utf8)) else { return nil }
    self = draft
  }

  var text: String {
    guard let data = try? JSONEncoder().encode(self) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// The definition that it stands for; a version or number that is none becomes one that validation refuses.
  func spec(_ site: SiteSnapshot?) -> Cluster.Spec {
    let stored = site?.profiles.first { $0.name == profile }
    let pools = pools.compactMap { pool -> Cluster.Pool? in
      let replicas = Int(pool.machines) ?? -1
      // One pool of nobody is no pool.
      if self.pools.count == 1, replicas == 0, pool.hosts.isEmpty { return nil }
      return Cluster.Pool(
        name: pool.name, replicas: replicas, hosts: pool.hosts, labels: pool.labelPairs.pairs,
        taints: pool.taintList.taints,
        rollout: Cluster.Rollout(
          maxUnavailable: Int(pool.maxUnavailable) ?? -1, drainTimeoutSeconds: Int(pool.drainSeconds) ?? -1))
    }
    return Cluster.Spec(
      profile: Cluster.ProfileReference(name: profile, version: stored?.spec.version ?? ""),
      kubernetesVersion: KubernetesVersion(version) ?? KubernetesVersion(major: 0, minor: 0, patch: 0),
      network: Cluster.Network(podCIDR: podCIDR, serviceCIDR: serviceCIDR),
      controlPlane: Cluster.ControlPlane(
        replicas: Int(controlPlane) ?? -1, hosts: controlHosts, endpoint: endpoint.isEmpty ? nil : endpoint),
      pools: pools)
  }

  var intent: (SiteSnapshot?) -> Intent { { site in .createCluster(name: name, spec: spec(site), labels: [:]) } }

  /// All that is wrong with it, with the paths of the fields.
  func errors(_ site: SiteSnapshot?) -> [EaselErrorText] {
    var found: [EaselErrorText] = []
    if name.isEmpty {
      found.append(EaselErrorText(path: "metadata.name", text: tr("write a name")))
    } else if site?.clusters.first(named: name) != nil {
      found.append(EaselErrorText(path: "metadata.name", text: tr("there is a cluster \(name) already")))
    }
    if site?.site.lacksContent == true {
      let text = tr("no content folder yet: name one on the page Content")
      found.append(EaselErrorText(path: "spec.kubernetesVersion", text: text))
    } else if KubernetesVersion(version) == nil {
      found.append(EaselErrorText(path: "spec.kubernetesVersion", text: tr("write a version such as v1.31.4")))
    }
    for (index, pool) in pools.enumerated() { found += pool.errors("spec.pools[\(index)]") }
    found += Self.refused(controlHosts, site, "spec.controlPlane.hosts")
    for (index, pool) in pools.enumerated() { found += Self.refused(pool.hosts, site, "spec.pools[\(index)].hosts") }
    let spec = spec(site)
    let free = site?.freeHosts.count ?? 0
    if spec.machineCount > free, pools.allSatisfy({ Int($0.machines) != nil }) {
      let text = tr(
        free, one: "\(spec.machineCount) machines are needed in all, \(free) host free",
        other: "\(spec.machineCount) machines are needed in all, \(free) hosts free")
      found.append(EaselErrorText(path: "spec.pools[\(pools.count - 1)].replicas", text: text))
    }
    let profile = site?.profiles.first { $0.name == self.profile }
    for error in ClusterValidation.check(name: name, spec: spec, profile: profile) {
      found.append(EaselErrorText(path: error.field ?? "", text: error.message))
    }
    return found
  }
}

extension WizardDraft {
  /// Hosts that are named although they cannot be taken now.
  private static func refused(_ hosts: [String], _ site: SiteSnapshot?, _ path: String) -> [EaselErrorText] {
    guard let site, !hosts.isEmpty else { return [] }
    let busy = site.busyHosts
    return hosts.compactMap { name in
      site.hosts.first(named: name).flatMap { site.refusal(of: $0, busy: busy) }.map {
        EaselErrorText(path: path, text: tr("\(name) cannot be taken: \($0); Space takes its mark away"))
      }
    }
  }

  /// Forgets the hosts that the site has forgotten.
  mutating func keepHosts(of site: SiteSnapshot) {
    if controlHosts.isEmpty, pools.allSatisfy(\.hosts.isEmpty) { return }
    let names = Set(site.hosts.names)
    controlHosts.removeAll { !names.contains($0) }
    for index in pools.indices { pools[index].hosts.removeAll { !names.contains($0) } }
  }
}

extension SiteSnapshot {
  /// Why a cluster cannot take a host; nil where it can.
  ///
  /// - Parameter busy: the site's busy hosts.
  func refusal(of host: Host, busy: Set<UID>) -> String? {
    if let cluster = host.status.cluster { return tr("a member of \(cluster)") }
    if host.spec.maintenance { return tr("in maintenance") }
    if host.status.phase != .ready { return host.statusPhrase(isCordoned: false).text.lowercased() }
    if host.status.leftover != nil { return tr("holds what a cluster left behind") }
    return busy.contains(host.uid) ? tr("an operation is at work on it") : nil
  }
}

extension WizardDraft.Pool {
  /// The labels, and what of the text is none.
  var labelPairs: (pairs: [String: String], wrong: [String]) {
    var pairs: [String: String] = [:]
    var wrong: [String] = []
    for part in Self.parts(labels) {
      let sides = part.split(separator: "=" as Character, maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      if sides.count == 2, !sides[0].isEmpty { pairs[sides[0]] = sides[1] } else { wrong.append(part) }
    }
    return (pairs, wrong)
  }

  /// The taints, and what of the text is none.
  var taintList: (taints: [Cluster.Taint], wrong: [String]) {
    var taints: [Cluster.Taint] = []
    var wrong: [String] = []
    for part in Self.parts(self.taints) {
      if let taint = TaintText.taint(part) { taints.append(taint) } else { wrong.append(part) }
    }
    return (taints, wrong)
  }

  private static func parts(_ text: String) -> [String] {
    text.split { $0 == "," || $0 == " " }.map(String.init)
  }

  /// What the rules cannot say, because it does not get as far as a definition.
  func errors(_ path: String) -> [EaselErrorText] {
    var found: [EaselErrorText] = []
    if Int(machines) == nil {
      found.append(EaselErrorText(path: "\(path).replicas", text: tr("write a number, 0 or more")))
    }
    if let wrong = labelPairs.wrong.first {
      found.append(EaselErrorText(path: "\(path).labels", text: tr("\(wrong) is no label: write name=value")))
    }
    if let wrong = taintList.wrong.first {
      found.append(
        EaselErrorText(
          path: "\(path).taints",
          text: tr("\(wrong) is no taint: write key=value:NoSchedule, PreferNoSchedule or NoExecute")))
    }
    if Int(maxUnavailable) == nil {
      found.append(EaselErrorText(path: "\(path).rollout.maxUnavailable", text: tr("write a number, 1 or more")))
    }
    if Int(drainSeconds) == nil {
      found.append(EaselErrorText(path: "\(path).rollout.drainTimeoutSeconds", text: tr("write a number of seconds")))
    }
    return found
  }
}
