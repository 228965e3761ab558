internal import EaselModel

/// The steps that send hosts down: reboot and power off, of members and of free hosts, and the reset of a free host.
extension WorkflowStep {
  static let rebootMachines = WorkflowStep(
    "reboot-machines", "Reboot machines, one by one", items: subject,
    [.cordonBefore, .drainBefore, .reboot, .nodeBack, .uncordon])

  static let shutDownMachines = WorkflowStep(
    "shut-down-machines", "Shut machines down, one by one", items: subject,
    [.cordonBefore, .drainBefore, .powerOff, .off, .leaveCordoned])

  static let powerOnMachines = WorkflowStep(
    "power-on-machines", "Power machines on", items: subject, lane: { draft, _ in .parallel(draft) },
    [.powerOn, .nodeBack])

  static let powerOnHost = WorkflowStep("power-on-host", "Power the host on", items: target, [.powerOn, .hostBack])

  static let rebootHost = WorkflowStep("reboot-host", "Reboot the host", items: target, [.reboot, .hostBack])
  static let shutDownHost = WorkflowStep("shut-down-host", "Shut the host down", items: target, [.powerOff, .off])

  static let resetFreeHost = WorkflowStep(
    "reset-host", "Take off what a cluster left", items: target,
    [
      Stage(
        name: "reset", title: "resetting the host",
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "reset") },
        gate: { draft, item in draft.mustAnswer(item, "reset") },
        act: { draft, item in
          guard let host = draft.host(of: item) else { return .done }
          return .task(
            TaskRequest(verb: .reset, target: ObjectReference(host), context: .freeHost(host), timeLimit: 300))
        }),
      Stage(
        name: "clean", title: "looking whether the host is clean",
        skip: .stage("what is left on the host is found when a cluster wants to take it"),
        isDone: { draft, item in
          guard let host = draft.host(of: item) else { return true }
          return host.status.leftover == nil && host.status.lastSeen ?? .zero > draft.lastEnd()
        },
        act: { draft, item in
          guard let host = draft.host(of: item) else { return .done }
          draft.look(at: host)
          guard host.status.leftover != nil, host.status.lastSeen ?? .zero > draft.lastEnd() else {
            return .blocked(.waiting("looking at the host"))
          }
          return .blocked(
            Block(
              "StillHeld", "\(host.name) still says that it is a member of a cluster: see the log of its reset",
              needsOperator: true))
        }),
    ])
}

extension Stage {
  /// Only what is not cordoned already is cordoned, so that only that is undone.
  static let cordonBefore = Stage(
    name: "cordon", title: "cordoning", skip: .stage("new pods may be placed on it until it goes down"),
    isDone: { draft, item in
      guard let machine = draft[item], !draft.wentDown(item), !draft.isOnlyNode(machine) else { return true }
      return draft.succeeded(item: item.name, stage: "cordon") && machine.status.cordonedByEasel
        || draft.attempts(item: item.name, stage: "cordon").isEmpty && draft.cordonedByOthers(machine)
    },
    gate: { draft, item in
      // Nothing is moved off a machine that may not go down.
      if let block = draft.mayGoDown(item) { return block }
      return draft.looksForCordon(item)
    },
    act: { draft, item in draft.cordonAsOurs(item) })

  static let drainBefore = Stage(
    name: "drain", title: "draining", skip: .stage("its pods are not moved first; they stop with the host"),
    isDone: { draft, item in
      guard let machine = draft[item], !draft.wentDown(item) else { return true }
      return machine.status.drained || draft.isOnlyNode(machine)
    },
    act: { draft, item in
      draft[item].map { draft.request(.drain, about: $0, limit: draft.drainLimit($0) + 60) } ?? .done
    })

  static let reboot = Stage(
    name: "reboot", title: "rebooting", isDone: { draft, item in draft.wentDown(item) },
    gate: { draft, item in draft.mayGoDown(item) }, act: { draft, item in draft.sendDown(.reboot, item) })

  static let powerOff = Stage(
    name: "power-off", title: "powering off", isDone: { draft, item in draft.wentDown(item) },
    gate: { draft, item in draft.mayGoDown(item) }, act: { draft, item in draft.sendDown(.powerOff, item) })

  static let powerOn = Stage(
    name: "power-on", title: "powering on",
    isDone: { draft, item in
      // A host may be seen before it has said that it is on: what was asked of it is not left open.
      draft.host(of: item)?.status.phase == .ready
        && draft.attempts(item: item.name, stage: "power-on").allSatisfy(\.status.state.isFinal)
    },
    act: { draft, item in draft.powerOn(item) })

  /// A free host is back when it is seen in another boot.
  static let hostBack = Stage(
    name: "back", title: "waiting for the host",
    isDone: { draft, item in draft.isBack(item) },
    act: { draft, item in .blocked(draft.waitForHost(item)) })

  /// A member is back when its node is Ready from the new boot, and its etcd member votes again.
  static let nodeBack = Stage(
    name: "back", title: "waiting for the node",
    skip: .stage("the operation goes on although the node is not Ready; the cluster's conditions go on to say so"),
    sticky: true,
    isDone: { draft, item in
      guard let machine = draft[item] else { return true }
      return draft.isBack(item) && draft.seenSinceBack(item) && draft.whatIsMissing(machine) == nil
    },
    act: { draft, item in
      guard let machine = draft[item] else { return .done }
      guard draft.isBack(item) else { return .blocked(draft.waitForHost(item)) }
      guard draft.observation(after: draft.backSince(item)) != nil else {
        return .blocked(.waiting("looking at the node"))
      }
      return .blocked(
        draft.waitFor(
          "NodeNotReady", draft.whatIsMissing(machine) ?? "looking at the node", since: draft.backSince(item)))
    })

  /// The host is off when it is silent; from then on its silence is what was asked for.
  static let off = Stage(
    name: "off", title: "waiting until it is off",
    isDone: { draft, item in
      draft.host(of: item)?.status.absence?.isOff ?? false || draft.isBack(item)
    },
    act: { draft, item in
      guard let host = draft.host(of: item), let absence = host.status.absence else { return .done }
      if host.status.phase != .ready {
        draft.noteOff(host, absence)
        return .done
      }
      let sent = draft.attempts(item: item.name, stage: "power-off").last?.status.finishedAt ?? absence.since
      draft.look(at: host)
      if draft.now.seconds(since: sent) < draft.rules.bootPatience {
        return .blocked(.waiting("waiting for its silence"))
      }
      return .blocked(
        Block(
          "StillUp", "host \(host.name) still answers although it was told to power off: look at its console",
          needsOperator: true))
    })

  /// What we cordoned becomes the operator's: the host comes back when somebody powers it on, which may be in a year.
  static let leaveCordoned = Stage(
    name: "leave-cordoned", title: "leaving the node cordoned",
    isDone: { draft, item in draft[item].map { !$0.status.cordonedByEasel } ?? true },
    act: { draft, item in
      guard let machine = draft[item] else { return .done }
      draft.updateMachine(machine.uid) { $0.status.cordonedByEasel = false }
      draft.event(
        "LeftCordoned",
        "\(machine.name) is left cordoned: once its host is powered on again, uncordon it", about: machine)
      return .done
    })
}
