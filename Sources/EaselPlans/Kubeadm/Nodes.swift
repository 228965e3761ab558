internal import EaselHostPlan
internal import EaselModel
internal import FoundationEssentials

/// What is asked of Kubernetes itself, from one of its control-plane hosts: nodes, pods, etcd members, the stored definition.
extension KubeadmPlan {
  static let cordonAnnotation = "easel.internal/cordoned-by"
  static let taintsAnnotation = "easel.internal/taints"

  private func api(_ script: Script, _ arguments: [String]) -> Command {
    script.command(arguments + kubectl([]))
  }

  // MARK: - Labels and taints

  /// Labels go by server-side apply, which also takes away those that we set before and that are not wanted any more. Taints have one
  /// owner for the whole list there, so they are set one by one, and an annotation remembers which are ours.
  func describeNode() throws -> [PlanStep] {
    let taints = subject.role == .worker || context.subject != nil ? context.taints.map(Self.taintText).sorted() : []
    let manifest = ManifestOfNode(
      name: subject.nodeName, labels: context.labels, taints: taints.joined(separator: ","))
    let path = "\(Paths.run)/node-\(subject.nodeName).json"
    return [
      PlanStep(
        "remove-stale-taints", "Take away taints that are not wanted any more",
        .run(api(Self.removeStaleTaints, [subject.nodeName, taints.joined(separator: ",")])),
        check: .idempotent(because: "only taints that we recorded as ours and that are not wanted are removed"),
        timeLimitSeconds: 120)
    ]
      + (taints.isEmpty
        ? []
        : [
          PlanStep(
            "set-taints", "Set the node's taints",
            .run(Command(kubectl(["taint", "node", subject.nodeName, "--overwrite"] + taints))),
            check: .idempotent(because: "a taint is overwritten by itself"), timeLimitSeconds: 60)
        ]) + [
        PlanStep(
          "write-node", "Write the node's labels", .write(FileSpec(path: path, mode: 0o600, text: try manifest.json()))),
        PlanStep(
          "apply-node", "Set the node's labels",
          .run(
            Command(
              kubectl(["apply", "--server-side", "--force-conflicts", "--field-manager=easel", "-f", path]))),
          check: .idempotent(because: "applying the same again changes nothing"), timeLimitSeconds: 60),
        PlanStep("remove-node-file", "Remove the file", .remove([path])),
      ]
  }

  static func taintText(_ taint: Cluster.Taint) -> String {
    "\(taint.key)=\(taint.value ?? ""):\(taint.effect.rawValue)"
  }

