import EaselEngine
import EaselModel
import EaselRuntime

private let clusterName = ArgumentDefinition(name: "NAME", help: "The cluster's name", completes: .clusters)

let createCommand = CommandDefinition(
  name: "create", summary: "Create a cluster",
  subcommands: [
    CommandDefinition(
      name: "cluster", aliases: ["clusters", "cl"], summary: "Create a cluster on free hosts",
      discussion:
        "Hosts that are not named are chosen among the free ones, in the order of their names; the plan shows them.",
      arguments: [clusterName],
      options: [
        .value("version", "VERSION", "The Kubernetes version, for example v1.31.4", completes: .versions),
        .value("control-plane", "N", "Control-plane machines: 1, 3, 5 or 7 (default 1)"),
        .value("workers", "N", "Workers, in a pool named workers (default 0)"),
        .value("pool", "NAME=N", "A pool of workers", repeats: true),
        .value("control-plane-hosts", "HOSTS", "Hosts to use for the control plane, with commas", completes: .hosts),
        .value("worker-hosts", "HOSTS", "Hosts to use for the pool workers, with commas", completes: .hosts),
        .value("pool-hosts", "NAME=HOSTS", "Hosts to use for a pool, with commas", repeats: true),
        .value("profile", "NAME[@VERSION]", "The profile (default kubeadm)"),
        .value("endpoint", "HOST:PORT", "In front of the API servers; permanent"),
        .value("pod-cidr", "CIDR", "The pods' network; permanent"),
        .value("service-cidr", "CIDR", "The services' network; permanent"),
        .value("label", "KEY=VALUE", "A label of the cluster", short: "l", repeats: true),
      ] + changeOptions, formats: OutputFormat.all
    ) { invocation in
      let change = try Change(invocation)
      let spec = try newSpec(invocation, in: try change.gate.snapshot())
      try change.perform(
        .createCluster(name: invocation.arguments[0], spec: spec, labels: try pairs(invocation, "label")))
    }
  ])

private func newSpec(_ invocation: Invocation, in snapshot: SiteSnapshot) throws -> Cluster.Spec {
  let wanted = (invocation.value("profile") ?? "kubeadm").split(separator: "@", maxSplits: 1).map(String.init)
  guard let profile = snapshot.profiles.first(where: { $0.name == wanted.first }) else {
    throw notFound(.profile, wanted.first ?? "", in: snapshot)
  }
  let reference = Cluster.ProfileReference(
    name: profile.name, version: wanted.count > 1 ? wanted[1] : profile.spec.version)
  var spec = Cluster.Spec(profile: reference, kubernetesVersion: try version(invocation))
  if let replicas = try invocation.integer("control-plane") { spec.controlPlane.replicas = replicas }
  spec.controlPlane.hosts = list(invocation.value("control-plane-hosts"))
  spec.controlPlane.endpoint = invocation.value("endpoint")
  if let cidr = invocation.value("pod-cidr") { spec.network.podCIDR = cidr }
  if let cidr = invocation.value("service-cidr") { spec.network.serviceCIDR = cidr }
  spec.pools = try poolSizes(invocation).map { Cluster.Pool(name: $0.name, replicas: $0.replicas) }
  for (pool, hosts) in try pairs(invocation, "pool-hosts") {
    guard let index = spec.pools.firstIndex(where: { $0.name == pool }) else {
      throw invocation.usage("--pool-hosts names the pool \"\(pool)\", which is not among the pools")
    }
    spec.pools[index].hosts = list(hosts)
  }
  let workerHosts = list(invocation.value("worker-hosts"))
  if !workerHosts.isEmpty {
    guard let index = spec.pools.firstIndex(where: { $0.name == "workers" }) else {
      throw invocation.usage("--worker-hosts needs --workers N")
    }
    spec.pools[index].hosts = workerHosts
  }
  return spec
}

let scaleCommand = CommandDefinition(
  name: "scale", summary: "Change how many machines a cluster has",
  subcommands: [
    CommandDefinition(
      name: "cluster", aliases: ["clusters", "cl"], summary: "Change how many machines a cluster has",
      arguments: [clusterName],
      options: [
        .value("control-plane", "N", "Control-plane machines: 1, 3, 5 or 7"),
        .value("workers", "N", "Machines of the pool workers"),
        .value("pool", "NAME=N", "Machines of a pool; a new pool is made", repeats: true),
      ] + changeOptions, formats: OutputFormat.all
    ) { invocation in
      let change = try Change(invocation)
      let snapshot = try change.gate.snapshot()
      let cluster = try cluster(named: invocation.arguments[0], in: snapshot)
      let spec = cluster.spec.scaled(
        controlPlane: try invocation.integer("control-plane"), pools: try poolSizes(invocation), cluster, in: snapshot)
      if !["control-plane", "workers", "pool"].contains(where: invocation.has) {
        throw invocation.usage("say what to scale: --control-plane N, --workers N or --pool NAME=N")
      }
      try change.perform(
        .changeCluster(name: cluster.name, spec: spec, expecting: cluster.metadata.generation))
    }
  ])

