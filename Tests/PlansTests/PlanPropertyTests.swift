import EaselHostPlan
import EaselModel
import Foundation
import Testing

@testable import EaselPlans

@Suite struct PlanPropertyTests {
  private let distribution = KubeadmDistribution()

  private func everyPlan(_ use: (HostPlan, TaskVerb, TaskContext) throws -> Void) throws {
    let hosts: [Inventory?] = [nil, server(), server(cgroupMode: "v1", kernelModules: false, swap: 1)]
    for minor in 20...35 {
      let version = ContentIndex.syntheticVersions.last { $0.minor == minor } ?? goldenVersions[0]
      for verb in plannedVerbs {
        for role in [Machine.Role.controlPlane, .worker] {
          for host in hosts {
            let context = context(for: verb, version, role: role)
            try use(
              distribution.plan(for: verb, context: context, inventory: host, content: fullContent), verb, context)
          }
        }
      }
    }
  }

  @Test("every plan is valid, and every step that changes the host says when it is done and has a limit")
  func valid() throws {
    try everyPlan { plan, verb, _ in
      try plan.validate()
      #expect(!plan.steps.isEmpty)
      #expect(plan.readOnly == verb.isReadOnly)
      for step in plan.steps where step.action.changesHost && !step.action.checksItself {
        #expect(step.check != .none, "\(verb) \(step.name)")
      }
    }
  }

  @Test("the same input gives the same plan")
  func deterministic() throws {
    try everyPlan { plan, verb, context in
      _ = verb
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let again = try JSONDecoder().decode(HostPlan.self, from: encoder.encode(plan))
      #expect(again == plan)
      _ = context
    }
    let context = context(goldenVersions[3])
    let one = try distribution.plan(for: .prepare, context: context, inventory: nil, content: fullContent)
    let other = try distribution.plan(for: .prepare, context: context, inventory: nil, content: fullContent)
    #expect(one == other)
  }

  @Test(
    "text with a secret lies under /run or is root's alone, names what it refers to, and asks for what the verb declares"
  )
  func secretsAreReferences() throws {
    try everyPlan { plan, verb, context in
      var named: Set<String> = []
      for step in plan.steps {
        guard case .write(let file) = step.action, !file.secrets.isEmpty || file.text.contains("{{secret:") else {
          continue
        }
        #expect(file.path.hasPrefix("/run/") && file.mode == 0o600)
        for secret in file.secrets { #expect(file.text.contains("{{secret:\(secret)}}")) }
        #expect(file.text.components(separatedBy: "{{secret:").count == file.secrets.count + 1)
        named.formUnion(file.secrets)
      }
      #expect(named == Set(distribution.secretsNeeded(for: verb, role: context.member.role)))
    }
  }

  @Test("what reads a secret keeps it as a secret")
  func secretOutputs() throws {
    let context = context(goldenVersions[0])
    for verb in [TaskVerb.initialize, .mintJoinSecrets] {
      let plan = try distribution.plan(for: verb, context: context, inventory: nil, content: fullContent)
      let captures = plan.steps.compactMap { step -> Bool? in
        if case .capture(_, _, let secret) = step.action { secret } else { nil }
      }
      #expect(!captures.isEmpty && captures.allSatisfy { $0 })
    }
  }

  static let hostile = [
    "", "-rf", "--kubeconfig=/tmp/x", "a;reboot", "a b", "$(reboot)", "`id`", "a\nb", "../etc", "A", "ü", "a\u{0}b",
    "a'b", "a\"b", "{{secret:join-token}}",
  ]

  @Test("a hostile name is refused wherever it stands", arguments: hostile)
  func hostileNames(text: String) throws {
    let good = context(goldenVersions[3], subject: "two")
    let changes: [(inout TaskContext) -> Void] = [
      { $0.clusterName = text }, { $0.member.nodeName = text }, { $0.member.address = text },
      { $0.member.podCIDR = text }, { $0.subject?.nodeName = text }, { $0.subject?.address = text },
      { $0.others[0].nodeName = text }, { $0.others[1].podCIDR = text }, { $0.endpoint = text },
      { $0.clusterPodCIDR = text }, { $0.serviceCIDR = text },
    ]
    for change in changes {
      var bad = good
      change(&bad)
      for verb in plannedVerbs {
        #expect(throws: EaselError.self) {
          try distribution.plan(for: verb, context: bad, inventory: nil, content: fullContent)
        }
      }
      #expect(throws: EaselError.self) { try distribution.observationPlan(context: bad) }
    }
  }

