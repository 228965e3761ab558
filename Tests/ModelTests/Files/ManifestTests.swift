import EaselModel
import EaselYAML
import Testing

@Suite("Files: manifests")
struct ManifestTests {
  @Test(
    "what is written is read back without loss, in YAML and JSON, one by one and as a list", arguments: Kind.allCases)
  func roundTrip(_ kind: Kind) throws {
    var list: [Record] = []
    for seed in 0..<40 as Range<UInt64> {
      let record = try randomRecord(kind, seed: seed)
      for text in [try ManifestWriter.yaml(record), try ManifestWriter.json(record)] {
        let read = try ManifestReader.read(text: text, file: "t")
        guard read.map(\.record) == [record] else {
          Issue.record("seed \(seed) did not come back:\n\(text)")
          return
        }
        #expect(read.first?.statedGeneration == record.resource.metadata.generation)
      }
      list.append(record)
    }
    #expect(try ManifestReader.read(text: ManifestWriter.yaml(list: list), file: "t").map(\.record) == list)
    #expect(try ManifestReader.read(text: ManifestWriter.json(list: list), file: "t").map(\.record) == list)
    let documents = try list.map(ManifestWriter.yaml).joined(separator: "---\n")
    #expect(try ManifestReader.read(text: documents, file: "t").map(\.record) == list)
  }

