internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// How an operation stands, beyond its phase: whether it is being aborted, and what it is at.
extension Operation {
  /// It ends early, and has not ended yet.
  var isAborting: Bool { abortedAt != nil && !status.phase.isFinal }

  /// The steps that are gone through: once an abort was asked for, the abort's.
  var stepsAtWork: ArraySlice<Step> { abortedAt == nil ? ownSteps : abortSteps }

  /// What a bar of it is of: its own steps, or its abort.
  var course: String { abortedAt == nil ? name : "\(name)/abort" }

  /// The step that is being done, or waits, or has stopped.
  var currentStep: Step? {
    stepsAtWork.last { $0.state == .doing || $0.state == .stopped || $0.state == .blocked }
  }

  /// Its phase, or that it is being aborted; one that has stopped needs its operator either way.
  var phaseWord: String {
    isAborting && status.phase != .stopped ? tr("Aborting") : Words.word(status.phase)
  }

  var phaseStyle: Style { isAborting && status.phase != .stopped ? .warning : status.phase.style }
}

/// That nothing moves, because no engine runs that would bring an operation forward.
struct Standstill: Sendable, Hashable {
  /// When the last engine's lease ran out; nil where that cannot be told, as on a simulated site, whose time stands still too.
  var since: Timestamp?
  /// What is known of the last one; empty where it ended in order.
  var why = ""

  /// Nil while an engine runs or is about to, or none is needed.
  init?(of operation: Operation, _ site: SiteView) {
    // One that is blocked or has stopped says itself what it waits for: an engine alone does not bring it on.
    guard site.snapshot.lacksEngine, operation.status.phase.isMoving else { return nil }
    why = site.snapshot.engineEnd?.reason ?? ""
    let end = site.snapshot.lease.expiresAt
    // Of one that was killed the lease still runs: when it ended is not known.
    if !site.isSimulated, end > .zero, end <= site.now { since = end }
  }

  var sentence: String {
    let standing =
      since.map { tr("no engine runs since \(Words.clock($0)): nothing moves") } ?? tr("no engine runs: nothing moves")
    return standing + why.prefixed("; ")
  }
}
