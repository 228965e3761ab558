/// What one state store describes: its hosts, clusters, profiles and content. There is exactly one per store.
package struct Site: Resource {
  package static let kind = Kind.site
  package var metadata: Metadata
  package var spec: Spec
  package var status: Status
  package var scope: UID? { nil }

  package init(metadata: Metadata, spec: Spec = Spec(), status: Status = Status()) {
    (self.metadata, self.spec, self.status) = (metadata, spec, status)
  }

  package struct Spec: Codable, Sendable, Hashable {
    /// Present when the site's hosts are simulated; everything that shows the site says so.
    package var simulation: Simulation?
    /// The folder that holds `content.json` and what it lists; nil while there is none.
    package var contentDirectory: String?
    /// The smallest number of hosts that are prepared or joined as workers at the same time is 1; default 10.
    package var workerParallelism: Int

    package init(simulation: Simulation? = nil, contentDirectory: String? = nil, workerParallelism: Int = 10) {
      (self.simulation, self.contentDirectory, self.workerParallelism) = (
        simulation, contentDirectory, workerParallelism
      )
    }
  }

  package struct Simulation: Codable, Sendable, Hashable {
    /// Seed of the simulated world's faults and durations.
    package var seed: UInt64
    /// Chance of a fault per task, 0...1. A newcomer's site has 0.
    package var faultRate: Double

    package init(seed: UInt64 = 1, faultRate: Double = 0) { (self.seed, self.faultRate) = (seed, faultRate) }
  }

  package struct Status: Codable, Sendable, Hashable {
    package var conditions: [Condition]
    /// A simulated site's clock; nil on a real site, whose time is real time.
    package var simulatedNow: Timestamp?

    package init(conditions: [Condition] = [], simulatedNow: Timestamp? = nil) {
      (self.conditions, self.simulatedNow) = (conditions, simulatedNow)
    }
  }
}

extension Site.Spec {
  /// A definition may leave out everything.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    simulation = try fields.decodeIfPresent(Site.Simulation.self, forKey: .simulation)
    contentDirectory = try fields.decodeIfPresent(String.self, forKey: .contentDirectory)
    workerParallelism = try fields.decodeIfPresent(Int.self, forKey: .workerParallelism) ?? workerParallelism
  }
}

extension Site {
  /// Whether nothing can be installed on its hosts, because it has no folder to install from.
  package var lacksContent: Bool { spec.simulation == nil && spec.contentDirectory == nil }
}
