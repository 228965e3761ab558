internal import EaselModel

/// Refuses a context in which any text could be taken for something else on a command line or in a file.
struct ContextCheck {
  private let context: TaskContext

  init(_ context: TaskContext) { self.context = context }

  /// - Throws: `PlanInputInvalid` with the field, or `VersionUnsupported`.
  func run() throws(EaselError) {
    for version in [context.version, context.fromVersion].compactMap({ $0 }) {
      guard version.major == 1, (20...35).contains(version.minor) else {
        throw EaselError(
          .refused, "VersionUnsupported", "this build knows kubeadm from v1.20 to v1.35, not \(version)",
          advice: "choose a version in that range", field: "version")
      }
      try check(Argument.isFileName(version.description), version.description, "a Kubernetes version", "version")
    }
    try check(Argument.isLabel(context.clusterName), context.clusterName, "a cluster name (RFC 1123)", "clusterName")
    try check(Argument.isIdentity(context.clusterUID.text), context.clusterUID.text, "a uid", "clusterUID")
    try check(Argument.isEndpoint(context.endpoint), context.endpoint, "an endpoint host:port", "endpoint")
    try check(Argument.isIPv4Network(context.clusterPodCIDR), context.clusterPodCIDR, "a network", "clusterPodCIDR")
    try check(Argument.isIPv4Network(context.serviceCIDR), context.serviceCIDR, "a network", "serviceCIDR")
    if !context.endpointAddress.isEmpty {
      try check(Argument.isIPv4(context.endpointAddress), context.endpointAddress, "an address", "endpointAddress")
    }
    try check(context.member, "member")
    if let subject = context.subject { try check(subject, "subject") }
    for (index, other) in context.others.enumerated() { try check(other, "others[\(index)]") }
    for (key, value) in context.labels.sorted(by: { $0.key < $1.key }) {
      try check(Argument.isQualifiedName(key), key, "a label key", "labels")
      try check(Argument.isLabelValue(value), value, "a label value", "labels.\(key)")
    }
    for (index, taint) in context.taints.enumerated() {
      try check(Argument.isQualifiedName(taint.key), taint.key, "a taint key", "taints[\(index)].key")
      try check(Argument.isLabelValue(taint.value ?? ""), taint.value ?? "", "a taint value", "taints[\(index)].value")
    }
    if let boot = context.bootID { try check(Argument.isIdentity(boot), boot, "a boot id", "bootID") }
    guard (1...86_400).contains(context.drainTimeoutSeconds) else {
      throw EaselError(
        .refused, "PlanInputInvalid", "a drain's limit must be 1 to 86400 seconds, not \(context.drainTimeoutSeconds)",
        advice: "give the pool's rollout a limit in that range", field: "drainTimeoutSeconds")
    }
  }

  private func check(_ member: TaskContext.Member, _ field: String) throws(EaselError) {
    try check(Argument.isSubdomain(member.nodeName), member.nodeName, "a node name (RFC 1123)", "\(field).nodeName")
    try check(Argument.isIPv4(member.address), member.address, "an IPv4 address", "\(field).address")
    try check(Argument.isIPv4Network(member.podCIDR), member.podCIDR, "an IPv4 network", "\(field).podCIDR")
  }

  private func check(_ good: Bool, _ text: String, _ what: String, _ field: String) throws(EaselError) {
    if good { return }
    throw EaselError(
      .refused, "PlanInputInvalid", "making a plan: \"\(text)\" is not \(what)",
      advice: "correct the object that it comes from", field: field)
  }
}
