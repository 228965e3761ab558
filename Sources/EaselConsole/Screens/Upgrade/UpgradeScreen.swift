internal import EaselModel
internal import EaselTerminal

/// The Kubernetes versions that a cluster can go to from where it is; others are not offered.
struct UpgradeScreen: FormScreen {
  private let cluster: Cluster
  var form: Form
  private let isChoice: Bool
  /// What an abort or a skip has left at another version.
  private let behind: [Machine]
  var title: String { tr("Upgrade \(cluster.name)") }
  var tab: RootTab { .clusters }
  var steps: FormSteps { .only(tr("plan")) }

  init(_ cluster: Cluster, _ surroundings: Surroundings) {
    self.cluster = cluster
    let known = surroundings.site.map { surroundings.environment.versions($0.snapshot) } ?? []
    behind = surroundings.site?.snapshot.behind(cluster) ?? []
    let unfinished = behind.isEmpty ? nil : cluster.spec.kubernetesVersion
    let reachable = Self.reachable(from: cluster.spec, among: known)
    let proposed = unfinished ?? reachable.last
    isChoice = !known.isEmpty
    let help =
      tr(
        """
        One minor version at a time: the control plane first, one by one, then the workers. \
        Going back is not possible.
        """
      )
    if isChoice {
      let count = behind.count
      let options = ([unfinished].compactMap { $0 } + reachable).map { version in
        if version == unfinished {
          return Option(
            version.description, version.description,
            detail: tr(
              count, one: "brings the node that is behind there",
              other: "brings the \(count) nodes that are behind there"))
        }
        let same = version.minor == cluster.spec.kubernetesVersion.minor
        return Option(
          version.description, version.description,
          detail: same ? tr("patches of the same minor") : tr("the next minor"))
      }
      form = Form([
        Field(
          "version", tr("Version "),
          .choice(Choice(options, chosen: Set([proposed?.description].compactMap { $0 }))),
          help: help)
      ])
    } else {
      form = Form([
        Field(
          "version", tr("Version"), .text(TextField("", limit: 40)), help: help,
          placeholder: "v1.\(cluster.spec.kubernetesVersion.minor + 1).0")
      ])
    }
  }

  /// Versions that the rules allow, oldest first.
  static func reachable(from spec: Cluster.Spec, among known: [KubernetesVersion]) -> [KubernetesVersion] {
    known.filter { version in
      var wanted = spec
      wanted.kubernetesVersion = version
      return version > spec.kubernetesVersion && version.minor <= spec.kubernetesVersion.minor + 1
        && ClusterValidation.checkChange(from: spec, to: wanted).isEmpty
    }.sorted()
  }

  mutating func validate() { _ = wanted() }

  /// What is chosen; nil where that is no version to go to.
  private mutating func wanted() -> Cluster.Spec? {
    form.setError(nil, for: "version")
    guard let version = KubernetesVersion(form.text(of: "version")) else {
      if !form.text(of: "version").isEmpty { form.setError(tr("write a version such as v1.31.4"), for: "version") }
      return nil
    }
    var spec = cluster.spec
    spec.kubernetesVersion = version
    if behind.isEmpty, version == cluster.spec.kubernetesVersion {
      form.setError(tr("the cluster is there already"), for: "version")
    }
    if let error = ClusterValidation.checkChange(from: cluster.spec, to: spec).first {
      form.setError(error.message, for: "version")
    }
    return form.isValid ? spec : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard action == "form.next" else { return [] }
    guard let spec = wanted() else { return [.say(tr("choose a version first"), isProblem: true)] }
    var intent = Intent.changeCluster(name: cluster.name, spec: spec, expecting: cluster.metadata.generation)
    if let site = surroundings.site { intent = intent.onto(site, from: cluster.spec) }
    return [
      .open(
        PlanScreen(
          intent, title: tr("Upgrade \(cluster.name) to \(spec.kubernetesVersion)"), confirm: tr("Upgrade"),
          tab: .clusters))
    ]
  }

  private var head: [Span] {
    [
      Span(tr("\(cluster.name) is at "), .heading), Span(cluster.spec.kubernetesVersion.description, .accent),
    ]
      + (behind.first.map { first in
        let (name, words, count) = (first.name, first.versionWords, behind.count)
        let text = tr(count, one: ", \(name) at \(words)", other: ", \(count) nodes at another version")
        return [Span(text, .warning)]
      } ?? []) + [Span(tr(". Go to"), .heading)]
  }

  private var hasNoVersions: Bool { isChoice && form["version"]?.optionCount == 0 }
  private static let noVersions = tr("There is no newer version here that can be reached from it.")

  var plainIntro: String? { head.plainText + (hasNoVersions ? ". " + Self.noVersions : "") }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    canvas.spans(head, x: 1)
    if hasNoVersions {
      canvas.text(Self.noVersions, x: 3, y: 2, .muted)
      return
    }
    form.draw(on: canvas.part(Rect(x: 1, y: 2, width: canvas.width - 2, height: canvas.height - 2)))
  }
}

extension Field {
  fileprivate var optionCount: Int {
    if case .choice(let choice) = value { choice.options.count } else { 0 }
  }
}
