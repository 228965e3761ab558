internal import EaselHostPlan
internal import EaselModel

/// Sending a host down. The host's boot is the check of each step: in another boot than the one that the plan was made for, all of
/// it is done already, so no restart of the agent, and no plan that is sent twice, reboots a host twice.
extension KubeadmPlan {
  /// The agent is ended by the reboot while it waits; at the next start it goes on, and finds itself in the new boot.
  func reboot() throws(EaselError) -> [PlanStep] {
    let boot = try bootID()
    return quorumCheck(boot) + [
      PlanStep(
        "reboot", "Reboot the host", .run(Command(["systemctl", "reboot"])), check: Self.newBoot.check([boot]),
        timeLimitSeconds: 60),
      PlanStep(
        "wait-for-boot", "Wait for the new boot", .wait(Self.newBoot.reading([boot]), everySeconds: 2),
        timeLimitSeconds: 600),
    ]
  }

  func powerOff() throws(EaselError) -> [PlanStep] {
    let boot = try bootID()
    return quorumCheck(boot) + [
      PlanStep(
        "power-off", "Power the host off", .run(Command(["systemctl", "poweroff"])),
        check: Self.newBoot.check([boot]), timeLimitSeconds: 60)
    ]
  }

  private func bootID() throws(EaselError) -> String {
    if let boot = context.bootID { return boot }
    throw EaselError(
      .refused, "PlanInputInvalid", "making a plan: it is not known in which boot \(member.nodeName) is",
      advice: "wait until the host has been seen", field: "bootID")
  }

  /// The last look before a control plane goes down: what the engine saw is some seconds old by now.
  private func quorumCheck(_ boot: String) -> [PlanStep] {
    guard isControlPlane else { return [] }
    return [
      PlanStep(
        "check-quorum", "The other members of etcd keep its quorum",
        .require(
          Self.othersKeepQuorum.reading(Client.etcdctl([], commandTimeoutSeconds: 5)), code: "QuorumAtRisk",
          message: "with this host down too few members of etcd would stand"),
        check: Self.newBoot.check([boot]), timeLimitSeconds: 60)
    ]
  }

  static let newBoot = Script(#"! grep -qxF -e "$1" /proc/sys/kernel/random/boot_id"#)

  /// Up to two members cannot keep it, which the plan has announced; where it is lost already, or where this host's own member
  /// does not answer, nothing is lost by this host.
  static let othersKeepQuorum = Script(
    #"""
    members=$("$@" member list 2>/dev/null) || exit 0
    voting=$(echo "$members" | awk -F', ' '$2 == "started" && $6 == "false"' | wc -l)
    test "$voting" -gt 2 || exit 0
    "$@" endpoint health >/dev/null 2>&1 || exit 0
    healthy=$("$@" endpoint health --cluster -w json 2>/dev/null | grep -o '"health":true' | wc -l)
    needed=$((voting / 2 + 1))
    test "$healthy" -ge "$needed" || exit 0
    if test $((healthy - 1)) -lt "$needed"; then
      echo "$healthy of $voting are healthy, $needed are needed" >&2
      exit 1
    fi
    """#)
}
