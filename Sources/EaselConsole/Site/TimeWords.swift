internal import EaselModel
internal import EaselTerminal

/// The operator's own time zone at one moment.
package struct LocalZone: Sendable, Hashable {
  /// Seconds east of Greenwich.
  package var offset: Int
  /// For example `CET`.
  package var name: String

  package init(offset: Int, name: String) { (self.offset, self.name) = (offset, name) }
}

/// How times are said while the console answers or draws: bound by `ConsoleApp` round all that it does, so that every screen
/// says them alike and none can forget to.
struct TimeWords: Sendable {
  @TaskLocal static var current = TimeWords()

  var display = TimeDisplay.utc
  /// The site's time: what column titles name the zone of.
  var now = Timestamp.zero
  /// The site's time is a simulation's: it goes on while the engine works and stands still between.
  var isSimulated = false
  var zone: @Sendable (Timestamp) -> LocalZone = { _ in LocalZone(offset: 0, name: "UTC") }

  /// Hours, minutes and seconds: `09:41:07`, or `09:41:07Z 10:41:07` for both.
  func clock(_ time: Timestamp) -> String {
    switch display {
    case .utc: clockPart(time)
    case .local: clockPart(shifted(time))
    case .both: "\(clockPart(time))Z \(clockPart(shifted(time)))"
    }
  }

  /// The same with the name of the time: `09:41:07 UTC`.
  func clockAndZone(_ time: Timestamp) -> String {
    let zone = zone(time)
    return switch display {
    case .utc: "\(clockPart(time)) UTC"
    case .local: "\(clockPart(shifted(time))) \(zone.name)"
    case .both: "\(clockPart(time)) UTC \(clockPart(shifted(time))) \(zone.name)"
    }
  }

  /// Date and clock: `2026-01-31 09:41:07`; for both with the local day where it is another: `2026-01-31 23:41:07Z 00:41:07+1d`.
  func moment(_ time: Timestamp) -> String {
    let local = shifted(time)
    switch display {
    case .utc: return "\(day(time)) \(clockPart(time))"
    case .local: return "\(day(local)) \(clockPart(local))"
    case .both:
      let step = day(local) == day(time) ? "" : local > time ? "+1d" : "-1d"
      return "\(day(time)) \(clockPart(time))Z \(clockPart(local))\(step)"
    }
  }

  func momentAndZone(_ time: Timestamp) -> String {
    switch display {
    case .utc: "\(moment(time)) UTC"
    case .local, .both: "\(moment(time)) \(zone(time).name)"
    }
  }

  /// What stands behind `TIME` over a column of moments.
  var zoneName: String {
    switch display {
    case .utc: "UTC"
    case .local: zone(now).name
    case .both: "UTC, \(zone(now).name)"
    }
  }

  /// `2026-01-31`, in UTC unless local time was chosen.
  func date(_ time: Timestamp) -> String { day(display == .local ? shifted(time) : time) }

  /// Cells that a moment, a clock and a date take.
  var momentWidth: Int { display == .both ? 32 : 19 }
  var clockWidth: Int { display == .both ? 18 : 8 }
  static let dateWidth = 10

  /// What is to be known of the time of a simulated site.
  static let simulation = tr(
    """
    Times here are the simulation's ("sim"): its clock goes on while the engine works and stands still while it rests. \
    The audit log and the engine's process are of real time, and say so.
    """)

  private func shifted(_ time: Timestamp) -> Timestamp { time.adding(seconds: Double(zone(time).offset)) }
  private func clockPart(_ time: Timestamp) -> String { String(time.description.dropFirst(11).prefix(8)) }
  private func day(_ time: Timestamp) -> String { String(time.description.prefix(10)) }
}
