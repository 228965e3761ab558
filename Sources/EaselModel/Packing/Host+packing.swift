extension Host.Spec: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(transport)
    writer.add(address)
    writer.add(sshHost) { $0.add($1) }
    writer.add(port) { $0.add($1) }
    writer.add(user) { $0.add(word: $1) }
    writer.add(sshConfig) { $0.add(word: $1) }
    writer.add(hostKey) { $0.add($1) }
    writer.add(privilege)
    writer.add(siteKey) { $0.add($1) }
    writer.add(maintenance)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      transport: reader.oneOf(Host.Transport.self), address: reader.string(), sshHost: reader.optional { $0.string() },
      port: reader.optional { $0.count() }, user: reader.optional { $0.word() },
      sshConfig: reader.optional { $0.word() }, hostKey: reader.optional { $0.string() },
      privilege: reader.oneOf(Host.Privilege.self), siteKey: reader.optional { $0.flag() }, maintenance: reader.flag())
  }
}

extension Host.Status: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(machine) { $0.add($1) }
    writer.add(phase)
    writer.add(conditions) { $0.add($1) }
    writer.add(cluster) { $0.add($1) }
    writer.add(packedInventory) { $0.add($1) }
    writer.add(agentVersion) { $0.add(word: $1) }
    writer.add(lastSeen) { $0.add($1) }
    writer.add(bootID) { $0.add($1) }
    writer.add(absence) { $0.add($1) }
    writer.add(leftover) { $0.add($1) }
  }

  package init(packed reader: inout PackedReader) {
    let machine = Self.machine(packed: &reader)
    self.init(phase: reader.oneOf(Host.Phase.self), conditions: reader.list { Condition(packed: &$0) })
    self.machine = machine
    cluster = reader.optional { $0.string() }
    packedInventory = reader.optional { PackedInventory(packed: &$0) }
    agentVersion = reader.optional { $0.word() }
    lastSeen = reader.optional { $0.time() }
    bootID = reader.optional { $0.string() }
    absence = reader.optional { Host.Absence(packed: &$0) }
    leftover = reader.optional { UID(packed: &$0) }
  }

  fileprivate static func machine(packed reader: inout PackedReader) -> String? { reader.optional { $0.string() } }
}

extension Packed<Host> {
  /// The name of the machine that the host carries, at a fraction of the price of its status.
  package var machine: String? {
    var reader = reader(of: .status)
    return Host.Status.machine(packed: &reader)
  }
}

extension Host.Absence: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(word: reason)
    writer.add(actor)
    writer.add(since)
    writer.add(bootID)
    writer.add(until) { $0.add($1) }
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      reason: reader.word(), actor: reader.string(), since: reader.time(), bootID: reader.string(),
      until: reader.optional { $0.time() })
  }
}