  @Test("the same object gives the same text, fields in their declared order")
  func stable() throws {
    var object = cluster("edge")
    object.metadata.labels = ["b": "2", "a": "1", "c": "yes"]
    object.spec.pools = [.init(name: "workers", replicas: 2, taints: [.init(key: "k", effect: .noSchedule)])]
    let text = try ManifestWriter.yaml(.cluster(object))
    #expect(
      text
        == """
        apiVersion: easel.internal/v1
        kind: Cluster
        metadata:
          name: edge
          uid: uid-edge
          resourceVersion: 0
          generation: 1
          createdAt: "2026-01-31T12:00:00.000Z"
          labels:
            a: "1"
            b: "2"
            c: "yes"
          annotations: {}
        spec:
          mode: agent
          profile:
            name: kubeadm
            version: 1.0.0
          kubernetesVersion: v1.31.4
          network:
            podCIDR: 10.244.0.0/16
            serviceCIDR: 10.96.0.0/12
          controlPlane:
            replicas: 1
            hosts: []
          pools:
          - name: workers
            replicas: 2
            hosts: []
            labels: {}
            taints:
            - key: k
              effect: NoSchedule
            rollout:
              maxUnavailable: 1
              drainTimeoutSeconds: 300
        status:
          phase: Pending
          conditions: []
          observedGeneration: 0
          controlPlaneReady: 0
          workersReady: 0
          secrets: {}

        """)
  }

  @Test("a definition needs only what has no default")
  func defaults() throws {
    let text = """
      # A comment.
      apiVersion: easel.internal/v1
      kind: Cluster
      metadata: {name: edge}
      spec:
        profile: {name: kubeadm, version: 1.0.0}
        kubernetesVersion: v1.31.4
        pools:
          - {name: workers, replicas: 2}
      ---
      apiVersion: easel.internal/v1
      kind: Host
      metadata: {name: node-1}
      spec: {address: 192.0.2.1}
      """
    let read = try ManifestReader.read(text: text, file: "edge.yaml")
    guard read.count == 2, case .cluster(let cluster) = read[0].record, case .host(let host) = read[1].record else {
      Issue.record("not two objects")
      return
    }
    #expect(
      cluster.spec
        == Cluster.Spec(
          profile: .init(name: "kubeadm", version: "1.0.0"), kubernetesVersion: KubernetesVersion("v1.31.4")!,
          pools: [.init(name: "workers", replicas: 2)]))
    #expect(cluster.metadata == Metadata(name: "edge", uid: "", createdAt: .zero) && cluster.status == .init())
    #expect(host.spec == Host.Spec(transport: .ssh, address: "192.0.2.1"))
    #expect(read.map(\.line) == [2, 11] && read[0].statedGeneration == nil)
  }

  /// `line:column code field` of the error in a cluster's file whose spec is given.
  func problem(spec: String, metadata: String = "{name: edge}", extra: String = "") -> EaselError? {
    failure {
      _ = try ManifestReader.read(
        text: "apiVersion: easel.internal/v1\nkind: Cluster\nmetadata: \(metadata)\nspec: \(spec)\n\(extra)",
        file: "edge.yaml")
    }
  }

  @Test(
    "errors name the file, line, column and field",
    arguments: [
      ("{profile: {name: k, version: v}, kubernetesVersion: v1.31.4, replica: 3}", "4:68 UnknownField spec.replica"),
      ("{profile: {name: k}, kubernetesVersion: v1.31.4}", "4:17 MissingField spec.profile.version"),
      ("{profile: {name: k, version: 1.0}, kubernetesVersion: v1.31.4}", "4:36 WrongType spec.profile.version"),
      ("{profile: {name: k, version: v}, kubernetesVersion: 1.31.4}", "4:59 InvalidValue spec.kubernetesVersion"),
      ("{profile: {name: k, version: v}, kubernetesVersion: v1.31.4, mode: best}", "4:74 InvalidValue spec.mode"),
      (
        "{profile: {name: k, version: v}, kubernetesVersion: v1.31.4, pools: [{name: a, replicas: two}]}",
        "4:96 WrongType spec.pools[0].replicas"
      ),
      (
        "{profile: {name: k, version: v}, kubernetesVersion: v1.31.4, pools: [{name: a, replicas: 1.5}]}",
        "4:96 WrongType spec.pools[0].replicas"
      ),
      (
        "{profile: {name: k, version: v}, kubernetesVersion: v1.31.4, pools: [{name: a, replicas: 9223372036854775808}]}",
        "4:96 WrongType spec.pools[0].replicas"
      ),
      ("{profile: k, kubernetesVersion: v1.31.4}", "4:17 WrongType spec.profile"),
      ("{profile: {name: k, name: l}, kubernetesVersion: v1.31.4}", "4:27 DuplicateField "),
      ("[]", "4:7 WrongType spec"), ("", "4:6 WrongType spec"),
    ])
  func places(_ spec: String, _ expected: String) {
    let error = problem(spec: spec)
    #expect(
      "\(error?.line ?? 0):\(error?.column ?? 0) \(error?.code ?? "-") \(error?.field ?? "")" == expected, "\(error!)")
    #expect(error?.file == "edge.yaml" && error?.category == .usage)
  }

  @Test("an unknown field's error tells the known ones, a wrong word the right ones")
  func advice() {
    let good = "{profile: {name: k, version: v}, kubernetesVersion: v1.31.4}"
    #expect(problem(spec: good) == nil)
    #expect(problem(spec: good, extra: "specs: 1\n")?.code == "UnknownField")
    #expect(problem(spec: good, metadata: "{name: e, naem: f}")?.advice.contains("labels") == true)
    #expect(
      problem(spec: good.dropLast() + ", mode: best}")?.advice == "use one of agent, appliance, controller")
    #expect(problem(spec: good, metadata: "{name: 7}")?.advice.contains("\"7\"") == true)
    #expect(problem(spec: good, metadata: "{labels: {}}")?.code == "MissingField")
  }

  @Test("the envelope must be ours")
  func envelope() {
    func code(_ text: String) -> String? {
      failure { _ = try ManifestReader.read(text: text, file: "t") }.map { "\($0.code) \($0.line ?? 0)" }
    }
    #expect(code("kind: Cluster") == "MissingField 1")
    #expect(code("apiVersion: v1\nkind: Pod") == "UnknownVersion 1")
    #expect(code("apiVersion: easel.internal/v1\nkind: Pod") == "UnknownKind 2")
    #expect(code("apiVersion: easel.internal/v1\nkind: List\nitems:\n- kind: Cluster") == "MissingField 4")
    #expect(code("apiVersion: easel.internal/v1\nkind: List\nitem: []") == "UnknownField 3")
    #expect(code("- a") == "WrongType 1")
    #expect(code("just text") == "WrongType 1")
    #expect(code("") == nil && code("# nothing\n---\n") == nil)
  }

  @Test("all that is wrong in all objects of a file is told at once, in the order of the file")
  func everything() {
    let text = """
      apiVersion: easel.internal/v1
      kind: Cluster
      metadata: {name: 7, labels: [a]}
      spec:
        profile: {version: 1.0}
        kubernetesVersion: latest
        mode: best
        network: {podCIDR: 10.244.0.0/16, colour: red}
        controlPlane: {replicas: many, hosts: node-1}
        pools:
        - {name: a, replicas: [1]}
        - {name: b, replicas: 2, taints: [{key: k, effect: Sometimes}, 3], size: big}
        - workers
      ---
      apiVersion: easel.internal/v1
      kind: List
      items:
      - apiVersion: easel.internal/v1
        kind: Host
        metadata: {name: h}
        spec: {address: {a: b}, port: "22", maintenance: yes, transport: pigeon}
      - kind: Host
      - apiVersion: easel.internal/v1
        kind: Host
        metadata: {}
        spec: {port: 99999999999999999999999999, address: 192.0.2.1}
      """
    let error = failure { _ = try ManifestReader.read(text: text, file: "f") }
    let told = (error?.each ?? []).map { "\($0.line ?? 0) \($0.code) \($0.field ?? "")" }
    let wanted = [
      "3 WrongType metadata.name", "3 WrongType metadata.labels", "5 MissingField spec.profile.name",
      "5 WrongType spec.profile.version", "6 InvalidValue spec.kubernetesVersion", "7 InvalidValue spec.mode",
      "8 UnknownField spec.network.colour", "9 WrongType spec.controlPlane.replicas",
      "9 WrongType spec.controlPlane.hosts", "11 WrongType spec.pools[0].replicas",
      "12 InvalidValue spec.pools[1].taints[0].effect", "12 WrongType spec.pools[1].taints[1]",
      "12 UnknownField spec.pools[1].size", "13 WrongType spec.pools[2]",
      "21 WrongType items[0].spec.address", "21 WrongType items[0].spec.port", "21 WrongType items[0].spec.maintenance",
      "21 InvalidValue items[0].spec.transport", "22 MissingField items[1].apiVersion",
      "25 MissingField items[2].metadata.name", "26 WrongType items[2].spec.port",
    ]
    #expect(told == wanted, "\(told.joined(separator: "\n"))")
    #expect(error?.each.allSatisfy { $0.file == "f" && $0.column != nil && $0.category == .usage } == true)
  }

  @Test("one wrong field in each place gives one problem, whatever the kind", arguments: Kind.allCases)
  func oneProblem(_ kind: Kind) throws {
    for seed in 0..<3 as Range<UInt64> {
      let lines = try ManifestWriter.yaml(try randomRecord(kind, seed: seed)).split(separator: "\n").map(String.init)
      for (index, line) in lines.enumerated() {
        guard let colon = line.firstIndex(of: ":"), line[line.index(after: colon)...].count > 1 else { continue }
        var wrong = lines
        // A list of a mapping is what no scalar field takes.
        wrong[index] = line[...colon] + " [{x: [y]}]"
        let error = failure { _ = try ManifestReader.read(text: wrong.joined(separator: "\n"), file: "f") }
        // Keys may hold colons themselves.
        guard let error, error.code != "InvalidYAML" else { continue }
        #expect(error.each.allSatisfy { ($0.line ?? 0) == index + 1 }, "\(line): \(error.each)")
      }
    }
  }
}
