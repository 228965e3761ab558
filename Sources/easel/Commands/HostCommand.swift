import EaselModel
import EaselRuntime

private let hostName = ArgumentDefinition(name: "NAME", help: "The host's name", completes: .hosts)

let hostCommand = CommandDefinition(
  name: "host", summary: "Add, list, reboot and remove hosts, and read their logs",
  subcommands: [
    CommandDefinition(
      name: "add", summary: "Add a host: put the agent on it and read what it is made of",
      discussion:
        "Easel uses your own ssh, with your configuration, agent and keys. The key of a host that is not known yet is shown, and\n"
        + "kept only after you have confirmed it; without a terminal it must be given with --host-key.",
      arguments: [ArgumentDefinition(name: "NAME", help: "The host's name in the site")],
      options: [
        .value("address", "IP", "What the other members of a cluster reach the host by"),
        .flag("local", "This machine itself, without ssh"),
        .value("ssh-host", "HOST", "What to give to ssh, when it is not the address"),
        .value("port", "PORT", "The ssh port", short: "p"),
        .value("user", "USER", "The user to log in as (default: what your ssh says)", short: "u"),
        .value("ssh-config", "FILE", "An ssh_config file instead of your own", completes: .files),
        .value("host-key", "SHA256:...", "The host's key, if it is not in known_hosts"),
        .flag("site-key", "Also let this site log in by a key of its own, which can start the agent and nothing else"),
        .flag("ask-sudo-password", "Ask for sudo's password once; it is never stored"),
        .flag("sudo-password-stdin", "Read sudo's password from standard input"),
        .value("label", "KEY=VALUE", "A label of the host", short: "l", repeats: true),
      ] + changeOptions, formats: OutputFormat.all, run: addHost),
    hostKeyCommand,
    CommandDefinition(name: "list", aliases: ["ls"], summary: "List hosts", formats: OutputFormat.all) { invocation in
      let snapshot = try SiteOpening.open(invocation, startsEngine: false).snapshot()
      try printObjects(
        Array(snapshot.hosts), type: .host, single: false, in: snapshot, format: OutputFormat(invocation))
    },
    CommandDefinition(
      name: "remove", aliases: ["rm", "delete"], summary: "Forget a free host and take the agent off it",
      arguments: [hostName], options: [.flag("force", "Also a host that cannot be reached")] + changeOptions,
      formats: OutputFormat.all,
      run: removeHost),
    CommandDefinition(
      name: "trust", summary: "Confirm the key of a host anew, after it was installed again",
      discussion: "The key that the host shows is compared with --host-key, or shown and asked about on a terminal.",
      arguments: [hostName],
      options: [.value("host-key", "SHA256:...", "The key that you have read on the host itself")] + changeOptions,
      formats: OutputFormat.all,
      run: trustHost),
    CommandDefinition(
      name: "maintenance", summary: "Place no new work on a host, or do so again",
      arguments: [
        hostName,
        ArgumentDefinition(name: "STATE", help: "on or off", completes: .choices(["on", "off"])),
      ], options: changeOptions, formats: OutputFormat.all
    ) { invocation in
      guard ["on", "off"].contains(invocation.arguments[1]) else {
        throw invocation.usage("maintenance is on or off, not \"\(invocation.arguments[1])\"")
      }
      let on = invocation.arguments[1] == "on"
      try Change(invocation).perform(.setMaintenance(host: invocation.arguments[0], on: on), asks: false)
    },
    CommandDefinition(
      name: "logs", summary: "The log of a unit on a host, from its agent",
      arguments: [
        hostName, ArgumentDefinition(name: "UNIT", help: "For example kubelet, containerd or easel-agent"),
      ],
      options: [
        .flag("follow", "Go on printing until Ctrl-C", short: "f"), .value("tail", "N", "Only the last N lines"),
      ]
    ) { invocation in
      let gate = try SiteOpening.open(invocation, startsEngine: false)
      let snapshot = try gate.snapshot()
      guard snapshot.hosts.first(named: invocation.arguments[0]) != nil else {
        throw notFound(.host, invocation.arguments[0], in: snapshot)
      }
      try printUnitLog(host: invocation.arguments[0], unit: invocation.arguments[1], in: gate, invocation)
    },
    CommandDefinition(
      name: "units", summary: "The units of a host and how they are, from its agent", arguments: [hostName],
      formats: OutputFormat.structures, run: listUnits),
    CommandDefinition(
      name: "reboot", summary: "Reboot hosts, one after another",
      discussion:
        "A member is cordoned and drained first, if the others keep etcd's quorum, and waited for until its node is Ready from the\n"
        + "new boot; it is uncordoned if Easel cordoned it. Name members of one cluster, or one free host.",
      arguments: [hostNames], options: changeOptions, formats: OutputFormat.all
    ) { try actOnHosts(.reboot, $0) },
    CommandDefinition(
      name: "shutdown", aliases: ["shut-down", "poweroff"], summary: "Power hosts off, one after another",
      discussion:
        "A member is cordoned and drained first, if the others keep etcd's quorum. The host is off until somebody powers it on;\n"
        + "its node stays cordoned: easel uncordon MACHINE ends that. The site does not take its silence for an incident.",
      arguments: [hostNames], options: changeOptions, formats: OutputFormat.all
    ) { try actOnHosts(.shutDown, $0) },
    CommandDefinition(
      name: "power-on", summary: "Power simulated hosts on that were shut down",
      discussion:
        "Real hosts are powered on at their power button or management controller, which Easel does not reach.",
      arguments: [hostNames], options: changeOptions, formats: OutputFormat.all
    ) { try actOnHosts(.powerOn, $0) },
    CommandDefinition(
      name: "reset", summary: "Take whatever a cluster left on a free host off it",
      discussion:
        "For a host that is free in this site and still holds a cluster: of another or a forgotten site, or a failed install.\n"
        + "What lies there is lost. A member of a cluster of this site is refused: remove its machine instead.",
      arguments: [hostName], options: changeOptions, formats: OutputFormat.all
    ) { invocation in
      let name = invocation.arguments[0]
      try Change(invocation, typedName: name).perform(.host(.reset, names: [name]))
    },
  ])