  static let removeStaleTaints = Script(
    #"""
    node=$1; wanted=",$2,"; shift 2
    ours=$("$@" get node "$node" -o 'jsonpath={.metadata.annotations.easel\.internal/taints}') || exit 1
    for taint in $(echo "$ours" | tr ',' ' '); do
      case "$wanted" in
        *",$taint,"*) ;;
        *) "$@" taint node "$node" "${taint%%=*}:${taint##*:}-" || echo "$taint is gone already" ;;
      esac
    done
    """#)

  // MARK: - Cordon and drain

  /// A node that somebody else cordoned stays theirs: it is left without our mark, and uncordoning leaves it alone.
  func cordon() -> [PlanStep] {
    [
      PlanStep(
        "cordon", "Keep new pods off \(subject.nodeName)", .run(api(Self.cordonOurs, [subject.nodeName])),
        check: .idempotent(because: "it looks who has cordoned the node before it does anything"),
        undo: .run(api(Self.uncordonOurs, [subject.nodeName])), timeLimitSeconds: 120),
      captureCordon,
    ]
  }

  func uncordon() -> [PlanStep] {
    [
      PlanStep(
        "uncordon", "Let pods onto \(subject.nodeName) again, if we kept them off",
        .run(api(Self.uncordonOurs, [subject.nodeName])),
        check: .idempotent(because: "without our mark on the node it does nothing"), timeLimitSeconds: 120),
      captureCordon,
    ]
  }

  private var captureCordon: PlanStep {
    PlanStep(
      "read-cordon", "See who has cordoned the node",
      .capture(
        .reading(
          kubectl([
            "get", "node", subject.nodeName, "-o",
            #"jsonpath={.spec.unschedulable}{"\t"}{.metadata.annotations.easel\.internal/cordoned-by}"#,
          ])), output: "cordon", secret: false))
  }

  /// The mark goes on before the cordon: cut off in between, the mark alone does no harm.
  static let cordonOurs = Script(
    #"""
    node=$1; shift
    state=$("$@" get node "$node" \
      -o 'jsonpath={.spec.unschedulable}/{.metadata.annotations.easel\.internal/cordoned-by}') || exit 1
    if [ "$state" = true/ ]; then echo "$node was cordoned by somebody else: left as it is"; exit 0; fi
    "$@" annotate node "$node" --overwrite easel.internal/cordoned-by=easel && "$@" cordon "$node"
    """#)

  static let uncordonOurs = Script(
    #"""
    node=$1; shift
    mark=$("$@" get node "$node" -o 'jsonpath={.metadata.annotations.easel\.internal/cordoned-by}') || exit 1
    if [ "$mark" != easel ]; then echo "$node was not cordoned by us: left as it is"; exit 0; fi
    "$@" uncordon "$node" && "$@" annotate node "$node" easel.internal/cordoned-by-
    """#)

  /// kubectl keeps to the limit and to every disruption budget. When it gives up, the reason and the budgets that allow no disruption
  /// go into a file, the budgets in its last line, and the next step fails with that, so that the failure has a code of its own.
  func drain() -> [PlanStep] {
    let report = "\(Paths.run)/drain-\(subject.nodeName)"
    return [
      PlanStep("make-run-directory", "Make the directory for the report", .directory(path: Paths.run, mode: 0o700)),
      PlanStep(
        "drain", "Evict the pods of \(subject.nodeName) within \(context.drainTimeoutSeconds) s",
        .run(api(Self.drainWithReport, [report, subject.nodeName, "\(context.drainTimeoutSeconds)"])),
        check: .idempotent(because: "a node without pods is drained already"),
        timeLimitSeconds: context.drainTimeoutSeconds + 120),
      PlanStep(
        "check-drained", "The pods are gone",
        .require(
          Script(#"test ! -e "$1" || { cat "$1" >&2; exit 1; }"#).reading([report]), code: "DrainBlocked",
          message: "the pods of \(subject.nodeName) could not be evicted within \(context.drainTimeoutSeconds) s: "
            + "relax the disruption budget that is named, add capacity, or give the drain longer, then retry"),
        timeLimitSeconds: 30),
    ]
  }

  static let drainWithReport = Script(
    #"""
    report=$1; node=$2; limit=$3; shift 3
    rm -f "$report"
    "$@" drain "$node" --ignore-daemonsets --delete-emptydir-data --force "--timeout=${limit}s" \
      --skip-wait-for-delete-timeout=300 2>"$report.errors"
    status=$?
    cat "$report.errors" >&2
    if [ $status -ne 0 ]; then
      {
        echo "kubectl drain exited with status $status"
        grep -v '^WARNING' "$report.errors" | tail -n 3
        "$@" get poddisruptionbudgets -A --no-headers -o \
          'custom-columns=NS:.metadata.namespace,NAME:.metadata.name,ALLOWED:.status.disruptionsAllowed' 2>/dev/null |
          awk '$3 == 0 {found = found " " $1 "/" $2} END {if (found) print "PodDisruptionBudget" found " allows no disruption now"}'
      } >"$report.new"
      mv "$report.new" "$report"
    fi
    rm -f "$report.errors"
    """#)

  // MARK: - Leaving

  /// Found by name or by the address of its peers (a member that never started has no name); absent is fine. The last member, and
  /// the one that answers, are never removed.
  func removeEtcdMember() -> [PlanStep] {
    let arguments =
      [subject.nodeName, "https://\(subject.address):2380"] + Client.etcdctl([], commandTimeoutSeconds: 20)
    return [
      PlanStep(
        "check-other-member", "The member is another host's",
        .require(
          .reading(["test", subject.address, "!=", member.address]), code: "WouldRemoveOwnMember",
          message: "a member of etcd is removed from another control-plane host: choose one that stays"),
        timeLimitSeconds: 10),
      PlanStep(
        "remove-member", "Remove \(subject.nodeName) from etcd", .run(Self.removeMember.command(arguments)),
        check: Self.memberIsAbsent.check(arguments), timeLimitSeconds: 180),
      PlanStep(
        "wait-for-etcd", "Wait until the members that stay are healthy",
        .wait(.reading(Client.etcdctl(["endpoint", "health", "--cluster"])), everySeconds: 3), timeLimitSeconds: 300),
    ]
  }

  static let memberIsAbsent = Script(
    #"""
    name=$1; peer=$2; shift 2
    list=$("$@" member list) || exit 1
    echo "$list" | awk -F', ' -v name="$name" -v peer="$peer" '$3 == name || $4 == peer {found = 1} END {exit found}'
    """#)

  static let removeMember = Script(
    #"""
    name=$1; peer=$2; shift 2
    list=$("$@" member list) || exit 1
    id=$(echo "$list" | awk -F', ' -v name="$name" -v peer="$peer" '$3 == name || $4 == peer {print $1; exit}')
    test -z "$id" || "$@" member remove "$id"
    """#)

  func deleteNode() -> [PlanStep] {
    [
      PlanStep(
        "delete-node", "Delete the node \(subject.nodeName)",
        .run(
          Command(
            kubectl(
              ["delete", "node", subject.nodeName, "--ignore-not-found", "--wait=true", "--timeout=60s"],
              timeoutSeconds: 90))),
        check: .idempotent(because: "deleting a node that is gone does nothing"), timeLimitSeconds: 120)
    ]
  }

  // MARK: - The definition

  func publish() throws -> [PlanStep] {
    [
      PlanStep(
        "write-definition", "Keep the cluster's definition here, for when the API is down",
        .write(
          FileSpec(
            path: Paths.definition, mode: 0o600,
            text: try ManifestOfDefinition(cluster: context.clusterName, text: context.definition ?? "{}").json()))),
      PlanStep(
        "apply-definition", "Write the cluster's definition into the cluster",
        .run(
          Command(
            kubectl([
              "apply", "--server-side", "--force-conflicts", "--field-manager=easel", "-f", Paths.definition,
            ]))),
        check: .idempotent(because: "applying the same again changes nothing"), timeLimitSeconds: 60),
    ]
  }
}

private func sortedJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}

private struct ManifestMetadata: Encodable {
  var name: String
  var namespace: String?
  var labels: [String: String]?
  var annotations: [String: String]?
}

private struct ManifestOfNode {
  var name: String
  var labels: [String: String]
  var taints: String

  private struct Node: Encodable {
    var apiVersion = "v1"
    var kind = "Node"
    var metadata: ManifestMetadata
  }

  func json() throws -> String {
    try sortedJSON(
      Node(
        metadata: ManifestMetadata(
          name: name, labels: labels, annotations: [KubeadmPlan.taintsAnnotation: taints])))
  }
}

private struct ManifestOfDefinition {
  var cluster: String
  var text: String

  private struct Item: Encodable {
    var apiVersion = "v1"
    var kind: String
    var metadata: ManifestMetadata
    var data: [String: String]?
  }

  private struct List: Encodable {
    var apiVersion = "v1"
    var kind = "List"
    var items: [Item]
  }

  func json() throws -> String {
    let labels = ["app.kubernetes.io/managed-by": "easel"]
    return try sortedJSON(
      List(items: [
        Item(kind: "Namespace", metadata: ManifestMetadata(name: "easel-system", labels: labels)),
        Item(
          kind: "ConfigMap",
          metadata: ManifestMetadata(name: "easel-cluster", namespace: "easel-system", labels: labels),
          data: ["cluster": cluster, "definition.json": text]),
      ]))
  }
}
