import CSys
import EaselProcess
import Glibc

/// Runs a program to its end with its output in a file or thrown away.
///
/// - Returns: its exit status, or 128 and its signal.
@discardableResult
func runProgram(_ arguments: [String], input: String? = nil, output: String? = nil) throws -> Int32 {
  let inputFile = input.map { open($0, O_RDONLY | O_CLOEXEC) } ?? -1
  let outputFile = output.map { open($0, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600) } ?? -1
  defer {
    if inputFile >= 0 { close(inputFile) }
    if outputFile >= 0 { close(outputFile) }
  }
  let child = try start(arguments, descriptors: (inputFile, outputFile, 2), newSession: false)
  close(child.exit)
  var end = csys_exit()
  guard csys_reap(child.pid, true, &end) == 1 else { throw BenchError("lost sight of \(arguments[0])") }
  return end.signal == 0 ? end.status : 128 + end.signal
}

/// Starts a program; `exit` becomes readable when it has ended.
func start(
  _ arguments: [String], descriptors: (Int32, Int32, Int32), newSession: Bool, environment: [String] = []
) throws -> (pid: Int32, exit: Int32) {
  var pid: Int32 = 0
  var exit: Int32 = -1
  var inherited: [String] = []
  var next = csys_environment()
  while let entry = next.pointee {
    let text = String(cString: entry)
    if !environment.contains(where: { text.hasPrefix($0.prefix { $0 != "=" } + "=") }) { inherited.append(text) }
    next += 1
  }
  let error = withCStrings(arguments) { argv in
    withCStrings(inherited + environment) { envp -> Int32 in
      guard let path = argv[0] else { return EINVAL }
      var options = csys_spawn_options(
        path: path, argv: argv, envp: envp, directory: nil, fds: descriptors, search: true, new_session: newSession,
        new_group: false)
      return csys_spawn(&options, &pid, &exit)
    }
  }
  guard error == 0 else { throw BenchError("cannot start \(arguments[0]): \(String(cString: strerror(error)))") }
  return (pid, exit)
}