private let hostNames = ArgumentDefinition(
  name: "NAME", help: "The hosts' names", repeats: true, completes: .hosts)

private func actOnHosts(_ action: HostAction, _ invocation: Invocation) throws {
  let typedName = action == .shutDown && invocation.arguments.count == 1 ? invocation.arguments[0] : nil
  try Change(invocation, typedName: typedName).perform(.host(action, names: invocation.arguments))
}

private func listUnits(_ invocation: Invocation) throws {
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  let snapshot = try gate.snapshot()
  guard snapshot.hosts.first(named: invocation.arguments[0]) != nil else {
    throw notFound(.host, invocation.arguments[0], in: snapshot)
  }
  let units = try gate.units(ofHost: invocation.arguments[0])
  let format = OutputFormat(invocation)
  if format.isStructured { return try printValue(UnitsOfHost(items: units), format: format) }
  var table = Table(["UNIT", "STATE", "DETAIL", "SINCE", "WHAT"])
  for unit in units {
    table.rows.append([unit.shortName, unit.state, unit.detail, unit.since?.description ?? "-", unit.title])
  }
  Terminal.out(table.text())
}

private struct UnitsOfHost: Encodable {
  var kind = "List"
  var items: [HostUnit]
}

private func addHost(_ invocation: Invocation) throws {
  let change = try Change(invocation)
  let snapshot = try change.gate.snapshot()
  let name = invocation.arguments[0]
  let labels = try pairs(invocation, "label")
  if snapshot.site.spec.simulation != nil {
    let number = snapshot.hosts.count + 1
    let spec = Host.Spec(
      transport: .simulated, address: invocation.value("address") ?? SiteFounding.simulatedHost(number).spec.address)
    return try change.perform(.addHost(name: name, spec: spec, labels: labels))
  }
  var spec = try hostSpec(invocation)
  // What is wrong anyway is said before the host is asked for anything, and nothing of it gets to ssh.
  if let all = EaselError.all(HostValidation.check(name: name, spec: spec) + LabelValidation.check(labels)) {
    throw all
  }
  if snapshot.hosts.first(named: name) != nil {
    throw EaselError(
      .conflict, "HostExists", "there is a host \(name) already", advice: "choose another name, or remove it first")
  }
  if spec.transport == .ssh, !invocation.has("dry-run") {
    spec.hostKey = try confirmedKey(of: spec, name: name, invocation)
    if spec.siteKey == nil, !invocation.has("yes"), Terminal.canAsk {
      spec.siteKey = isYes(Terminal.ask(siteKeyQuestion(name, user: spec.user))) ? true : nil
    }
  }
  // The host is touched only once all was answered.
  try change.perform(.addHost(name: name, spec: spec, labels: labels)) {
    if spec.privilege == .sudoPassword { try installWithPassword(name, spec, invocation) }
  }
}

private func hostSpec(_ invocation: Invocation) throws -> Host.Spec {
  if invocation.has("local") {
    return Host.Spec(transport: .local, address: invocation.value("address") ?? Installation.address() ?? "127.0.0.1")
  }
  guard let address = invocation.value("address") else {
    throw invocation.usage("easel host add needs --address IP, or --local for this machine")
  }
  var spec = Host.Spec(transport: .ssh, address: address)
  spec.sshHost = invocation.value("ssh-host")
  spec.port = try invocation.integer("port", in: 1...65_535)
  spec.user = invocation.value("user")
  spec.sshConfig = invocation.value("ssh-config").map { $0.hasPrefix("/") ? $0 : currentDirectory() + "/" + $0 }
  spec.hostKey = invocation.value("host-key")
  spec.siteKey = invocation.has("site-key") ? true : nil
  let password = invocation.has("ask-sudo-password") || invocation.has("sudo-password-stdin")
  // Who is not root needs sudo, and that it asks for nothing is found out when the agent is installed.
  spec.privilege = password ? .sudoPassword : spec.user == nil || spec.user == "root" ? .root : .sudo
  return spec
}

func removeHost(_ invocation: Invocation) throws {
  let change = try Change(invocation)
  let snapshot = try change.gate.snapshot()
  let name = invocation.arguments[0]
  guard snapshot.hosts.first(named: name) != nil else { throw notFound(.host, name, in: snapshot) }
  try change.perform(.removeHost(name: name, force: invocation.has("force")))
}

private func trustHost(_ invocation: Invocation) throws {
  let change = try Change(invocation)
  let snapshot = try change.gate.snapshot()
  let name = invocation.arguments[0]
  guard var host = snapshot.hosts.first(named: name) else { throw notFound(.host, name, in: snapshot) }
  let wanted = invocation.value("host-key")
  guard host.spec.transport == .ssh, !invocation.has("dry-run") else {
    return try change.perform(.setHostKey(host: name, key: wanted ?? host.spec.hostKey ?? ""), asks: false)
  }
  let ways = try HostWays(SiteOpening.directory(invocation))
  if let wanted {
    host.spec.hostKey = wanted
    try blocking { [host] in try await ways.trust(host) }
    return try change.perform(.setHostKey(host: name, key: wanted), asks: false)
  }
  guard let key = try keyFromOperator(of: host, ways) else { return }
  try change.perform(.setHostKey(host: name, key: key), asks: false)
}
