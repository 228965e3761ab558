import Glibc

/// Where the agent's program lies: beside `easel`, or where packages put it.
package enum AgentBinary {
  /// `<exe>/easel-agent`, then `<exe>/../lib/easel/agents/x86_64/easel-agent`; nil when neither is there.
  package static func path() -> String? {
    let parts = EngineStarter.thisProgram().split(separator: "/").dropLast()
    let folder = parts.reduce("") { "\($0)/\($1)" }
    let parent = parts.dropLast().reduce("") { "\($0)/\($1)" }
    return ["\(folder)/easel-agent", "\(parent)/lib/easel/agents/x86_64/easel-agent"]
      .first { access($0, X_OK) == 0 }
  }
}
