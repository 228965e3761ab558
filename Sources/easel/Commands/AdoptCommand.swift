import EaselModel
import EaselRuntime

private let reachOptions: [OptionDefinition] = [
  .value("port", "PORT", "The ssh port", short: "p"),
  .value("ssh-config", "FILE", "An ssh_config file instead of your own", completes: .files),
]

let adoptCommand = CommandDefinition(
  name: "adopt", summary: "Take a cluster or a host over from another, or a lost, site",
  subcommands: [
    CommandDefinition(
      name: "cluster", aliases: ["clusters", "cl"], summary: "Take a cluster over with its hosts, as they stand",
      discussion:
        "The cluster's definition is read out of the cluster itself, through one of its control-plane hosts. A majority of the\n"
        + "control planes must answer; hosts that do not are taken over when they come back. From then on the former owner is\n"
        + "refused, and says who has adopted what it owned.",
      arguments: [ArgumentDefinition(name: "NAME", help: "The cluster's name", completes: .clusters)],
      options: [
        .value(
          "via", "HOST[=ADDRESS]", "A control-plane host to ask; its address, unless this site knows it", repeats: true),
        .value(
          "user", "[HOST=]USER",
          "The user to log in as with --via, or on one member (default: as its former owner did)",
          short: "u", repeats: true),
        .value("address", "HOST=ADDRESS", "Reach a member by another address than the former owner did", repeats: true),
        .value(
          "host-key", "[HOST=]SHA256:...", "A host's key, if it is not in known_hosts", repeats: true),
      ] + reachOptions + changeOptions, formats: OutputFormat.all, run: adoptCluster),
    CommandDefinition(
      name: "host", aliases: ["hosts"], summary: "Take a single host over",
      arguments: [ArgumentDefinition(name: "NAME", help: "The host's name in this site", completes: .hosts)],
      options: [
        .value("address", "IP", "What the other members of a cluster reach it by"),
        .flag("local", "This machine itself, without ssh"),
        .value("user", "USER", "The user to log in as (default: what your ssh says)", short: "u"),
        .value("ssh-host", "HOST", "What to give to ssh, when it is not the address"),
        .value("host-key", "SHA256:...", "The host's key, if it is not in known_hosts"),
        .value("label", "KEY=VALUE", "A label of the host", short: "l", repeats: true),
      ] + reachOptions + changeOptions, formats: OutputFormat.all, run: adoptHost),
  ])

let forgetCommand = CommandDefinition(
  name: "forget", summary: "Let go of a cluster that another site has adopted",
  subcommands: [
    CommandDefinition(
      name: "cluster", summary: "Forget the cluster and its hosts here; nothing is done to them",
      arguments: [ArgumentDefinition(name: "NAME", help: "The cluster's name", completes: .clusters)],
      options: changeOptions, formats: OutputFormat.all
    ) { invocation in
      try Change(invocation, typedName: invocation.arguments[0]).perform(
        .forgetCluster(name: invocation.arguments[0]))
    }
  ])

private func adoptCluster(_ invocation: Invocation) throws {
  let change = try Change(invocation)
  let site = try change.gate.snapshot()
  let name = invocation.arguments[0]
  guard site.site.spec.simulation == nil else {
    throw EaselError(
      .refused, "SimulatedSite",
      "the hosts of a simulated site exist in its own database only: nobody else can have them",
      advice: "adopt clusters of real hosts from a site that is not simulated")
  }
  let survey = try ClusterSurvey(invocation, site: site).run()
  guard survey.adoption.cluster.name == name else {
    throw EaselError(
      .notFound, "OtherCluster",
      "the hosts named with --via carry cluster \(survey.adoption.cluster.name), not \(name)",
      advice: "say: easel adopt cluster \(survey.adoption.cluster.name)")
  }
  Terminal.write(survey.text(ourSite: site.site) + "\n", to: OutputFormat(invocation).isForPrograms ? 2 : 1)
  try change.perform(.adoptCluster(survey.adoption))
}

private func adoptHost(_ invocation: Invocation) throws {
  let change = try Change(invocation)
  let site = try change.gate.snapshot()
  let name = invocation.arguments[0]
  let known = site.hosts.first { $0.name == name }
  var spec: Host.Spec
  if let known {
    spec = known.spec
  } else if invocation.has("local") {
    spec = Host.Spec(transport: .local, address: invocation.value("address") ?? Installation.address() ?? "127.0.0.1")
  } else {
    guard let address = invocation.value("address") else {
      throw invocation.usage("easel adopt host needs --address IP for a host that the site does not know")
    }
    spec = Host.Spec(transport: .ssh, address: address)
    spec.sshHost = invocation.value("ssh-host")
    spec.port = try invocation.integer("port", in: 1...65_535)
    spec.user = invocation.value("user")
    spec.sshConfig = invocation.value("ssh-config").map(absolutePath)
    spec.hostKey = invocation.value("host-key")
    spec.privilege = spec.user == nil || spec.user == "root" ? .root : .sudo
    if !invocation.has("dry-run") { spec.hostKey = try confirmedKey(of: spec, name: name, invocation) }
  }
  let host = Host(
    metadata: Metadata(name: name, uid: known?.uid ?? "new", createdAt: .wallClock()), spec: spec)
  let seen = try HostLook.at(host, invocation)
  guard let owner = seen.owner, owner.site != site.site.uid else {
    throw EaselError(
      .refused, "NotOwned", "\(name) takes changes from no other site", advice: "add it with: easel host add \(name)")
  }
  if let member = seen.member {
    throw EaselError(
      .refused, "HostInUse", "\(name) is a member of a cluster (uid \(member)) of another site",
      advice: "take the cluster over with its hosts: easel adopt cluster NAME --via \(name)=\(spec.address)")
  }
  Terminal.err("\(name): \(owner.adoptionText), under epoch \(owner.epoch)")
  try change.perform(
    .adoptHost(name: name, spec: spec, labels: try pairs(invocation, "label"), ownerEpoch: owner.epoch))
}

func absolutePath(_ path: String) -> String { path.hasPrefix("/") ? path : currentDirectory() + "/" + path }
