internal import EaselHostPlan
internal import EaselModel

/// Becoming a member: `kubeadm init` on the first machine, `kubeadm join` on the others. Both can be cut off at any point and
/// begun again.
extension KubeadmPlan {
  // MARK: - The first control plane

  private var initialized: Witness { Witness(Witness.initialized, for: member) }

  func initialize() throws -> [PlanStep] {
    try requireContent()
    // What kubeadm prints is logged: it must not print its token.
    var arguments = [Paths.kubeadm, "init", "--config", Paths.kubeadmConfig, "--skip-token-print"]
    if !hasCoreDNS && !rules.hasSkipPhases { arguments.append("--skip-phases=addon/coredns") }
    return [
      PlanStep(
        "write-config", "Write kubeadm's configuration",
        .write(FileSpec(path: Paths.kubeadmConfig, mode: 0o600, text: initConfiguration)),
        undo: .remove([Paths.kubeadmConfig])),
      waitIfComplete(kubectl(["get", "--raw", "/readyz"])),
      clearHalfMade(initialized),
      PlanStep(
        "init", "Make the first control plane", .run(Command(arguments)), check: initialized.check,
        undo: .run(Command(resetCommand)), timeLimitSeconds: 900),
      markComplete,
    ] + waitForControlPlane() + [
      PlanStep(
        "keep-kubeconfig", "Keep the administrator's credentials",
        .capture(.reading(["cat", Paths.adminConfig]), output: SecretName.kubeconfig, secret: true))
    ]
  }

  // MARK: - Everybody else

  private var joined: Witness {
    Witness(isControlPlane ? Witness.joinedControlPlane : Witness.joinedWorker, for: member)
  }

  func join() throws -> [PlanStep] {
    try requireContent()
    let secrets = KubeadmDistribution.joinSecrets(for: member.role)
    // Without any credentials kubectl asks for a user name; API servers since 1.19 take basic credentials for none at all.
    var steps = [
      PlanStep(
        "wait-for-endpoint", "Wait until the cluster's API answers at \(context.endpoint)",
        .wait(
          .reading([
            Paths.kubectl, "--kubeconfig=/dev/null", "--server=https://\(context.endpoint)",
            "--insecure-skip-tls-verify=true", "--username=nobody", "--password=none",
            "--cache-dir=\(Paths.kubectlCache)",
            "--request-timeout=10s", "get",
            "--raw", "/readyz",
          ]), everySeconds: 5), timeLimitSeconds: 300),
      clearHalfMade(joined),
      PlanStep(
        "write-config", "Write kubeadm's configuration",
        .write(FileSpec(path: Paths.joinConfig, mode: 0o600, text: joinConfiguration, secrets: secrets)),
        check: joined.check, undo: .remove([Paths.joinConfig]), timeLimitSeconds: 300),
      PlanStep(
        "join", "Join \(context.clusterName) as a \(member.role.words) node",
        .run(Command([Paths.kubeadm, "join", "--config", Paths.joinConfig])), check: joined.check,
        undo: .run(Command(resetCommand)), timeLimitSeconds: 900),
      PlanStep("remove-config", "Remove the configuration with the token", .remove([Paths.joinConfig])),
      markComplete,
    ]
    steps += isControlPlane ? waitForControlPlane() : []
    steps.append(waitForNode(kubectl: Client.kubectlAsNode([])))
    return steps
  }

  // MARK: - Both

  var resetCommand: [String] { [Paths.kubeadm, "reset", "-f", "--cri-socket", rules.criSocket] }

  var markComplete: PlanStep {
    PlanStep(
      "mark-complete", "Record that the machine is a member",
      .write(FileSpec(path: Paths.complete, text: "\(context.clusterUID)\n")))
  }

  /// A machine that was a member before may be starting: it must not be taken for a half-made one.
  private func waitIfComplete(_ command: [String]) -> PlanStep {
    PlanStep(
      "wait-for-earlier", "Wait for the API if the machine is a member already",
      .wait(
        Script(#"complete=$1; shift; test ! -e "$complete" || "$@""#).reading([Paths.complete] + command),
        everySeconds: 5), timeLimitSeconds: 300)
  }

  /// What a cut-off init or join left is cleared away.
  private func clearHalfMade(_ witness: Witness) -> PlanStep {
    PlanStep(
      "clear-half-made", "Clear what a cut-off attempt left", .run(Command(resetCommand)),
      check: witness.nothingHalfMade, timeLimitSeconds: 300)
  }

  private func waitForControlPlane() -> [PlanStep] {
    [
      PlanStep(
        "wait-for-api", "Wait until the machine's API server is ready",
        .wait(.reading(kubectl(["get", "--raw", "/readyz"])), everySeconds: 2), timeLimitSeconds: 600),
      PlanStep(
        "wait-for-member", "Wait until the machine is a voting member of etcd",
        .wait(
          Client.memberVotes.reading([member.nodeName] + Client.etcdctl(["member", "list"])), everySeconds: 3),
        timeLimitSeconds: 600),
      PlanStep(
        "wait-for-etcd", "Wait until every member of etcd is healthy",
        .wait(.reading(Client.etcdctl(["endpoint", "health", "--cluster"])), everySeconds: 3), timeLimitSeconds: 600),
      PlanStep(
        "wait-for-registration", "Wait until the node is registered",
        .wait(.reading(kubectl(["get", "node", member.nodeName, "-o", "name"])), everySeconds: 3),
        timeLimitSeconds: 300),
    ]
  }

  /// Ready as the kubelet says. Pods of the control plane lag behind by up to a minute and are not waited for.
  func waitForNode(kubectl: [String]) -> PlanStep {
    PlanStep(
      "wait-for-node", "Wait until the node is Ready",
      .wait(Client.nodeIsReady(member.nodeName, kubectl: kubectl), everySeconds: 3), timeLimitSeconds: 600)
  }
}
