import EaselModel
import Synchronization

/// What executors have seen and the engine has not taken yet. Any thread puts in; the engine's thread takes out.
final class Inbox: Sendable {
  private struct State {
    var sightings: [Sighting] = []
    var sequence: Int64 = 0
  }

  private let state = Mutex(State())
  let wakeup = Wakeup()

  /// Numbers an observation and keeps it. Numbers grow over restarts too, because they follow the wall clock.
  func put(
    _ value: ObservationValue, about object: UID, source: String, secrets: [Sighting.MintedSecret] = []
  ) {
    let now = Timestamp.wallClock()
    state.withLock { state in
      state.sequence = max(state.sequence + 1, now.milliseconds)
      let observation = Observation(
        object: object, source: source, sequence: state.sequence, observedAt: now, value: value)
      // A newer word of the same source about the same object replaces one that nobody has taken, unless that one carries secrets.
      if secrets.isEmpty,
        let index = state.sightings.lastIndex(where: { $0.observation.object == object }),
        state.sightings[index].observation.source == source, state.sightings[index].secrets.isEmpty
      {
        state.sightings[index].observation = observation
      } else {
        state.sightings.append(Sighting(observation: observation, secrets: secrets))
      }
    }
    wakeup.signal()
  }

  func take() -> [Sighting] {
    state.withLock { state in
      defer { state.sightings = [] }
      return state.sightings
    }
  }
}