let upgradeCommand = CommandDefinition(
  name: "upgrade", summary: "Bring a cluster to another Kubernetes version",
  subcommands: [
    CommandDefinition(
      name: "cluster", aliases: ["clusters", "cl"], summary: "Bring a cluster to another Kubernetes version",
      arguments: [clusterName],
      options: [.value("version", "VERSION", "The Kubernetes version, for example v1.32.1", completes: .versions)]
        + changeOptions, formats: OutputFormat.all
    ) { invocation in
      let change = try Change(invocation)
      let cluster = try cluster(named: invocation.arguments[0], in: change.gate.snapshot())
      var spec = cluster.spec
      spec.kubernetesVersion = try version(invocation)
      try change.perform(
        .changeCluster(name: cluster.name, spec: spec, expecting: cluster.metadata.generation))
    }
  ])

let deleteCommand = CommandDefinition(
  name: "delete", summary: "Delete a cluster and free its hosts",
  subcommands: [
    CommandDefinition(
      name: "cluster", aliases: ["clusters", "cl"],
      summary: "Delete a cluster, with all that runs in it, and free its hosts",
      arguments: [clusterName], options: changeOptions, formats: OutputFormat.all
    ) { invocation in
      let name = invocation.arguments[0]
      let change = try Change(invocation)
      _ = try cluster(named: name, in: change.gate.snapshot())
      try change.perform(.deleteCluster(name: name))
    }
  ])

let removeCommand = CommandDefinition(
  name: "remove", summary: "Take a machine out of its cluster, or forget a host",
  subcommands: [
    CommandDefinition(
      name: "machine", aliases: ["machines", "node", "nodes", "ma", "no"],
      summary: "Drain a machine, take it out of its cluster and free its host",
      arguments: [ArgumentDefinition(name: "NAME", help: "The machine's name", completes: .machines)],
      options: changeOptions, formats: OutputFormat.all
    ) { invocation in
      let change = try Change(invocation)
      let machine = try machine(named: invocation.arguments[0], in: change.gate.snapshot())
      try change.perform(.removeMachine(cluster: machine.spec.cluster.name, machine: machine.name))
    },
    CommandDefinition(
      name: "host", aliases: ["hosts"], summary: "Forget a free host and take the agent off it",
      arguments: [ArgumentDefinition(name: "NAME", help: "The host's name", completes: .hosts)],
      options: [.flag("force", "Also a host that cannot be reached")] + changeOptions, formats: OutputFormat.all,
      run: removeHost),
  ])

// MARK: Reading arguments

func cluster(named name: String, in snapshot: SiteSnapshot) throws -> Cluster {
  guard let cluster = snapshot.clusters.first(named: name) else {
    throw notFound(.cluster, name, in: snapshot)
  }
  return cluster
}

/// The machine of that name, or the one whose node is called so in Kubernetes, as who comes from kubectl says it.
func machine(named name: String, in snapshot: SiteSnapshot) throws -> Machine {
  let plain = name.split(separator: "/").last.map(String.init) ?? name
  if let machine = snapshot.machines.first(named: plain) { return machine }
  let nodes = snapshot.machines.filter { $0.spec.nodeName == plain }
  guard nodes.count == 1 else { throw notFound(.machine, plain, in: snapshot) }
  return nodes[0]
}

private func version(_ invocation: Invocation) throws -> KubernetesVersion {
  guard let text = invocation.value("version") else {
    throw invocation.usage("\(invocation.path) needs --version, for example --version v1.31.4")
  }
  guard let version = KubernetesVersion(text) else {
    throw invocation.usage("--version takes a Kubernetes version such as v1.31.4, not \"\(text)\"")
  }
  return version
}

/// `--workers N` and `--pool NAME=N`, by name.
private func poolSizes(_ invocation: Invocation) throws -> [(name: String, replicas: Int)] {
  var wanted = try pairs(invocation, "pool").map { name, text in
    guard let count = Int(text), count >= 0 else {
      throw invocation.usage("--pool takes NAME=N, and \"\(text)\" is not a number")
    }
    return (name, count)
  }
  if let workers = try invocation.integer("workers") { wanted.append(("workers", workers)) }
  guard Set(wanted.map(\.0)).count == wanted.count else {
    throw invocation.usage("--workers and --pool both say how many machines the pool workers has")
  }
  return wanted.sorted { $0.0 < $1.0 }.map { (name: $0.0, replicas: $0.1) }
}

/// The `KEY=VALUE` pairs of an option that may repeat.
func pairs(_ invocation: Invocation, _ option: String) throws -> [String: String] {
  var result: [String: String] = [:]
  for text in invocation.all(option) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw invocation.usage("--\(option) takes NAME=VALUE, not \"\(text)\"")
    }
    guard result.updateValue(parts[1], forKey: parts[0]) == nil else {
      throw invocation.usage("--\(option) says twice what \(parts[0]) is")
    }
  }
  return result
}

private func list(_ text: String?) -> [String] { text?.split(separator: ",").map(String.init) ?? [] }
