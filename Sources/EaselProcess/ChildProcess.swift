import CSys
import Glibc
import Synchronization

/// How a child process ended.
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  package var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signalled(let signal): "ended by signal \(signal)"
    }
  }
}

/// A child process with its streams. It is reaped as soon as it ends, whether or not somebody waits.
package final class ChildProcess: Sendable {
  /// Where one of the child's standard streams goes.
  package enum Stream: Sendable {
    case null
    case pipe
    /// A descriptor of ours; it stays ours.
    case descriptor(Int32)
  }

  /// What to start.
  package struct Launch: Sendable {
    package var arguments: [String]
    /// The whole environment; nil passes ours on.
    package var environment: [String: String]?
    package var directory: String?
    package var input: Stream = .null
    package var output: Stream = .null
    package var errors: Stream = .null
    /// A session of its own instead of a process group of its own in ours.
    package var newSession = false
    /// The folders, separated by colons, in which a program without a slash is looked for; nil means our PATH.
    package var searchPath: String?

    package init(_ arguments: [String]) { self.arguments = arguments }
  }

  package let pid: Int32
  package let input: ByteChannel?
  package let output: ByteChannel?
  package let errors: ByteChannel?
  private let group: ProcessGroup
  private let exit: Task<ExitStatus, Never>

  /// Starts a process in a group (or session) of its own, with no signal blocked and no descriptor above 2.
  ///
  /// - Throws: `SystemError`; ENOENT when there is no such program.
  package init(_ launch: Launch) throws(SystemError) {
    guard let program = launch.arguments.first, !program.isEmpty else {
      throw SystemError("start a program without a name", number: EINVAL)
    }
    guard let path = findProgram(program, in: launch.searchPath) else {
      throw SystemError("start \(program)", number: ENOENT)
    }
    var pipes = try StandardPipes(launch, program)
    var pid: Int32 = 0
    var exitDescriptor: Int32 = -1
    let environment = launch.environment.map { $0.map { "\($0.key)=\($0.value)" }.sorted() }
    let error = withCStrings(launch.arguments) { argv in
      withCStrings(environment ?? []) { envp in
        withCStrings([path] + (launch.directory.map { [$0] } ?? [])) { paths -> Int32 in
          guard let path = paths[0] else { return EINVAL }
          var options = csys_spawn_options(
            path: path, argv: argv, envp: environment == nil ? csys_environment() : envp,
            directory: launch.directory == nil ? nil : paths[1],
            fds: (pipes.theirs[0], pipes.theirs[1], pipes.theirs[2]), search: false, new_session: launch.newSession,
            new_group: !launch.newSession)
          return csys_spawn(&options, &pid, &exitDescriptor)
        }
      }
    }
    pipes.closeTheirs()
    guard error == 0 else {
      pipes.closeOurs()
      throw SystemError("start \(program)", number: error)
    }
    self.pid = pid
    input = pipes.channel(0, "standard input of \(program)")
    output = pipes.channel(1, "standard output of \(program)")
    errors = pipes.channel(2, "standard error of \(program)")
    let group = ProcessGroup(leader: pid)
    self.group = group
    let ended = exitDescriptor
    exit = Task.detached {
      try? await Reactor.shared.wait(ended, .readable)
      Reactor.shared.forget(ended)
      _ = Glibc.close(ended)
      return group.reap()
    }
  }

  /// Waits for the end of the process; not of its descendants.
  package func wait() async -> ExitStatus { await exit.value }

  /// Sends a signal to the process and its group; nothing once it has ended.
  package func signal(_ number: Int32) { group.signal(number) }

  /// Asks the group to end, and kills what is left of it after `grace` seconds or when the process itself has ended.
  package func terminate(graceSeconds grace: Double) async {
    group.killWhatIsLeftAtExit()
    group.signal(SIGTERM)
    let killer = Task.detached { [group] in
      try await Task.sleep(for: .seconds(grace))
      group.signal(SIGKILL)
    }
    _ = await exit.value
    killer.cancel()
  }
}

/// A child and its process group, signalled only while the child is not reaped: until then its number cannot mean another.
private final class ProcessGroup: Sendable {
  private struct State {
    var reaped = false
    var killAtExit = false
  }

  private let leader: Int32
  private let state = Mutex(State())

  init(leader: Int32) { self.leader = leader }

  func signal(_ number: Int32) {
    state.withLock { state in
      if !state.reaped { _ = kill(-leader, number) }
    }
  }

  func killWhatIsLeftAtExit() { state.withLock { $0.killAtExit = true } }

  func reap() -> ExitStatus {
    state.withLock { state in
      if state.killAtExit { _ = kill(-leader, SIGKILL) }
      var result = csys_exit()
      let reaped = csys_reap(leader, true, &result)
      state.reaped = true
      // Somebody else reaped it, which nobody in this program does; the status is lost.
      guard reaped == 1 else { return .exited(255) }
      return result.signal != 0 ? .signalled(result.signal) : .exited(result.status)
    }
  }
}
