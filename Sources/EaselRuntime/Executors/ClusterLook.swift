import EaselAgentProtocol
import EaselModel
import EaselPlans

/// Asks a cluster how it is, from one of its control-plane hosts.
enum ClusterLook {
  /// The first host that answers speaks; when none does, the words of all of them are why.
  static func observe(through sessions: [HostSession], context: TaskContext) async -> ClusterObservation {
    var reasons: [String] = []
    for session in sessions {
      let name = await session.host.name
      do {
        let distribution = try Distributions.named(context.distribution)
        let plan = try distribution.observationPlan(context: context)
        let report = try await session.withLink { try await $0.query(plan) }
        if let failure = report.failure, report.outputs.isEmpty {
          reasons.append("\(name): \(failure.message)")
          continue
        }
        return distribution.observation(outputs: report.outputs, context: context)
      } catch {
        reasons.append("\(name): \(HostFailure(error).failure.message)")
      }
    }
    return ClusterObservation(
      apiHealthy: false, message: reasons.isEmpty ? "no control-plane host can be asked" : reasons.joined(separator: "; "))
  }
}
