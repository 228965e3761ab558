extension Cluster.Spec: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(mode)
    writer.add(word: profile.name)
    writer.add(word: profile.version)
    writer.add(kubernetesVersion)
    writer.add(word: network.podCIDR)
    writer.add(word: network.serviceCIDR)
    writer.add(controlPlane.replicas)
    writer.add(controlPlane.hosts) { $0.add($1) }
    writer.add(controlPlane.endpoint) { $0.add($1) }
    writer.add(pools) { $0.add($1) }
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      mode: reader.oneOf(Cluster.Mode.self),
      profile: Cluster.ProfileReference(name: reader.word(), version: reader.word()),
      kubernetesVersion: KubernetesVersion(packed: &reader),
      network: Cluster.Network(podCIDR: reader.word(), serviceCIDR: reader.word()),
      controlPlane: Cluster.ControlPlane(
        replicas: reader.count(), hosts: reader.list { $0.string() }, endpoint: reader.optional { $0.string() }),
      pools: reader.list { Cluster.Pool(packed: &$0) })
  }
}

extension Cluster.Pool: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(word: name)
    writer.add(replicas)
    writer.add(hosts) { $0.add($1) }
    writer.add(labels)
    writer.add(taints) { $0.add($1) }
    writer.add(rollout.maxUnavailable)
    writer.add(rollout.drainTimeoutSeconds)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      name: reader.word(), replicas: reader.count(), hosts: reader.list { $0.string() }, labels: reader.texts(),
      taints: reader.list { Cluster.Taint(packed: &$0) },
      rollout: Cluster.Rollout(maxUnavailable: reader.count(), drainTimeoutSeconds: reader.count()))
  }
}

extension Cluster.Taint: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(word: key)
    writer.add(value) { $0.add($1) }
    writer.add(effect)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      key: reader.word(), value: reader.optional { $0.string() }, effect: reader.oneOf(Cluster.Taint.Effect.self))
  }
}

extension Cluster.Status: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(phase)
    writer.add(conditions) { $0.add($1) }
    writer.add(observedGeneration)
    writer.add(kubernetesVersion) { $0.add($1) }
    writer.add(controlPlaneReady)
    writer.add(workersReady)
    writer.add(operation) { $0.add($1) }
    writer.add(initializedAt) { $0.add($1) }
    writer.add(observed) { $0.add($1) }
    writer.add(observedAt) { $0.add($1) }
    writer.add(secrets) { writer, secret in
      writer.add(word: secret.key)
      writer.add(secret.value)
    }
  }

  package init(packed reader: inout PackedReader) {
    self.init(phase: reader.oneOf(Cluster.Phase.self), conditions: reader.list { Condition(packed: &$0) })
    observedGeneration = reader.integer()
    kubernetesVersion = reader.optional { KubernetesVersion(packed: &$0) }
    controlPlaneReady = reader.count()
    workersReady = reader.count()
    operation = reader.optional { $0.string() }
    initializedAt = reader.optional { $0.time() }
    observed = reader.optional { ClusterObservation(packed: &$0) }
    observedAt = reader.optional { $0.time() }
    for _ in 0..<reader.count() { secrets[reader.word()] = reader.time() }
  }
}

extension ClusterObservation: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(apiHealthy)
    writer.add(message)
    writer.add(nodes) { $0.add($1) }
    writer.add(etcd) { $0.add($1) }
    writer.add(certificates) { $0.add($1) }
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      apiHealthy: reader.flag(), message: reader.string(), nodes: reader.list { Node(packed: &$0) },
      etcd: reader.list { EtcdMember(packed: &$0) }, certificates: reader.list { Certificate(packed: &$0) })
  }
}

extension ClusterObservation.Node: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(name)
    writer.add(ready)
    writer.add(cordoned)
    writer.add(word: kubeletVersion)
    writer.add(bootID) { $0.add($1) }
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      name: reader.string(), ready: reader.flag(), cordoned: reader.flag(), kubeletVersion: reader.word(),
      bootID: reader.optional { $0.string() })
  }
}

extension ClusterObservation.EtcdMember: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(name)
    writer.add(id)
    writer.add(voting)
    writer.add(healthy)
    writer.add(leader)
    writer.add(databaseBytes)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      name: reader.string(), id: reader.string(), voting: reader.flag(), healthy: reader.flag(), leader: reader.flag(),
      databaseBytes: reader.integer())
  }
}

extension ClusterObservation.Certificate: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(node)
    writer.add(word: name)
    writer.add(expiresAt)
  }

  package init(packed reader: inout PackedReader) {
    self.init(node: reader.string(), name: reader.word(), expiresAt: reader.time())
  }
}
