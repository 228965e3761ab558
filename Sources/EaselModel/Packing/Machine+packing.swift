extension Machine.Spec: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(cluster)
    writer.add(role)
    writer.add(pool) { $0.add(word: $1) }
    writer.add(binding)
    writer.add(nodeName)
    writer.add(address)
    writer.add(podCIDR)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      cluster: ObjectReference(packed: &reader), role: reader.oneOf(Machine.Role.self),
      pool: reader.optional { $0.word() }, binding: Machine.Binding(packed: &reader), nodeName: reader.string(),
      address: reader.string(), podCIDR: reader.string())
  }
}

extension Machine.Binding: Packable {
  package func pack(into writer: inout PackedWriter) {
    switch self {
    case .host(let reference):
      writer.add(true)
      writer.add(reference)
    case .provider(let reference):
      writer.add(false)
      writer.add(reference)
    }
  }

  package init(packed reader: inout PackedReader) {
    self = reader.flag() ? .host(ObjectReference(packed: &reader)) : .provider(reader.string())
  }
}

extension Machine.Status: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(phase)
    writer.add(conditions) { $0.add($1) }
    writer.add(preparedVersion) { $0.add($1) }
    writer.add(joinedAt) { $0.add($1) }
    writer.add(componentVersion) { $0.add($1) }
    writer.add(kubeletVersion) { $0.add($1) }
    writer.add(connectedDigest) { $0.add($1) }
    writer.add(cordonedByEasel)
    writer.add(drained)
    writer.add(leftEtcd)
    writer.add(nodeDeleted)
    writer.add(hostReset)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      phase: reader.oneOf(Machine.Phase.self), conditions: reader.list { Condition(packed: &$0) })
    preparedVersion = reader.optional { KubernetesVersion(packed: &$0) }
    joinedAt = reader.optional { $0.time() }
    componentVersion = reader.optional { KubernetesVersion(packed: &$0) }
    kubeletVersion = reader.optional { KubernetesVersion(packed: &$0) }
    connectedDigest = reader.optional { $0.string() }
    cordonedByEasel = reader.flag()
    drained = reader.flag()
    leftEtcd = reader.flag()
    nodeDeleted = reader.flag()
    hostReset = reader.flag()
  }
}
