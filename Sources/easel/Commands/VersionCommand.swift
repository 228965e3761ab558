import EaselModel
import EaselRuntime

let versionCommand = CommandDefinition(
  name: "version", summary: "Print the version and the build", formats: OutputFormat.structures
) { invocation in
  let build = Build.current
  let format = OutputFormat(invocation)
  if format.isStructured {
    return try printValue(VersionText(version: build.version, build: build.digest), format: format)
  }
  Terminal.out("easel \(build)")
}

private struct VersionText: Encodable {
  var version: String
  var build: String
}

/// What to know and to do where an engine of another build leads; nil where it is this one's, or none leads.
///
/// The two work on the same store: what one of them does not know yet, or does not do any more, it does not do. Nobody is locked out.
func otherBuildNote(_ lease: Lease) -> String? {
  guard lease.isHeld(at: .wallClock()), let holder = LeaseHolder(lease.holder), holder.isOfAnotherBuild else {
    return nil
  }
  let leads = holder.build.map { "Easel \($0)" } ?? "an older Easel"
  return
    "the engine that leads is \(leads), this is \(Build.current): it ends when nothing is left to do and no console is open; "
    + "to change over now: kill \(holder.pid), then \(Hints.program) engine --until-idle"
}
