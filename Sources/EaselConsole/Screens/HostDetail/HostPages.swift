internal import EaselModel
internal import EaselTerminal

/// The text tabs of a host, from the snapshot alone.
enum HostPages {
  static func overview(_ host: Host, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    page.heading("State")
    page.fact("Status", host.statusPhrase.text, host.statusPhrase.style)
    page.fact("Cluster", host.status.cluster ?? "free")
    if let machine = host.status.machine.flatMap(site.machine) {
      page.fact("Role", machine.spec.pool.map { "worker in pool \($0)" } ?? machine.spec.role.rawValue)
      page.fact("Machine", "\(machine.name), \(machine.status.phase.rawValue)", machine.status.phase.style)
    }
    page.fact("Last seen", Words.age(host.status.lastSeen, at: site.now) + (host.status.lastSeen == nil ? "" : " ago"))
    if let absence = host.status.absence {
      page.fact("Away", "\(absence.message); asked \(Words.age(absence.since, at: site.now)) ago", .info)
    }
    if let owner = host.status.leftover {
      page.fact("Holds", "cluster \(owner) of another site: reset it (Z)", .warning)
    }
    page.fact("Agent", host.status.agentVersion ?? "not installed")
    page.heading("Conditions")
    page.conditions(host.status.conditions, at: site.now)
    page.heading("Reached")
    page.fact("By", host.spec.transport.rawValue)
    page.fact("Address", host.spec.address)
    if let name = host.spec.sshHost { page.fact("ssh to", name) }
    if let user = host.spec.user { page.fact("User", user + " (\(host.spec.privilege.rawValue))") }
    if let port = host.spec.port { page.fact("Port", "\(port)") }
    if let key = host.spec.hostKey { page.fact("Host key", key) }
    return page.lines
  }

  static func hardware(_ host: Host, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    guard let inventory = host.status.inventory else {
      page.text("The agent has not reported what the host is made of.", .muted)
      return page.lines
    }
    page.heading("System")
    page.fact("Host name", inventory.hostname)
    page.fact("Operating system", inventory.operatingSystem)
    page.fact("Kernel", inventory.kernel)
    page.fact("Architecture", inventory.architecture)
    page.fact("CPU", Words.count(inventory.cpuCount, "core"))
    page.fact("Memory", Words.bytes(inventory.memoryBytes))
    page.fact(
      "Swap", inventory.swapBytes == 0 ? "off" : Words.bytes(inventory.swapBytes),
      inventory.swapBytes == 0 ? .plain : .warning)
    page.fact("cgroups", inventory.cgroupMode)
    if let skew = inventory.clockSkewSeconds {
      let tenths = Double(Int(skew * 10)) / 10
      page.fact("Clock differs by", "\(tenths)s", abs(skew) > 1 ? .warning : .plain)
    }
    page.heading("Disks")
    for disk in inventory.disks {
      let used = disk.totalBytes > 0 ? Double(disk.totalBytes - disk.freeBytes) / Double(disk.totalBytes) : 0
      page.fact(
        disk.mountPoint,
        "\(Words.bytes(disk.freeBytes)) free of \(Words.bytes(disk.totalBytes)), \(Int(used * 100))% used",
        used > 0.9 ? .warning : .plain)
    }
    page.heading("Network")
    for interface in inventory.interfaces {
      page.fact(
        interface.name,
        "\(interface.up ? "up" : "down")  \(interface.hardwareAddress)  \(interface.addresses.joined(separator: " "))",
        interface.up ? .plain : .muted)
    }
    return page.lines
  }

  static func events(_ host: Host, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    page.events(site.events(about: host.name, kind: .host))
    return page.lines
  }
}
