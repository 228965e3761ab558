import EaselModel
import EaselRuntime
import EaselStore
import FoundationEssentials
import Glibc

let doctorCommand = CommandDefinition(
  name: "doctor",
  summary: "Check this machine and the site: files, database, ssh, agent, content, engine, clock, terminal",
  formats: OutputFormat.structures
) { invocation in
  let checkup = Checkup(directory: SiteOpening.directory(invocation)).run()
  let format = OutputFormat(invocation)
  if format.isStructured {
    try printValue(CheckupList(items: checkup), format: format)
  } else {
    for finding in checkup {
      let word = finding.result.rawValue
      Terminal.out("\(word)\(String(repeating: " ", count: 8 - word.count))\(finding.name): \(finding.message)")
    }
  }
  if checkup.contains(where: { $0.result == .wrong }) { throw Ending(status: 1) }
}

private struct CheckupList: Encodable {
  var kind = "Checkup"
  var items: [Checkup.Finding]
}

/// Looks at one thing after the other; a check that cannot be made says so and stops none of the others.
struct Checkup {
  struct Finding: Encodable {
    enum Result: String, Encodable {
      case fine = "ok", note, wrong
    }
    var name: String
    var result: Result
    var message: String
  }

  var directory: StateDirectory

  func run() -> [Finding] {
    var findings = [clock(), terminal(), ssh(), agent()]
    do {
      let store = try SiteOpening.storeToRead(directory)
      let state = store.refusal.map { ($0.description, Finding.Result.wrong) } ?? (directory.path, .fine)
      findings.append(Finding(name: "state", result: state.1, message: state.0))
      findings += checks(of: store)
    } catch {
      let failure = asEaselError(error)
      let result: Finding.Result = failure.code == "NoSite" ? .note : .wrong
      findings.append(Finding(name: "state", result: result, message: failure.description))
    }
    return findings
  }

  private func checks(of store: SQLiteStore) -> [Finding] {
    [
      check("database") {
        let defects = try store.checkIntegrity()
        return defects.isEmpty ? (.fine, "whole") : (.wrong, defects.joined(separator: "; "))
      },
      check("keys") {
        try store.checkKeys()
        return (.fine, "there, and their owner's alone")
      },
      check("audit") {
        let result = try store.verifyAudit()
        if result.isIntact { return (.fine, "\(result.records) records, none changed, inserted, removed or cut") }
        return (.wrong, result.findings.map(\.description).joined(separator: "; "))
      },
      check("engine") {
        let lease = try store.read { try $0.lease() }
        if let note = otherBuildNote(lease) { return (.note, note) }
        if lease.isLed { return (.fine, "leads: \(lease.holder), epoch \(lease.epoch)") }
        let open = try store.read { try $0.records(.operation, scope: nil) }.compactMap(\.asOperation)
          .filter(\.status.phase.isMoving)
        if open.isEmpty { return (.fine, "none runs, and nothing waits for one") }
        guard let end = SiteGate.engineEnd(lease, in: directory) else { return (.note, standstill(open)) }
        return (.wrong, "\(standstill(open)); \(end.reason) (\(end.at))")
      },
      check("content") {
        guard let site = try store.read({ try $0.records(.site, scope: nil) }).first?.asSite else {
          return (.wrong, "the database holds no site")
        }
        if site.spec.simulation != nil { return (.fine, "simulated site: none is needed") }
        guard let folder = site.spec.contentDirectory else {
          return (.note, "no content directory; set one with: easel site set --content DIR")
        }
        return try checkContent(folder)
      },
    ]
  }

  private func check(_ name: String, _ body: () throws -> (Finding.Result, String)) -> Finding {
    do {
      let (result, message) = try body()
      return Finding(name: name, result: result, message: message)
    } catch {
      return Finding(name: name, result: .wrong, message: asEaselError(error).description)
    }
  }

  private func clock() -> Finding {
    let now = Timestamp.wallClock()
    // Earlier than this file was written: the machine's clock was never set.
    guard let written = Timestamp("2026-01-01T00:00:00Z"), now > written else {
      return Finding(
        name: "clock", result: .wrong, message: "it says \(now): set it, or certificates will not be valid")
    }
    return Finding(name: "clock", result: .fine, message: now.description)
  }

  private func terminal() -> Finding {
    let environment = ProcessInfo.processInfo.environment
    let kind = environment["TERM"] ?? ""
    guard isatty(1) == 1 else { return Finding(name: "terminal", result: .note, message: "standard output is not one") }
    guard !kind.isEmpty, kind != "dumb" else {
      return Finding(name: "terminal", result: .wrong, message: "TERM is \"\(kind)\": the console cannot draw on it")
    }
    return Finding(name: "terminal", result: .fine, message: "\(kind), \(Terminal.width) columns")
  }

  private func ssh() -> Finding {
    guard let path = Executables.find("ssh") else {
      return Finding(
        name: "ssh", result: .wrong,
        message: "there is none on the PATH: remote hosts cannot be reached; install openssh-client")
    }
    return Finding(name: "ssh", result: .fine, message: path)
  }

  private func agent() -> Finding {
    guard let path = AgentBinary.path() else {
      return Finding(
        name: "agent", result: .wrong,
        message:
          "easel-agent lies neither beside \(EngineStarter.thisProgram()) nor under ../lib/easel/agents: hosts cannot be added"
      )
    }
    return Finding(name: "agent", result: .fine, message: path)
  }
}
