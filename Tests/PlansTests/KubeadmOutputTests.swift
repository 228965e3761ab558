import EaselHostPlan
import EaselModel
import Testing

@testable import EaselPlans

@Suite struct KubeadmOutputTests {
  private let distribution = KubeadmDistribution()
  private let now = Timestamp(milliseconds: 1_700_000_000_000)
  private let hash = "sha256:" + String(repeating: "ab", count: 32)

  private func mint(_ join: String, _ certificates: String) throws -> (DurableTask.Outcome, [String: Secret]) {
    let result = try distribution.outcome(
      of: .mintJoinSecrets, context: context(goldenVersions[0]), outputs: [:],
      secretOutputs: ["join-command": Secret(join), "upload-certs": Secret(certificates)], now: now)
    return (result.outcome, result.secrets)
  }

  @Test("what minting prints becomes two secrets with an end")
  func minting() throws {
    let key = String(repeating: "0f", count: 32)
    let (outcome, secrets) = try mint(
      "kubeadm join api.edge.easel.internal:6443 --token abcdef.0123456789abcdef     --discovery-token-ca-cert-hash \(hash) \n",
      "[upload-certs] Storing the certificates in Secret \"kubeadm-certs\" in the \"kube-system\" Namespace\n"
        + "[upload-certs] Using certificate key:\n\(key)\n")
    #expect(Set(secrets.keys) == ["join-token", "certificate-key"])
    #expect(secrets["certificate-key"]?.withBytes { String(decoding: $0, as: UTF8.self) } == key)
    #expect(
      secrets["join-token"]?.withBytes { String(decoding: $0, as: UTF8.self) }
        == "token: \"abcdef.0123456789abcdef\", caCertHashes: [\"\(hash)\"]")
    #expect(outcome.facts == ["caCertHash": hash])
    #expect(
      outcome.secrets["join-token"].map { $0.seconds(since: now) > 3600 && $0.seconds(since: now) < 7200 } == true)
  }

  @Test(
    "output that is not what kubeadm prints is an error, not a secret",
    arguments: [
      "", "kubeadm join x:6443", "--token", "--token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:zz",
      "--token \"};x --discovery-token-ca-cert-hash sha256:\(String(repeating: "a", count: 64))",
    ])
  func malformed(text: String) {
    #expect(throws: EaselError.self) { try mint(text, String(repeating: "0f", count: 32)) }
    #expect(throws: EaselError.self) {
      try mint("--token abcdef.0123456789abcdef --discovery-token-ca-cert-hash \(hash)", "no key")
    }
  }

  @Test("the table of certificates is read, whatever columns it has")
  func certificates() {
    let table = """
      [check-expiration] Reading configuration from the cluster...

      CERTIFICATE                EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY MANAGED
      admin.conf                 Dec 30, 2026 23:36 UTC   364d                                    no
      apiserver                  Jan 03, 2027 01:06 UTC   364d            ca                      no
      !MISSING! apiserver-etcd-client

      CERTIFICATE AUTHORITY   EXPIRES                  RESIDUAL TIME   EXTERNALLY MANAGED
      ca                      Dec 28, 2035 23:36 UTC   9y              no
      """
    let found = KubeadmOutput.certificates(table, node: "one")
    #expect(found.map(\.name) == ["admin.conf", "apiserver", "ca"])
    #expect(found.first?.expiresAt == Timestamp("2026-12-30T23:36:00Z"))
    #expect(found.allSatisfy { $0.node == "one" })
  }

  private let answers = [
    "api": "ok", "nodes": "two\ttrue\tv1.20.2\tFalse\t\none\t\tv1.20.2\tTrue\tboot-1\n",
    "etcd-members": """
    {"header":{"cluster_id":1,"member_id":2},"members":[
      {"ID":12345678901234567890,"name":"one","peerURLs":["https://192.0.2.1:2380"],"clientURLs":["https://192.0.2.1:2379"]},
      {"ID":2,"name":"two","peerURLs":["https://192.0.2.2:2380"],"clientURLs":["https://192.0.2.2:2379"],"isLearner":true},
      {"ID":3,"peerURLs":["https://192.0.2.3:2380"]}]}
    """,
    "etcd-health": """
    [{"endpoint":"https://192.0.2.1:2379","health":true,"took":"3ms"},
     {"endpoint":"https://192.0.2.2:2379","health":false,"took":"5s","error":"context deadline exceeded"}]
    """,
    "etcd-status": """
    [{"Endpoint":"https://192.0.2.1:2379","Status":{"header":{"member_id":12345678901234567890},"version":"3.4.23",
      "dbSize":4096,"leader":12345678901234567890,"raftIndex":9}}]
    """,
  ]

  @Test("a look reads nodes and members, also ids beyond 63 bits, learners and members that never started")
  func look() {
    let seen = distribution.observation(outputs: answers, context: context(goldenVersions[0]))
    #expect(seen.apiHealthy && seen.message.isEmpty)
    #expect(
      seen.nodes == [
        .init(name: "one", ready: true, cordoned: false, kubeletVersion: "v1.20.2", bootID: "boot-1"),
        .init(name: "two", ready: false, cordoned: true, kubeletVersion: "v1.20.2"),
      ])
    #expect(seen.etcd.map(\.name) == ["https://192.0.2.3:2380", "one", "two"])
    #expect(seen.etcd.map(\.voting) == [false, true, false])
    #expect(seen.etcd.map(\.healthy) == [false, true, false])
    #expect(seen.etcd[1].id == "ab54a98ceb1f0ad2" && seen.etcd[1].leader && seen.etcd[1].databaseBytes == 4096)
  }

  @Test(
    "what did not answer is missing, and the rest is still read",
    arguments: ["api", "nodes", "etcd-members", "etcd-health"])
  func partial(missing: String) {
    var outputs = answers
    outputs[missing] = nil
    let seen = distribution.observation(outputs: outputs, context: context(goldenVersions[0]))
    #expect(seen.apiHealthy == (missing != "api"))
    #expect(seen.message.isEmpty == (missing != "api"))
    #expect(seen.nodes.isEmpty == (missing == "nodes"))
    #expect(seen.etcd.isEmpty == (missing == "etcd-members"))
    if missing == "etcd-health" { #expect(seen.etcd.allSatisfy { !$0.healthy }) }
  }

  @Test(
    "garbage is never a crash",
    arguments: ["{", "null", "\t\t\t\t", "[{}]", "\u{0}", String(repeating: "x\t", count: 1000)])
  func garbage(text: String) {
    var outputs: [String: String] = [:]
    for name in answers.keys { outputs[name] = text }
    let seen = distribution.observation(outputs: outputs, context: context(goldenVersions[0]))
    #expect(!seen.apiHealthy && seen.etcd.isEmpty && seen.nodes.isEmpty)
  }

  @Test(
    "only a cordon with our mark is ours",
    arguments: [
      ("true\teasel", "true"), ("true\t", "false"), ("\teasel", "false"), ("", "false"), ("true\tbob", "false"),
    ])
  func cordon(output: String, ours: String) throws {
    let result = try distribution.outcome(
      of: .cordon, context: context(goldenVersions[0]), outputs: ["cordon": output], secretOutputs: [:], now: now)
    #expect(result.outcome.facts["cordonedByEasel"] == ours)
  }
}
