internal import EaselModel

/// The steps that make this site the owner of what another one owned.
extension WorkflowStep {
  static let takeControlPlanes = WorkflowStep(
    "take-control-planes", "Become the owner on the control planes",
    items: { draft in draft.machinesToTake.filter(\.isControlPlane).map { Item.machine($0) } },
    lane: { draft, _ in .parallel(draft) }, [.takeOver])

  static let confirmMajority = WorkflowStep(
    "confirm-majority", "Own a majority of the control planes", items: { Item.cluster($0) },
    [
      Stage(
        name: "majority", title: "counting the control planes that are ours",
        isDone: { draft, _ in draft.ownsMajority },
        act: { draft, _ in
          let (ours, all) = draft.ownedControlPlanes
          return .blocked(
            Block(
              "NoMajority",
              "\(ours) of \(all) control planes take changes from this site: without a majority nothing is changed",
              needsOperator: true))
        })
    ])

  static let takeWorkers = WorkflowStep(
    "take-workers", "Become the owner on the workers",
    items: { draft in draft.machinesToTake.filter { !$0.isControlPlane }.map { Item.machine($0) } },
    lane: { draft, _ in .parallel(draft) }, [.takeOver])

  static let readCredentials = WorkflowStep(
    "read-credentials", "Read the administrator's credentials", items: { Item.cluster($0) },
    [
      Stage(
        name: "credentials", title: "reading the administrator's credentials",
        skip: .stage("easel kubeconfig has nothing to print for this cluster"),
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "credentials") },
        act: { draft, _ in
          guard let speaker = draft.speaker() else {
            return .blocked(Block("NoControlPlane", "no control-plane machine is there to ask"))
          }
          return draft.request(.readCredentials, on: speaker, limit: 60)
        })
    ])

  /// A host that is taken over by itself, or that did not answer when its cluster was.
  static let takeHost = WorkflowStep(
    "take-host", "Become the owner",
    items: { draft in
      guard let target = draft.operation?.spec.target, draft.hosts[target.uid] != nil else { return [] }
      return [Item(name: target.name, host: target.uid)]
    },
    [
      Stage(
        name: "take-over", title: "becoming the owner",
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "take-over") },
        gate: { draft, item in
          guard let host = item.host.flatMap({ draft.hosts[$0] }),
            host.metadata.annotations[Host.adoptsLater] != nil, host.status.phase != .ready
          else { return nil }
          return Block("HostUnreachable", "it does not answer yet; it is taken over when it comes back")
        },
        act: { draft, item in
          guard let host = item.host.flatMap({ draft.hosts[$0] }) else { return .done }
          return .task(
            TaskRequest(verb: .takeOver, target: ObjectReference(host), context: nil, timeLimit: 300))
        })
    ])

  /// An adoption that was given up before it had a majority leaves nothing here: the cluster is still its former owner's.
  static let forgetUnadopted = WorkflowStep(
    "forget-unadopted", "Forget what was not taken over",
    items: { draft in
      guard draft.operation?.spec.verb == .adoptCluster, !draft.ownsMajority else { return [] }
      return Item.cluster(draft)
    }, expected: { draft in draft.operation?.spec.verb == .adoptCluster && !draft.ownsMajority },
    [
      Stage(
        name: "forget-unadopted", title: "forgetting what was not taken over",
        isDone: { draft, _ in draft.clusterDeleted },
        act: { draft, _ in
          draft.letGo()
          return .done
        })
    ])
}

extension Stage {
  static let takeOver = Stage(
    name: "take-over", title: "becoming the owner",
    skip: .item("it stays with its former owner until it is taken over by itself: easel adopt host"),
    isDone: { draft, item in draft.succeeded(item: item.name, stage: "take-over") },
    act: { draft, item in
      guard let machine = draft[item], let host = machine.host else { return .done }
      return .task(TaskRequest(verb: .takeOver, target: host, context: nil, timeLimit: 300))
    })
}

extension Draft {
  /// Those whose hosts answered when the adoption was asked for.
  fileprivate var machinesToTake: [Machine] {
    orderedMachines.filter { host(of: $0)?.metadata.annotations[Host.adoptsLater] == nil }
  }

  fileprivate var ownedControlPlanes: (ours: Int, all: Int) {
    let planes = orderedMachines.filter(\.isControlPlane)
    return (planes.count { host(of: $0)?.status.conditions[Host.owned]?.status == .yes }, planes.count)
  }

  var ownsMajority: Bool {
    let (ours, all) = ownedControlPlanes
    return ours > all / 2
  }

  /// Forgets a cluster that is not ours, and its hosts but those that are: nothing is done to any of them.
  fileprivate func letGo() {
    for machine in machines.values.sorted(by: { $0.name < $1.name }) {
      let ours = host(of: machine)?.status.conditions[Host.owned]?.status == .yes
      release(machine)
      if !ours, let host = machine.host { deleteHost(host.uid) }
    }
    guard let cluster else { return }
    deleteCluster()
    decision.forgottenSecrets.append("cluster/\(cluster.uid)/")
    event(.normal, "Forgotten", "cluster \(cluster.name) stays with its owner", about: ObjectReference(cluster))
  }
}
