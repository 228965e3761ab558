internal import EaselModel
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
  var pool = "workers"
  var workers = "1"
  var workerHosts: [String] = []

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
    let replicas = Int(workers) ?? -1
    var pools: [Cluster.Pool] = []
    if replicas != 0 || !workerHosts.isEmpty {
      pools = [Cluster.Pool(name: pool, replicas: replicas, hosts: workerHosts)]
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
    if site?.clusters.contains(where: { $0.name == name }) == true {
      found.append(EaselErrorText(path: "metadata.name", text: "there is a cluster \(name) already"))
    }
    if KubernetesVersion(version) == nil {
      found.append(EaselErrorText(path: "spec.kubernetesVersion", text: "write a version such as v1.31.4"))
    }
    if Int(workers) == nil {
      found.append(EaselErrorText(path: "spec.pools[0].replicas", text: "write a number, 0 or more"))
    }
    let spec = spec(site)
    let free = site?.hosts.filter { $0.status.cluster == nil && !$0.spec.maintenance }.count ?? 0
    if spec.machineCount > free, Int(workers) != nil {
      let text = "\(spec.machineCount) machines are needed in all, \(Words.count(free, "host")) free"
      found.append(EaselErrorText(path: "spec.pools[0].replicas", text: text))
    }
    let profile = site?.profiles.first { $0.name == self.profile }
    for error in ClusterValidation.check(name: name, spec: spec, profile: profile) {
      found.append(EaselErrorText(path: error.field ?? "", text: error.message))
    }
    return found
  }
}
