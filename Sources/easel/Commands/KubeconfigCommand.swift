import EaselModel
import EaselRuntime
import FoundationEssentials

let kubeconfigCommand = CommandDefinition(
  name: "kubeconfig", summary: "Print a cluster's administrator kubeconfig",
  arguments: [ArgumentDefinition(name: "CLUSTER", help: "The cluster's name", completes: .clusters)],
  options: [.value("file", "FILE", "Write it there, readable by you alone, instead of printing it", completes: .files)]
) { invocation in
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  let snapshot = try gate.snapshot()
  let cluster = try cluster(named: invocation.arguments[0], in: snapshot)
  if snapshot.site.spec.simulation != nil {
    throw EaselError(
      .notFound, "NoKubeconfig", "cluster \(cluster.name) is simulated: it has no API, and so no kubeconfig",
      advice: "see how it is with: easel describe cluster \(cluster.name)")
  }
  guard let secret = try gate.store.read({ try $0.secret("cluster/\(cluster.uid)/kubeconfig") }) else {
    throw EaselError(
      .notFound, "NoKubeconfig", "cluster \(cluster.name) has no kubeconfig yet",
      advice: "it is there once the first control-plane machine is up: easel describe cluster \(cluster.name)")
  }
  try gate.record(
    "read-kubeconfig", of: ObjectReference(cluster), as: Actor.current(), detail: "administrator's kubeconfig")
  let text = secret.withBytes { String(decoding: $0, as: UTF8.self) }
  guard let file = invocation.value("file") else { return Terminal.write(text, to: 1) }
  guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
  else { throw EaselError(.failed, "FileNotWritten", "writing \(file) failed", advice: "choose another --file") }
  Terminal.out("written to \(file)")
}
