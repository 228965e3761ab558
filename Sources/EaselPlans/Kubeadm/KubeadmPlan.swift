internal import EaselHostPlan
internal import EaselModel

/// The inputs of one plan, checked, with what follows from them. Each verb's steps are an extension in a file of their own.
struct KubeadmPlan: Sendable {
  let context: TaskContext
  let inventory: Inventory?
  let content: ContentIndex
  let rules: KubeadmRules
  let architecture: String

  /// - Throws: `PlanInputInvalid` for anything that must not reach a command line; `VersionUnsupported`.
  init(context: TaskContext, inventory: Inventory?, content: ContentIndex) throws(EaselError) {
    try ContextCheck(context).run()
    self.context = context
    self.inventory = inventory
    self.content = content
    rules = KubeadmRules(version: context.version)
    architecture = ContentIndex.architecture(of: inventory?.architecture)
  }

  var member: TaskContext.Member { context.member }
  /// The node that a verb on a control-plane host is about.
  var subject: TaskContext.Member { context.subject ?? context.member }
  var isControlPlane: Bool { member.role == .controlPlane }
  var hasCoreDNS: Bool { content.hasCoreDNS(for: context.version, arch: architecture) }

  /// The endpoint without its port.
  var endpointHost: String { context.endpoint.split(separator: ":").first.map(String.init) ?? context.endpoint }
  /// Names that Easel made up are kept in /etc/hosts; an operator's own endpoint is the operator's to resolve.
  var keepsEndpointInHosts: Bool { endpointHost.hasSuffix(".easel.internal") }

  func kubectl(_ arguments: [String], timeoutSeconds: Int = 30) -> [String] {
    Client.kubectl(arguments, at: member.address, timeoutSeconds: timeoutSeconds)
  }

  // MARK: - Rules that look at the host

  /// systemd manages cgroups v2 alone; under v1 and hybrid hierarchies the plain file system driver works everywhere.
  var usesSystemdCgroups: Bool { (inventory?.cgroupMode ?? "v2") == "v2" }
  /// Without CAP_SYS_RESOURCE (containers) containerd must not try to protect pods from the out-of-memory killer.
  var restrictsOOMScore: Bool { inventory.map { !$0.canSetOOMScore } ?? false }
  /// A host with swap keeps it: the kubelet is told to start all the same, and pods do not use it.
  var hasSwap: Bool { (inventory?.swapBytes ?? 0) > 0 }
  /// A host without kernel modules (a container, or a kernel with all built in) cannot change the connection tracking table's
  /// size; kube-proxy must leave it alone. The setting is the whole cluster's: the first control plane decides.
  var leavesConntrackAlone: Bool { inventory.map { !$0.hasKernelModules } ?? false }

  /// kubeadm's own checks that must not stop it, each for a reason that was detected.
  var ignoredChecks: [String] {
    var ignored: [String] = []
    if !hasCoreDNS && isControlPlane { ignored.append("ImagePull") }
    if hasSwap { ignored.append("Swap") }
    if !usesSystemdCgroups && rules.systemCheckRefusesCgroupV1 { ignored.append("SystemVerification") }
    return ignored
  }

  /// kubeadm's checks before an upgrade; without CoreDNS it complains about its migration.
  var ignoredUpgradeChecks: [String] {
    ignoredChecks + (hasCoreDNS ? [] : ["CoreDNSUnsupportedPlugins", "CoreDNSMigration"])
  }

  // MARK: - Content

  /// - Throws: `ContentMissing`, naming everything that the content index lacks for this version.
  func requireContent() throws(EaselError) {
    let missing = content.missing(for: context.version, role: member.role, arch: architecture)
    guard missing.isEmpty else {
      throw EaselError(
        .refused, "ContentMissing",
        "the content directory lacks what Kubernetes \(context.version) needs on \(architecture): "
          + missing.joined(separator: ", "),
        advice: "add it to the content directory and its content.json, or choose a version that is there: "
          + content.kubernetesVersions.joined(separator: ", "))
    }
  }

  func binary(_ name: String) throws(EaselError) -> ContentIndex.Item {
    let found =
      ContentIndex.tools.contains(name)
      ? content.newest(role: "binary", name: name, arch: architecture)
      : content.items(role: "binary", name: name, for: context.version, arch: architecture).first
    guard let found else {
      throw EaselError(
        .refused, "ContentMissing", "the content directory lacks the binary \(name) of \(context.version)",
        advice: "add it to the content directory and its content.json")
    }
    return found
  }

  /// Puts a binary in its place by an atomic rename; a running process keeps the file that it started from.
  func place(_ item: ContentIndex.Item, at path: String, step: String) -> PlanStep {
    PlanStep(
      step, "Place \(item.name) \(item.version) at \(path)",
      .place(
        ContentReference(sha256: item.sha256, size: item.size, name: item.path), path: path, mode: 0o755),
      undo: .remove([path]), timeLimitSeconds: 300)
  }

  func place(binary name: String) throws(EaselError) -> PlanStep {
    place(try binary(name), at: "\(Paths.binaries)/\(name)", step: "place-\(name)")
  }

  /// The archives are imported while whatever runs keeps running; one that containerd knows already is not even copied.
  func importImages() -> [PlanStep] {
    var steps: [PlanStep] = []
    for item in content.images(for: member.role, version: context.version, arch: architecture) {
      let archive = "\(Paths.archives)/\(item.name)-\(item.sha256.prefix(12)).tar"
      let known = StepCheck.all(
        item.images.map { Script.printsLine.check([$0, "ctr", "-n", "k8s.io", "images", "ls", "-q"]) })
      let suffix = item.name + (item.version.isEmpty ? "-" + item.sha256.prefix(6) : "")
      steps.append(
        PlanStep(
          "place-image-\(suffix)", "Place the archive of \(item.images.joined(separator: ", "))",
          .place(
            ContentReference(sha256: item.sha256, size: item.size, name: item.path), path: archive, mode: 0o600),
          check: known, undo: .remove([archive]), timeLimitSeconds: 300))
      steps.append(
        PlanStep(
          "import-image-\(suffix)", "Import \(item.images.joined(separator: ", "))",
          .run(Command(["ctr", "-n", "k8s.io", "images", "import", archive])), check: known,
          undo: .run(Command(["ctr", "-n", "k8s.io", "images", "rm"] + item.images)), timeLimitSeconds: 600))
    }
    steps.append(
      PlanStep("remove-archives", "Remove the imported archives", .remove([Paths.archives]), timeLimitSeconds: 60))
    return steps
  }

  /// Bytes that the plan's files take on the host while they are placed and imported.
  var contentBytes: Int64 {
    let names = ContentIndex.versionedBinaries + ContentIndex.tools
    let binaries = names.compactMap { try? binary($0) }.reduce(Int64(0)) { $0 + $1.size }
    let images = content.images(for: member.role, version: context.version, arch: architecture)
    return binaries * 2 + images.reduce(Int64(0)) { $0 + $1.size } * 3
  }
}
