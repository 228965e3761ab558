/// How an engine process behaves.
package struct EngineOptions: Sendable {
  /// End when no operation can go on and nobody holds a `SiteWatch` on the site.
  package var untilIdle = false
  /// Write the reasons of every decision to the log.
  package var verbose = false
  /// How many times faster than real time a simulated site's clock runs; nil is as fast as possible.
  package var pace: Double?
  /// Whether simulated tasks say how far they are; nobody looks in a benchmark.
  package var tellsProgress = true

  package init() {}
}