  @Test("hostile labels, taints, uids and versions are refused", arguments: hostile.filter { !["", "A"].contains($0) })
  func hostileLabels(text: String) throws {
    let changes: [(inout TaskContext) -> Void] = [
      { $0.labels = [text: "x"] }, { $0.labels = ["x": text] }, { $0.clusterUID = UID(text) },
      { $0.taints = [.init(key: text, value: "x", effect: .noSchedule)] },
      { $0.taints = [.init(key: "x", value: text, effect: .noSchedule)] },
      { $0.version.prerelease = text + " " }, { $0.endpointAddress = text },
    ]
    for change in changes {
      var bad = context(goldenVersions[3], subject: "two")
      change(&bad)
      #expect(throws: EaselError.self) {
        try distribution.plan(for: .describeNode, context: bad, inventory: nil, content: fullContent)
      }
    }
  }

  @Test("a definition with anything in it stays inside its file")
  func hostileDefinition() throws {
    var context = context(goldenVersions[3])
    context.definition = "'; reboot; \" {{secret:join-token}} \n $(id)"
    let plan = try distribution.plan(for: .publish, context: context, inventory: nil, content: fullContent)
    for step in plan.steps {
      if case .run(let command) = step.action { #expect(!command.arguments.contains { $0.contains("reboot") }) }
      if case .write(let file) = step.action {
        #expect(try JSONSerialization.jsonObject(with: Data(file.text.utf8)) is [String: Any])
      }
    }
  }

  @Test("scripts are the same whatever names go into them")
  func scriptsAreFixed() throws {
    func scripts(_ context: TaskContext) throws -> Set<String> {
      var found: Set<String> = []
      func add(_ arguments: [String]) {
        if arguments.count > 2, arguments[0] == "/bin/sh", arguments[1] == "-c" { found.insert(arguments[2]) }
      }
      func add(_ check: StepCheck) {
        switch check {
        case .command(let arguments): add(arguments)
        case .all(let checks): checks.forEach(add)
        default: break
        }
      }
      for verb in plannedVerbs {
        for step in try distribution.plan(for: verb, context: context, inventory: nil, content: fullContent).steps {
          add(step.check)
          switch step.action {
          case .run(let command), .wait(let command, _), .require(let command, _, _), .capture(let command, _, _):
            add(command.arguments)
          default: break
          }
        }
      }
      return found
    }
    var one = context(goldenVersions[3], subject: "two")
    one.bootID = "boot-1"
    var other = one
    other.clusterName = "plant"
    other.member.nodeName = "alpha"
    other.member.address = "198.51.100.9"
    other.subject?.nodeName = "beta"
    other.endpoint = "api.plant.easel.internal:6443"
    #expect(try scripts(one) == scripts(other))
    #expect(try scripts(one).count > 20)
  }

  @Test("every script is accepted by the shell")
  func scriptsParse() throws {
    var seen: Set<String> = []
    func parse(_ arguments: [String]) throws {
      guard arguments.count > 2, arguments[0] == "/bin/sh", seen.insert(arguments[2]).inserted else { return }
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-n", "-c", arguments[2]]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0, "\(arguments[2])")
    }
    func parse(_ check: StepCheck) throws {
      switch check {
      case .command(let arguments): try parse(arguments)
      case .all(let checks): for check in checks { try parse(check) }
      default: break
      }
    }
    try everyPlan { plan, _, _ in
      for step in plan.steps {
        try parse(step.check)
        switch step.action {
        case .run(let command), .wait(let command, _), .require(let command, _, _), .capture(let command, _, _):
          try parse(command.arguments)
        case .write(let file) where file.text.hasPrefix("#!/bin/sh"): try parse(["/bin/sh", "-c", file.text])
        default: break
        }
      }
    }
    #expect(seen.count > 20)
  }
}
