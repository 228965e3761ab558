internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// How many machines a cluster should have, by role and pool. An unsafe number is refused while it is typed.
struct ScaleScreen: FormScreen {
  private let cluster: Cluster
  var form: Form
  private var free = 0
  private var site: SiteSnapshot?
  private var profile: Profile?
  var title: String { tr("Scale \(cluster.name)") }
  var tab: RootTab { .clusters }
  var steps: FormSteps { .only(tr("plan")) }
  var draftName: String? { "scale-\(cluster.name)" }

  init(_ cluster: Cluster) {
    self.cluster = cluster
    var pools = cluster.spec.pools
    if pools.isEmpty { pools = [Cluster.Pool(name: "workers", replicas: 0)] }
    form = Form(
      [
        Field(
          "controlPlane", tr("Control plane"), .text(TextField("", limit: 3)),
          help: tr(
            "Odd: 1, 3, 5 or 7. Members are added one at a time, each after the one before is a voting etcd member."),
          standard: "\(cluster.spec.controlPlane.replicas)")
      ]
        + pools.enumerated().map { index, pool in
          Field(
            "pool\(index)", tr("Pool \(pool.name)"), .text(TextField("", limit: 6)),
            help:
              tr(
                "Machines in the pool. Fewer: the last ones are drained, removed and reset; their hosts are free again."
              ), standard: "\(pool.replicas)")
        })
  }

  private var spec: Cluster.Spec? {
    guard let site, let control = Int(form.text(of: "controlPlane")) else { return nil }
    let names = cluster.spec.pools.isEmpty ? ["workers"] : cluster.spec.pools.map(\.name)
    var pools: [(name: String, replicas: Int)] = []
    for (index, name) in names.enumerated() {
      guard let count = Int(form.text(of: "pool\(index)")) else { return nil }
      // A cluster without pools gets none for nothing.
      if count > 0 || !cluster.spec.pools.isEmpty { pools.append((name, count)) }
    }
    return cluster.spec.scaled(controlPlane: control, pools: pools, cluster, in: site)
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    free = site.capacity.free
    self.site = site.snapshot
    profile = site.profile(cluster.spec.profile)
  }

  mutating func validate() {
    for field in form.fields {
      form.setError(Int(field.text) == nil ? tr("write a number") : nil, for: field.id)
    }
    guard let spec else { return }
    // New machines come before old ones go: what shrinks frees nothing for what grows.
    let more = spec.machinesMore(than: cluster.spec)
    // Of those that grow the last: what it has more is what there are no hosts for.
    let growing = form.fields.last { (Int($0.text) ?? 0) > (Int($0.standard) ?? 0) }
    if more > free, let growing {
      let left = tr(free, one: "\(free) host free", other: "\(free) hosts free")
      form.setError(
        tr(more, one: "\(more) more machine needed, \(left)", other: "\(more) more machines needed, \(left)"),
        for: growing.id)
    }
    var paths = [("spec.controlPlane", "controlPlane")]
    for index in form.fields.indices.dropLast() { paths.append(("spec.pools[\(index)]", "pool\(index)")) }
    let errors = ClusterValidation.check(name: cluster.name, spec: spec, insteadOf: cluster.spec, profile: profile)
    _ = FieldPaths(fields: paths).show(errors.map { EaselErrorText(path: $0.field ?? "", text: $0.message) }, on: &form)
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if action == "form.anew" { return beginAnew() }
    guard action == "form.next" else { return [] }
    validate()
    if let wrong = form.fields.first(where: { $0.error != nil }) {
      form.focus(on: wrong.id)
      return [.say("\(wrong.label): \(wrong.error ?? "")", isProblem: true)]
    }
    guard let spec else { return [] }
    guard spec != cluster.spec else { return [.say(tr("nothing is different"), isProblem: false)] }
    var intent = Intent.changeCluster(name: cluster.name, spec: spec, expecting: cluster.metadata.generation)
    if let site = surroundings.site { intent = intent.onto(site, from: cluster.spec) }
    return [.open(PlanScreen(intent, title: title, confirm: tr("Scale"), tab: .clusters))]
  }

  private var head: [Span] {
    [
      Span(tr("How many machines should \(cluster.name) have? "), .heading),
      Span(tr(free, one: "\(free) host free", other: "\(free) hosts free"), .muted),
    ]
  }

  var plainIntro: String? {
    let now = form.fields.map { "\($0.label) \($0.standard)" }.joined(separator: ", ")
    return head.plainText + tr("; now: \(now)")
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    canvas.spans(head, x: 1)
    form.draw(on: canvas.part(Rect(x: 1, y: 2, width: canvas.width - 2, height: canvas.height - 2)))
  }
}

extension Cluster.Spec {
  /// The machines that are to be made, whatever goes away.
  fileprivate func machinesMore(than old: Cluster.Spec) -> Int {
    let before = Dictionary(old.pools.map { ($0.name, $0.replicas) }, uniquingKeysWith: { first, _ in first })
    return pools.reduce(max(0, controlPlane.replicas - old.controlPlane.replicas)) {
      $0 + max(0, $1.replicas - (before[$1.name] ?? 0))
    }
  }
}
