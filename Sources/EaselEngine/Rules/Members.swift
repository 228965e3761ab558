internal import EaselModel

/// Who is a member, what each must know of the others, and which host speaks for the cluster.
extension Draft {
  /// Control-plane machines that have joined and are not leaving, in natural order.
  var standingControlPlanes: [Machine] {
    orderedMachines.filter { $0.isControlPlane && $0.status.joinedAt != nil && $0.status.phase != .deleting }
  }

  var joinedMachines: [Machine] { orderedMachines.filter { $0.status.joinedAt != nil } }

  /// Its host answers, and takes changes from this site.
  func isReachable(_ machine: Machine) -> Bool {
    host(of: machine)?.takesChanges ?? false
  }

  /// The member that tasks about other nodes run on: the first standing control plane that answers, other than `except`.
  func speaker(except: UID? = nil) -> Machine? {
    let all = standingControlPlanes.filter { $0.uid != except }
    return all.first(where: isReachable) ?? all.first
  }

  /// What a cluster can be asked through: joined control planes, those that answer first.
  var speakers: [Machine] {
    let all = orderedMachines.filter { $0.isControlPlane && $0.status.joinedAt != nil && !$0.status.leftEtcd }
    return all.filter(isReachable) + all.filter { !isReachable($0) }
  }

  /// Where the endpoint's name points on a machine: a control plane that serves uses itself, all others the first that answers.
  func endpointAddress(for machine: Machine) -> String {
    if machine.isControlPlane, machine.status.joinedAt != nil { return machine.spec.address }
    if let speaker = speaker() { return speaker.spec.address }
    return orderedMachines.first(where: \.isControlPlane)?.spec.address ?? machine.spec.address
  }

  func member(_ machine: Machine) -> TaskContext.Member {
    TaskContext.Member(
      nodeName: machine.spec.nodeName, address: machine.spec.address, podCIDR: machine.spec.podCIDR,
      role: machine.spec.role)
  }

  /// Every other machine that is or becomes a member, sorted by node name.
  func others(than machine: Machine) -> [TaskContext.Member] {
    machines.values.filter { $0.uid != machine.uid && $0.status.phase != .deleting }.map(member)
      .sorted { $0.nodeName < $1.nodeName }
  }

  /// What a machine should know of the cluster's members now, in one short word.
  func memberDigest(for machine: Machine) -> String {
    Self.digest(others: others(than: machine), endpointAddress: endpointAddress(for: machine))
  }

  /// FNV-1a over the member list; only ever compared with another of its kind.
  static func digest(others: [TaskContext.Member], endpointAddress: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      hash = (hash ^ 0x0a) &* 0x100_0000_01b3
    }
    mix(endpointAddress)
    for member in others {
      mix(member.address)
      mix(member.podCIDR)
    }
    return String(hash, radix: 16)
  }

  func pool(of machine: Machine) -> Cluster.Pool? { cluster?.spec.pools.first { $0.name == machine.spec.pool } }

  /// Everything a plan for `machine`'s host is made from; `subject` is the node that the task is about if it is another.
  func context(
    on machine: Machine, about subject: Machine? = nil, from: KubernetesVersion? = nil, isFirst: Bool = false,
    definition: String? = nil
  ) -> TaskContext? {
    guard let cluster else { return nil }
    let concerned = subject ?? machine
    let pool = self.pool(of: concerned)
    return TaskContext(
      clusterName: cluster.name, clusterUID: cluster.uid, distribution: before.profile?.spec.distribution ?? "kubeadm",
      version: cluster.spec.kubernetesVersion, fromVersion: from, endpoint: cluster.endpointOrDefault,
      clusterPodCIDR: cluster.spec.network.podCIDR, serviceCIDR: cluster.spec.network.serviceCIDR,
      member: member(machine), subject: subject.map(member), others: others(than: machine),
      endpointAddress: endpointAddress(for: machine), isFirst: isFirst, labels: pool?.labels ?? [:],
      taints: pool?.taints ?? [], drainTimeoutSeconds: pool?.rollout.drainTimeoutSeconds ?? 300, definition: definition)
  }

  /// A request to a machine's own host.
  func request(
    _ verb: TaskVerb, on machine: Machine, limit: Int, from: KubernetesVersion? = nil, isFirst: Bool = false,
    secrets: [String] = []
  ) -> Act {
    guard let host = machine.host else { return .blocked(Block("NoHost", "\(machine.name) is bound to no host")) }
    return .task(
      TaskRequest(
        verb: verb, target: host, context: context(on: machine, from: from, isFirst: isFirst),
        secrets: secrets, timeLimit: limit))
  }

  /// A request about a node to a healthy control plane other than itself where there is one.
  func request(_ verb: TaskVerb, about subject: Machine, limit: Int, orItself: Bool = true) -> Act {
    let speaker = speaker(except: subject.uid) ?? (orItself ? speaker() : nil)
    guard let speaker, let host = speaker.host else {
      return .blocked(Block("NoControlPlane", "no control-plane machine is there to ask"))
    }
    return .task(
      TaskRequest(verb: verb, target: host, context: context(on: speaker, about: subject), timeLimit: limit))
  }
}
