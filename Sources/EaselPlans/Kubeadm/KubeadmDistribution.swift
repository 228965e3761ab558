package import EaselHostPlan
package import EaselModel

/// Kubernetes by kubeadm, from 1.20 to 1.35.
package struct KubeadmDistribution: Distribution {
  package init() {}

  package var name: String { "kubeadm" }

  package func plan(
    for verb: TaskVerb, context: TaskContext, inventory: Inventory?, content: ContentIndex
  ) throws -> HostPlan {
    let plan = try KubeadmPlan(context: context, inventory: inventory, content: content)
    return try HostPlan(
      title: Self.title(of: verb, context: context), readOnly: verb.isReadOnly, steps: try Self.steps(verb, plan))
  }

  private static func steps(_ verb: TaskVerb, _ plan: KubeadmPlan) throws -> [PlanStep] {
    switch verb {
    case .preflight: plan.preflight()
    case .prepare: try plan.prepare()
    case .initialize: try plan.initialize()
    case .mintJoinSecrets: plan.mintJoinSecrets()
    case .join: try plan.join()
    case .connect: plan.connect()
    case .describeNode: try plan.describeNode()
    case .publish: try plan.publish()
    case .stage: try plan.stage()
    case .backup: plan.backup()
    case .upgradeComponents: try plan.upgradeComponents()
    case .upgradeKubelet: try plan.upgradeKubelet()
    case .cordon: plan.cordon()
    case .uncordon: plan.uncordon()
    case .drain: plan.drain()
    case .removeEtcdMember: plan.removeEtcdMember()
    case .deleteNode: plan.deleteNode()
    case .reset: plan.reset()
    case .checkCertificates: plan.checkCertificates()
    case .reboot: try plan.reboot()
    case .powerOff: try plan.powerOff()
    case .readCredentials: plan.readCredentials()
    case .adopt, .takeOver, .dismiss, .powerOn:
      throw EaselError(
        .usage, "VerbWithoutPlan", "\(verb.rawValue) is done by the transport and has no plan",
        advice: "ask the host's transport for it")
    }
  }

  static func title(of verb: TaskVerb, context: TaskContext) -> String {
    let here = context.member.nodeName
    let subject = context.subject?.nodeName ?? here
    let cluster = context.clusterName
    return switch verb {
    case .adopt: "install the agent on \(here)"
    case .takeOver: "become the owner of \(here)"
    case .dismiss: "take the agent off \(here)"
    case .preflight: "look whether \(here) can be a \(context.member.role.words) node of \(cluster)"
    case .prepare: "prepare \(here) for \(cluster) \(context.version)"
    case .initialize: "initialize \(cluster) \(context.version) on \(here)"
    case .mintJoinSecrets: "mint what joining \(cluster) needs on \(here)"
    case .join: "join \(here) to \(cluster) as a \(context.member.role.words) node"
    case .connect: "connect \(here) to the members of \(cluster)"
    case .describeNode: "label \(subject)"
    case .publish: "publish the definition of \(cluster)"
    case .stage: "stage \(context.version) on \(here)"
    case .backup: "back up \(cluster) on \(here)"
    case .upgradeComponents: "upgrade the components of \(here) to \(context.version)"
    case .upgradeKubelet: "upgrade the kubelet of \(here) to \(context.version)"
    case .cordon: "cordon \(subject)"
    case .uncordon: "uncordon \(subject)"
    case .drain: "drain \(subject)"
    case .removeEtcdMember: "remove \(subject) from the etcd of \(cluster)"
    case .deleteNode: "delete the node \(subject)"
    case .reset: "reset \(here)"
    case .checkCertificates: "read the certificates of \(here)"
    case .reboot: "reboot \(here)"
    case .powerOff: "power \(here) off"
    case .readCredentials: "read the administrator's credentials on \(here)"
    case .powerOn: "power \(here) on"
    }
  }

  package func observationPlan(context: TaskContext) throws -> HostPlan {
    let plan = try KubeadmPlan(context: context, inventory: nil, content: ContentIndex())
    return try HostPlan(
      title: "look at \(context.clusterName) from \(context.member.nodeName)", readOnly: true,
      steps: KubeadmObservation.steps(plan))
  }

  package func observation(outputs: [String: String], context: TaskContext) -> ClusterObservation {
    KubeadmObservation.read(outputs, node: context.member.nodeName)
  }

  package func definitionPlan() throws -> HostPlan {
    try HostPlan(title: "read the definition of the cluster", readOnly: true, steps: PublishedDefinition.steps())
  }

  package func definition(outputs: [String: String], host: String) throws -> ReadDefinition {
    try PublishedDefinition.read(outputs, host: host)
  }

  package func secretsNeeded(for verb: TaskVerb, role: Machine.Role) -> [String] {
    verb == .join ? Self.joinSecrets(for: role) : []
  }

  static func joinSecrets(for role: Machine.Role) -> [String] {
    [SecretName.joinToken] + (role == .controlPlane ? [SecretName.certificateKey] : [])
  }

  package func outcome(
    of verb: TaskVerb, context: TaskContext, outputs: [String: String], secretOutputs: [String: Secret], now: Timestamp
  ) throws -> (outcome: DurableTask.Outcome, secrets: [String: Secret]) {
    var outcome = DurableTask.Outcome()
    var secrets: [String: Secret] = [:]
    switch verb {
    case .initialize, .readCredentials:
      guard let kubeconfig = secretOutputs[SecretName.kubeconfig] else { throw Self.unreadable("admin.conf", context) }
      secrets[SecretName.kubeconfig] = kubeconfig
      // kubeadm's client certificates end after a year; a day earlier is on the safe side.
      outcome.secrets[SecretName.kubeconfig] = now.adding(seconds: 364 * 86_400)
    case .mintJoinSecrets:
      guard let join = secretOutputs["join-command"]?.text.flatMap(KubeadmOutput.joinCommand) else {
        throw Self.unreadable("kubeadm token create", context)
      }
      guard let key = secretOutputs["upload-certs"]?.text.flatMap(KubeadmOutput.certificateKey) else {
        throw Self.unreadable("kubeadm init phase upload-certs", context)
      }
      secrets[SecretName.joinToken] = Secret("token: \"\(join.token)\", caCertHashes: [\"\(join.hash)\"]")
      secrets[SecretName.certificateKey] = Secret(key)
      // The plan may have taken minutes since the first of them was minted.
      let end = now.adding(seconds: KubeadmPlan.secretSeconds - 300)
      outcome.secrets = [SecretName.joinToken: end, SecretName.certificateKey: end]
      outcome.facts["caCertHash"] = join.hash
    case .cordon, .uncordon:
      let fields = (outputs["cordon"] ?? "").split(separator: "\t", omittingEmptySubsequences: false)
      let mark = fields.count > 1 ? fields[1].trimmed() : ""
      outcome.facts["cordonedByEasel"] = fields.first == "true" && mark == "easel" ? "true" : "false"
    case .backup:
      let name = outputs["backup"].map { Substring($0).trimmed() } ?? ""
      if !name.isEmpty { outcome.facts["backup"] = "\(Paths.backups)/\(name)" }
    case .checkCertificates:
      for certificate in KubeadmOutput.certificates(outputs["certificates"] ?? "", node: context.member.nodeName) {
        outcome.facts["certificate/\(certificate.name)"] = certificate.expiresAt.description
      }
    case .upgradeComponents: outcome.facts["componentVersion"] = context.version.description
    case .upgradeKubelet: outcome.facts["kubeletVersion"] = context.version.description
    default: break
    }
    return (outcome, secrets)
  }

  private static func unreadable(_ what: String, _ context: TaskContext) -> EaselError {
    EaselError(
      .failed, "OutputUnreadable",
      "reading what \(what) printed on \(context.member.nodeName): it is missing or not in the expected form",
      advice: "retry; if it stays so, run it on the host and compare")
  }
}

extension Secret {
  /// The value as text; nil when it is not UTF-8. Used only to take a secret apart.
  fileprivate var text: String? { withBytes { String(validating: $0, as: UTF8.self) } }
}
