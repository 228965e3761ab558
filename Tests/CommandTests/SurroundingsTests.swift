import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

/// What the program finds round it: its environment, the disk under the state directory, others at the same time.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SurroundingsTests {
  static let mayMount: Bool = {
    let child = try? ChildProcess(ChildProcess.Launch(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]))
    guard let child else { return false }
    var status: Int32 = 0
    waitpid(child.pid, &status, 0)
    return status == 0
  }()

  private func site(_ hosts: Int = 2) async throws -> TestSite { try await .simulated(hosts: hosts) }

  /// Runs the program with nothing in its environment but this.
  private func easel(_ site: TestSite, _ environment: [String: String], _ words: String...) async throws -> Run {
    var launch = ChildProcess.Launch([TestSite.program, "--state", site.path] + words)
    launch.environment = environment
    launch.output = .pipe
    launch.errors = .pipe
    return try await TestSite.end(of: try ChildProcess(launch))
  }

  @Test(
    "whatever the environment holds, the program does what it was asked for",
    arguments: [
      [:], ["HOME": ""], ["HOME": "relative"], ["PATH": ""], ["PATH": ":::"], ["TERM": "\u{1b}[2J"], ["TERM": ""],
      ["LANG": "\u{1b}$(reboot)", "LC_ALL": "xx_YY.ZZ"], ["EASEL_STATE": "/etc", "EASEL_PLAIN": "\u{1b}"],
      ["LD_PRELOAD": "/nonexistent.so", "LD_LIBRARY_PATH": "/nonexistent", "LD_AUDIT": "/nonexistent.so"],
      ["EDITOR": "touch /tmp/owned;", "VISUAL": "`touch /tmp/owned`", "PAGER": "touch /tmp/owned;"],
      ["COLUMNS": "-1", "LINES": "999999999999"], ["TZ": "../../etc/passwd"],
      ["XDG_STATE_HOME": "/nonexistent", "XDG_RUNTIME_DIR": "x"],
      ["SUDO_USER": "\u{1b}[2J\nroot", "SSH_CONNECTION": "\u{1b}[2J 1 2 3"],
      ["USER": String(repeating: "x", count: 100_000)],
    ])
  func environment(_ environment: [String: String]) async throws {
    let site = try await site()
    var environment = environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    let change = try await easel(site, environment, "host", "maintenance", "host1", "on")
    #expect(change.status == 0 && change.output == "host host1 is now in maintenance\n", "\(change)")
    let hosts = try await easel(site, environment, "get", "hosts", "-o", "name")
    #expect(hosts.status == 0 && hosts.output.split(separator: "\n").count == 2, "\(hosts)")
    let created = try await easel(
      site, environment, "create", "cluster", "edge", "--control-plane", "1", "--version", "v1.31.4", "--yes", "--wait")
    #expect(created.status == 0, "\(created)")
    #expect(access("/tmp/owned", F_OK) != 0)
    let audit = try await easel(site, environment, "audit", "list")
    #expect(!audit.output.unicodeScalars.contains { $0 != "\n" && $0.value < 0x20 }, "\(audit.output)")
    #expect(audit.output.split(separator: "\n").allSatisfy { $0.utf8.count < 1000 })
  }

  @Test(.enabled(if: access("/usr/bin/script", X_OK) == 0, "script (bsdutils) is not installed"))
  func `on a terminal no name moves the cursor`() async throws {
    let site = try await site()
    let asked = ["easel-no-such\u{1b}[2J\u{9b}1mverb\u{7}", "x"]
    let piped = try await site.easel(asked)
    #expect(piped.status == 2 && piped.errors.contains("\u{1b}"))
    var launch = ChildProcess.Launch([
      "script", "-qec", "exec \(TestSite.program) --state \(site.path) '\(asked[0])' x", "/dev/null",
    ])
    launch.environment = TestSite.environment
    launch.output = .pipe
    let shown = try await TestSite.end(of: try ChildProcess(launch)).output
    #expect(shown.contains("easel-no-such?[2J?1mverb?"), "\(shown)")
    #expect(!shown.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{9b}" || $0 == "\u{7}" })
  }

  @Test func `several command lines change one cluster at once, and the changes follow one another`() async throws {
    let site = try await site(8)
    let made = try await site.easel(
      "create", "cluster", "edge", "--control-plane", "1", "--workers", "1", "--version", "v1.31.4", "--yes", "--wait")
    try #require(made.status == 0, "\(made.errors)")
    for round in 0..<3 {
      let runs = try await withThrowingTaskGroup(of: Run.self) { group in
        for number in 0..<6 {
          group.addTask {
            switch number {
            case 5: try await site.easel("upgrade", "cluster", "edge", "--version", "v1.31.6", "--yes", "--wait")
            case 4: try await site.easel("host", "maintenance", "host8", round % 2 == 0 ? "on" : "off")
            default: try await site.easel("scale", "cluster", "edge", "--workers", "\(number + 2)", "--yes", "--wait")
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      // Each is done, or refused because another one is under way; nobody is told that the store was busy or damaged.
      #expect(runs.allSatisfy { [0, 3, 5].contains($0.status) }, "\(runs)")
      #expect(runs.contains { $0.status == 0 })
    }
    try await site.eventually("nothing runs") {
      let operations = try JSON(try await site.easel("get", "operations", "-o", "json").output)["items"]?.array ?? []
      return operations.allSatisfy { $0["status.phase"] == .string("Succeeded") }
    }
    let cluster = try JSON(try await site.easel("get", "cluster", "edge", "-o", "json").output)
    #expect(cluster["status.phase"] == .string("Running"), "\(cluster)")
    let machines = try JSON(try await site.easel("get", "machines", "-o", "json").output)["items"]?.array ?? []
    let workers = cluster["spec.pools"]?.array.first?["replicas"]
    #expect(workers == .number(Double(machines.count - 1)))
    let hosts = machines.compactMap { $0["spec.binding.host._0.name"]?.string }
    #expect(hosts.count == machines.count && Set(hosts).count == hosts.count, "no host carries two machines: \(hosts)")
    #expect(try await site.easel("audit", "verify").status == 0)
  }

  @Test(.enabled(if: mayMount, "mounting needs root and CAP_SYS_ADMIN"))
  func `a disk that is full in the middle of any workflow loses nothing, and it goes on when there is room`()
    async throws
  {
    let site = try TestSite()
    let parent = String(site.path.dropLast("/site".count))
    let script = """
      easel() { '\(TestSite.program)' --state '\(site.path)' "$@" 2>&1; echo "= $?"; }
      mount -t tmpfs -o size=12m,mode=0700 none '\(parent)' || exit 1
      fill() { dd if=/dev/zero of='\(parent)/ballast' bs=4k 2>/dev/null; }
      room() { rm -f '\(parent)/ballast'; }
      workflow() {
        echo "workflow $1"
        fill; easel "$@" --yes; room
        easel "$@" --yes; fill
        # The engine ends by itself: it cannot write what it sees.
        i=0; while [ $i -lt 100 ] && ! tail -n1 '\(site.path)/engine.log' | grep -q 'free some space'; do sleep 0.1; i=$((i+1)); done
        easel get clusters -o name; easel engine --until-idle | tail -n1; room
        easel engine --until-idle
      }
      easel site init --simulated 6
      workflow create cluster edge --control-plane 1 --workers 2 --version v1.31.4
      workflow scale cluster edge --control-plane 3
      workflow upgrade cluster edge --version v1.32.1
      workflow delete cluster edge
      easel get operations; easel audit verify
      umount '\(parent)'
      """
    var launch = ChildProcess.Launch(["unshare", "-m", "sh", "-c", script])
    launch.environment = TestSite.environment
    launch.output = .pipe
    let said = try await TestSite.end(of: try ChildProcess(launch)).output
    let parts = said.split(separator: "workflow ").dropFirst()
    #expect(parts.count == 4)
    for part in parts {
      let statuses = part.split(separator: "\n").filter { $0.hasPrefix("= ") }
      #expect(part.contains("the disk or quota is full") && statuses.first == "= 1", "\(part)")
      #expect(statuses.dropFirst().first == "= 0" && statuses.dropFirst(4).first == "= 0", "\(part)")
    }
    let last = parts.last ?? ""
    for name in ["create-edge-1", "scale-edge-2", "upgrade-edge-3", "delete-edge-4"] {
      #expect(
        last.split(separator: "\n").contains { $0.hasPrefix(name) && $0.contains("Succeeded") }, "\(name): \(last)")
    }
    #expect(last.contains("none changed, inserted, removed or cut"))
  }

  @Test(.enabled(if: mayMount, "mounting needs root and CAP_SYS_ADMIN"))
  func `a state directory that cannot be written to is looked at in a copy, named, and not changed`() async throws {
    let site = try await site()
    let script = """
      mount --bind '\(site.path)' '\(site.path)' && mount -o remount,ro,bind '\(site.path)' || exit 99
      '\(TestSite.program)' --state '\(site.path)' "$@"
      """
    for words in [
      ["get", "hosts"], ["create", "cluster", "edge", "--version", "v1.31.4", "--yes"], ["engine", "--until-idle"],
    ] {
      var launch = ChildProcess.Launch(["unshare", "-m", "sh", "-c", script, "sh"] + words)
      launch.environment = TestSite.environment
      launch.output = .pipe
      launch.errors = .pipe
      let run = try await TestSite.end(of: try ChildProcess(launch))
      #expect(run.errors.contains("read-only") && run.errors.contains(site.path), "\(words): \(run)")
      #expect(run.status == (words[0] == "get" ? 0 : 1), "\(words): \(run)")
    }
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)
  }
}
