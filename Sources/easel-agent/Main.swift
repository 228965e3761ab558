import CSys
import EaselAgent
import EaselAgentProtocol
import EaselProcess
import FoundationEssentials
import Glibc

/// `easel-agent`: runs plans on the host it is on.
@main struct EaselAgentMain {
  private static let usage = """
    usage: easel-agent COMMAND
      serve [--socket PATH]          relay the protocol between standard streams and the runner
      serve --foreground [--state DIR] [--socket PATH]
                                     be the runner too; for hosts without systemd
      runner [--state DIR] [--socket PATH]
                                     run plans; the systemd unit's main program
      receive SHA256 SIZE [--state DIR]
                                     take a file's bytes on standard input into the content store;
                                     with - in their place, digest and size are the input's first line
      forced-command [OPTIONS]       start `serve` or `receive -`, whichever SSH_ORIGINAL_COMMAND asks for, and nothing
                                     else; for authorized_keys
      inventory                      print what this host is made of, as JSON
      install-unit [--place] [--authorize USER] [--prefix DIR]
                                     set up and start the systemd unit; with --place put this
                                     program in its place first
      uninstall [--purge] [--prefix DIR]
                                     take all of that away; --purge also the state
      version                        print build, protocol and architecture

    """

  static func main() async {
    _ = csys_ignore_signal(SIGPIPE, true)
    // Secrets pass through memory: no core dump, no tracing by other users.
    _ = csys_set_not_dumpable()
    do {
      exit(try await run(Array(CommandLine.arguments.dropFirst())))
    } catch let wrong as Arguments.Wrong {
      complain("easel-agent: \(wrong.message)\n\(usage)")
      exit(2)
    } catch {
      complain("easel-agent: \(error)\n")
      exit(1)
    }
  }

  private static func run(_ raw: [String]) async throws -> Int32 {
    let arguments = try Arguments(
      raw, valued: ["--state", "--socket", "--prefix", "--authorize", "--grace", "--member"],
      flags: ["--foreground", "--purge", "--place"])
    let state = arguments.options["--state"].map { StateFolder($0) } ?? .installed
    switch arguments.command {
    case "serve" where arguments.flags.contains("--foreground"):
      return try await Service(arguments, state).serveForeground()
    case "serve": return Relay.run(socketPath: arguments.options["--socket"] ?? AgentServer.installedSocket)
    case "runner": return try await Service(arguments, state).serveUnit()
    case "receive":
      let named = arguments.rest == ["-"] ? ContentReceiver.header(from: 0) : arguments.rest
      guard named.count == 2, let size = Int64(named[1]) else {
        throw Arguments.Wrong(message: "receive takes a SHA-256 and a size")
      }
      return ContentReceiver(state: state, digest: named[0], size: size).run(input: 0, output: 1)
    case "forced-command":
      let asked = ProcessInfo.processInfo.environment["SSH_ORIGINAL_COMMAND"]
      guard let command = ForcedCommand(asked: asked, programs: ForcedCommand.programs()) else {
        complain("easel-agent: \(ForcedCommand.refusal)\n")
        return ForcedCommand.refusedStatus
      }
      // Options come from the line in authorized_keys, never from the client.
      let fixed = Array(raw.dropFirst())
      if geteuid() != 0, fixed.isEmpty { throw command.becomeRoot() }
      return try await run(command.arguments + fixed)
    case "inventory":
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(HostInventory().read()), as: UTF8.self))
    case "install-unit":
      let installation = Installation(
        prefix: arguments.options["--prefix"] ?? "", authorizedUser: arguments.options["--authorize"])
      if arguments.flags.contains("--place") { try installation.placeBinary() }
      try await installation.install()
    case "uninstall":
      try await Installation(prefix: arguments.options["--prefix"] ?? "").uninstall(
        purge: arguments.flags.contains("--purge"))
    case "version", "--version":
      print("easel-agent \(AgentProtocol.build) protocol \(AgentProtocol.version) \(HostInventory.architecture())")
    case "help", "--help", "-h": print(usage, terminator: "")
    default: throw Arguments.Wrong(message: "unknown command \"\(arguments.command)\"")
    }
    return 0
  }

  private static func complain(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
  }
}
