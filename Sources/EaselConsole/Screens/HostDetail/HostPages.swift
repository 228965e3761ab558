internal import EaselModel
internal import EaselTerminal

/// The text tabs of a host, from the snapshot alone.
enum HostPages {
  static func overview(_ host: Host, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    page.heading(tr("State"))
    page.fact(tr("Status"), site.statusPhrase(of: host).text, site.statusPhrase(of: host).style)
    page.fact(tr("Cluster"), host.status.cluster ?? tr("free"))
    if let machine = host.status.machine.flatMap(site.machine) {
      page.fact(tr("Role"), machine.spec.pool.map { tr("worker in pool \($0)") } ?? Words.word(machine.spec.role))
      let phrase = machine.statusPhrase(on: host)
      page.fact(tr("Machine"), "\(machine.name), \(phrase.text)", phrase.style)
    }
    page.fact(
      tr("Last seen"),
      host.status.lastSeen == nil
        ? Words.age(nil, at: site.now) : tr("\(Words.age(host.status.lastSeen, at: site.now)) ago"))
    if let absence = host.status.absence {
      page.fact(tr("Away"), tr("\(absence.message); asked \(Words.age(absence.since, at: site.now)) ago"), .info)
    }
    if let owner = host.status.leftover {
      page.fact(tr("Holds"), tr("cluster \(owner) of another site: reset it (Z)"), .warning)
    }
    page.fact(tr("Agent"), host.status.agentVersion ?? tr("not installed"))
    page.heading(tr("Conditions"))
    page.conditions(host.status.conditions, at: site.now)
    page.heading(tr("Reached"))
    page.fact(tr("By"), Words.word(host.spec.transport))
    page.fact(tr("Address"), host.spec.address)
    if let name = host.spec.sshHost { page.fact(tr("ssh to"), name) }
    if let user = host.spec.user { page.fact(tr("User"), user + " (\(Words.word(host.spec.privilege)))") }
    if let port = host.spec.port { page.fact(tr("Port"), "\(port)") }
    if let key = host.spec.hostKey { page.fact(tr("Host key"), key) }
    return page.lines
  }

  static func hardware(_ host: Host, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    guard let inventory = host.status.inventory else {
      page.text(tr("The agent has not reported what the host is made of."), .muted)
      return page.lines
    }
    page.heading(tr("System"))
    page.fact(tr("Host name"), inventory.hostname)
    page.fact(tr("Operating system"), inventory.operatingSystem)
    page.fact(tr("Kernel"), inventory.kernel)
    page.fact(tr("Architecture"), inventory.architecture)
    page.fact(
      tr("CPU"), tr(inventory.cpuCount, one: "\(inventory.cpuCount) core", other: "\(inventory.cpuCount) cores"))
    page.fact(tr("Memory"), Words.bytes(inventory.memoryBytes))
    page.fact(
      tr("Swap"), inventory.swapBytes == 0 ? tr("off") : Words.bytes(inventory.swapBytes),
      inventory.swapBytes == 0 ? .plain : .warning)
    page.fact("cgroups", inventory.cgroupMode)
    if let skew = inventory.clockSkewSeconds {
      let tenths = Double(Int(skew * 10)) / 10
      page.fact(tr("Clock differs by"), "\(tenths)s", abs(skew) > 1 ? .warning : .plain)
    }
    page.heading(tr("Disks"))
    for disk in inventory.disks {
      let used = disk.totalBytes > 0 ? Double(disk.totalBytes - disk.freeBytes) / Double(disk.totalBytes) : 0
      page.fact(
        disk.mountPoint,
        tr("\(Words.bytes(disk.freeBytes)) free of \(Words.bytes(disk.totalBytes)), \(Int(used * 100))% used"),
        used > 0.9 ? .warning : .plain)
    }
    page.heading(tr("Network"))
    for interface in inventory.interfaces {
      page.fact(
        interface.name,
        "\(interface.up ? "up" : "down")  \(interface.hardwareAddress)  \(interface.addresses.joined(separator: " "))",
        interface.up ? .plain : .muted)
    }
    return page.lines
  }
}
