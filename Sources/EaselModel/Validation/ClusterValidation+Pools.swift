extension ClusterValidation {
  static func checkPools(name: String, _ spec: Cluster.Spec, _ findings: inout Findings) {
    var names: Set<String> = []
    for (index, pool) in spec.pools.enumerated() {
      let field = "spec.pools[\(index)]"
      findings.form(
        "\(field).name", pool.name, Syntax.labelProblem(pool.name), code: "InvalidName", what: "a pool name",
        advice: "use lower-case letters, digits and \"-\", such as workers")
      if pool.name == controlPlaneName {
        findings.add(
          "\(field).name", "ReservedName", "\"\(controlPlaneName)\" stands for the control plane itself",
          advice: "choose another pool name, such as workers")
      }
      // The number of a machine has up to four digits: "-" pool "-" 9999.
      let longest = name.utf8.count + pool.name.utf8.count + 6
      if longest > 63 {
        findings.add(
          "\(field).name", "InvalidName",
          "machine names of the pool \"\(pool.name)\" would have \(longest) characters, at most 63 are allowed",
          advice: "shorten the pool's name by \(longest - 63)")
      }
      if !names.insert(pool.name).inserted {
        findings.add(
          "\(field).name", "DuplicatePool", "there is another pool \"\(pool.name)\"",
          advice: "give each pool a name of its own")
      }
      if pool.replicas < 0 || pool.replicas > mostMachines {
        findings.add(
          "\(field).replicas", "InvalidReplicas", "\(pool.replicas) is not a number from 0 to \(mostMachines)",
          advice: "use 0 or more")
      }
      findings.labels("\(field).labels", pool.labels)
      checkTaints("\(field).taints", pool.taints, &findings)
      checkRollout("\(field).rollout", pool.rollout, &findings)
    }
    let sizes = spec.pools.map(\.replicas).filter { (0...mostMachines).contains($0) }
    if sizes.reduce(spec.controlPlane.replicas, { $0 &+ $1 }) > mostMachines {
      findings.add(
        "spec.pools", "InvalidReplicas", "the cluster would have more than \(mostMachines) machines",
        advice: "split it into several clusters")
    }
  }

  private static func checkTaints(_ field: String, _ taints: [Cluster.Taint], _ findings: inout Findings) {
    var seen: Set<String> = []
    for (index, taint) in taints.enumerated() {
      let path = "\(field)[\(index)]"
      findings.form(
        "\(path).key", taint.key, Syntax.keyProblem(taint.key), code: "InvalidTaint", what: "a taint key",
        advice: "use a key such as example.com/dedicated")
      if let value = taint.value {
        findings.form(
          "\(path).value", value, Syntax.valueProblem(value), code: "InvalidTaint", what: "a taint value",
          advice: "use up to 63 letters, digits, \"-\", \"_\" and \".\"")
      }
      if !seen.insert("\(taint.key) \(taint.effect.rawValue)").inserted {
        findings.add(
          path, "DuplicateTaint", "there is another taint \(taint.key) with the effect \(taint.effect.rawValue)",
          advice: "keep one of them")
      }
    }
  }

  private static func checkRollout(_ field: String, _ rollout: Cluster.Rollout, _ findings: inout Findings) {
    if !(1...mostMachines).contains(rollout.maxUnavailable) {
      findings.add(
        "\(field).maxUnavailable", "InvalidRollout", "\(rollout.maxUnavailable) is not 1 or more",
        advice: "use 1, the default: one machine of the pool after the other")
    }
    if !(1...86_400).contains(rollout.drainTimeoutSeconds) {
      findings.add(
        "\(field).drainTimeoutSeconds", "InvalidRollout",
        "\(rollout.drainTimeoutSeconds) seconds are not between 1 and 86400 (a day): a drain always has a limit",
        advice: "use 300, the default")
    }
  }
}
