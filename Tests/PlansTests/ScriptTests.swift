import EaselHostPlan
import EaselModel
import Foundation
import Testing

@testable import EaselPlans

/// Runs the scripts that decide something, with stand-ins for kubectl and etcdctl that answer from files and write down each call.
@Suite struct ScriptTests {
  /// A directory with a client that prints `answer-N` of the first rule whose words are among its arguments.
  private struct Stage {
    let directory: URL

    init(_ rules: [(words: String, answer: String, status: Int)]) throws {
      directory = FileManager.default.temporaryDirectory.appendingPathComponent("easel-script-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      var text = "echo \"$*\" >>'\(directory.path)/calls'\ncase \"$*\" in\n"
      for (index, rule) in rules.enumerated() {
        try Data(rule.answer.utf8).write(to: directory.appendingPathComponent("answer-\(index)"))
        text += "*'\(rule.words)'*) cat '\(directory.path)/answer-\(index)'; exit \(rule.status);;\n"
      }
      try Data((text + "esac\n").utf8).write(to: directory.appendingPathComponent("client"))
    }

    var client: [String] { ["/bin/sh", directory.appendingPathComponent("client").path] }

    var calls: [String] {
      let text = (try? String(contentsOf: directory.appendingPathComponent("calls"), encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }

    func run(_ script: Script, _ arguments: [String]) throws -> Int32 {
      let command = script.command(arguments).arguments
      let child = Process()
      child.executableURL = URL(fileURLWithPath: command[0])
      child.arguments = Array(command.dropFirst())
      child.standardOutput = FileHandle.nullDevice
      child.standardError = FileHandle.nullDevice
      try child.run()
      child.waitUntilExit()
      return child.terminationStatus
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
  }

  private let members = """
    8e9e05c52164694d, started, one, https://192.0.2.1:2380, https://192.0.2.1:2379, false
    44d739f07a8925b9, started, two, https://192.0.2.2:2380, https://192.0.2.2:2379, true
    1111111111111111, unstarted, , https://192.0.2.3:2380, , false

    """

  @Test(
    "only a started member that is no learner votes",
    arguments: [("one", true), ("two", false), ("on", false), ("", false)])
  func votes(name: String, yes: Bool) throws {
    let stage = try Stage([("member list", members, 0)])
    defer { stage.remove() }
    #expect(try stage.run(Client.memberVotes, [name] + stage.client + ["member", "list"]) == (yes ? 0 : 1))
  }

  @Test("a member is removed by its name, or by its address when it never started, and only then")
  func removesMember() throws {
    let cases = [("one", "192.0.2.1", "8e9e05c52164694d"), ("x", "192.0.2.3", "1111111111111111")]
    for (name, address, id) in cases {
      let stage = try Stage([("member list", members, 0)])
      defer { stage.remove() }
      let arguments = [name, "https://\(address):2380"] + stage.client
      #expect(try stage.run(KubeadmPlan.memberIsAbsent, arguments) == 1)
      #expect(try stage.run(KubeadmPlan.removeMember, arguments) == 0)
      #expect(stage.calls.last == "member remove \(id)")
    }
    let stage = try Stage([("member list", members, 0)])
    defer { stage.remove() }
    let gone = ["gone", "https://192.0.2.9:2380"] + stage.client
    #expect(try stage.run(KubeadmPlan.memberIsAbsent, gone) == 0)
    #expect(try stage.run(KubeadmPlan.removeMember, gone) == 0)
    #expect(!stage.calls.contains { $0.hasPrefix("member remove") })
  }

  @Test("a member is not taken for absent when etcd does not answer")
  func silentEtcd() throws {
    let stage = try Stage([("member list", "", 1)])
    defer { stage.remove() }
    #expect(try stage.run(KubeadmPlan.memberIsAbsent, ["one", "https://192.0.2.1:2380"] + stage.client) != 0)
    #expect(try stage.run(KubeadmPlan.removeMember, ["one", "https://192.0.2.1:2380"] + stage.client) != 0)
  }

  @Test("a node is cordoned with our mark, and left alone when somebody else did it")
  func cordons() throws {
    let free = try Stage([("get node", "/", 0)])
    defer { free.remove() }
    #expect(try free.run(KubeadmPlan.cordonOurs, ["two"] + free.client) == 0)
    #expect(free.calls.dropFirst() == ["annotate node two --overwrite easel.internal/cordoned-by=easel", "cordon two"])

    let theirs = try Stage([("get node", "true/", 0)])
    defer { theirs.remove() }
    #expect(try theirs.run(KubeadmPlan.cordonOurs, ["two"] + theirs.client) == 0)
    #expect(theirs.calls.count == 1)
  }

  @Test("only our own cordon is undone")
  func uncordons() throws {
    let ours = try Stage([("get node", "easel", 0)])
    defer { ours.remove() }
    #expect(try ours.run(KubeadmPlan.uncordonOurs, ["two"] + ours.client) == 0)
    #expect(ours.calls.dropFirst() == ["uncordon two", "annotate node two easel.internal/cordoned-by-"])
    let theirs = try Stage([("get node", "", 0)])
    defer { theirs.remove() }
    #expect(try theirs.run(KubeadmPlan.uncordonOurs, ["two"] + theirs.client) == 0)
    #expect(theirs.calls.count == 1)
  }

  @Test("a drain that gives up leaves a report that names the budget; one that works leaves none")
  func drains() throws {
    let blocked = try Stage([("drain two", "", 1), ("poddisruptionbudgets", "default web 0\nkube-system dns 1\n", 0)])
    defer { blocked.remove() }
    let report = blocked.directory.appendingPathComponent("report")
    #expect(try blocked.run(KubeadmPlan.drainWithReport, [report.path, "two", "60"] + blocked.client) == 0)
    let text = try String(contentsOf: report, encoding: .utf8)
    #expect(text.contains("PodDisruptionBudget default/web allows no disruption") && !text.contains("kube-system/dns"))
    #expect(blocked.calls.first?.contains("--timeout=60s") == true)

    let works = try Stage([])
    defer { works.remove() }
    #expect(try works.run(KubeadmPlan.drainWithReport, [report.path, "two", "60"] + works.client) == 0)
    #expect(!FileManager.default.fileExists(atPath: report.path))
  }

  @Test("only taints that we set and that are not wanted any more are taken away")
  func taints() throws {
    let stage = try Stage([("get node", "gpu=yes:NoSchedule,old=:NoExecute", 0)])
    defer { stage.remove() }
    #expect(try stage.run(KubeadmPlan.removeStaleTaints, ["two", "gpu=yes:NoSchedule"] + stage.client) == 0)
    #expect(stage.calls.dropFirst() == ["taint node two old:NoExecute-"])
  }

  @Test("a file that is not as it was placed is not removed")
  func ownFiles() throws {
    let stage = try Stage([])
    defer { stage.remove() }
    let ours = stage.directory.appendingPathComponent("ours")
    let theirs = stage.directory.appendingPathComponent("theirs")
    for file in [ours, theirs] { try Data("abc".utf8).write(to: file) }
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let other = String(repeating: "0", count: 64)
    let lines = ["\(digest)  \(ours.path)", "\(other)  \(theirs.path)"]
    #expect(try stage.run(KubeadmPlan.removeOwnFiles, lines) == 0)
    #expect(!FileManager.default.fileExists(atPath: ours.path) && FileManager.default.fileExists(atPath: theirs.path))
  }

  @Test(
    "a control plane goes down only where the other members keep the quorum, or where there is nothing to keep",
    arguments: [
      (3, 3, true, true), (3, 2, true, false), (3, 1, true, true), (3, 2, false, true), (2, 2, true, true),
      (1, 1, true, true), (5, 5, true, true), (5, 4, true, true), (5, 3, true, false),
    ])
  func quorum(voting: Int, healthy: Int, ownIsHealthy: Bool, mayGo: Bool) throws {
    let list = (1...voting).map {
      "8e9e05c52164694\($0), started, m\($0), https://192.0.2.\($0):2380, https://192.0.2.\($0):2379, false"
    }
    let health = (1...voting).map { #"{"endpoint":"https://192.0.2.\#($0):2379","health":\#($0 <= healthy)}"# }
    let stage = try Stage([
      ("member list", list.joined(separator: "\n") + "\n", 0),
      ("endpoint health --cluster", "[\(health.joined(separator: ","))]\n", healthy == voting ? 0 : 1),
      ("endpoint health", "", ownIsHealthy ? 0 : 1),
    ])
    defer { stage.remove() }
    #expect(try stage.run(KubeadmPlan.othersKeepQuorum, stage.client) == (mayGo ? 0 : 1))
  }

  @Test func `an etcd that does not list its members has nothing to lose`() throws {
    let stage = try Stage([("member list", "", 1)])
    defer { stage.remove() }
    #expect(try stage.run(KubeadmPlan.othersKeepQuorum, stage.client) == 0)
  }

  @Test func `a host is in a new boot when its identity is another`() throws {
    let stage = try Stage([])
    defer { stage.remove() }
    let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(try stage.run(KubeadmPlan.newBoot, [boot]) == 1)
    #expect(try stage.run(KubeadmPlan.newBoot, ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]) == 0)
  }
}
