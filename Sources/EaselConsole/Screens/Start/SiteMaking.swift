internal import EaselModel
internal import EaselTerminal

/// Making the first site: it is said what will be done, asked, and done.
struct SiteMaking {
  private(set) var problem: EaselError?

  /// The question before it, and the work after it.
  static func requests(_ site: SiteChoice, _ environment: ConsoleEnvironment) -> [Request] {
    var body: [[Span]] =
      switch site {
      case .simulated(let hosts):
        [
          [
            Span(
              tr(
                hosts, one: "A simulated site with \(hosts) host, in memory: nothing real is touched.",
                other: "A simulated site with \(hosts) hosts, in memory: nothing real is touched."))
          ]
        ]
      case .thisMachine:
        [
          [Span(tr("This machine becomes the first host of a site: Easel installs its agent on it."), .warning)],
          [Span(tr("Nothing else changes here until a cluster is created. The host can be reset and removed again."))],
        ]
      case .overSSH: [[Span(tr("An empty site. Its first host is named on the next page."))]]
      }
    if !environment.statePath.isEmpty { body.append([Span(tr("The state lies in \(environment.statePath)."))]) }
    return [
      .ask(
        Dialog(tr("Make this site?"), body: body + [[]], confirm: tr("Make it")),
        [
          .say(tr("Making the site ..."), isProblem: false),
          .perform { .site(await Result(doing: tr("making the site")) { try await environment.createSite(site) }) },
        ])
    ]
  }

  mutating func receive(_ reply: Reply, then screens: [any ConsoleScreen] = []) -> [Request] {
    guard case .site(let result) = reply else { return [] }
    switch result {
    case .failure(let error):
      problem = error
      return [.say(tr("no site was made"), isProblem: true)]
    case .success(let site): return [.connect(site, then: screens)]
    }
  }
}
