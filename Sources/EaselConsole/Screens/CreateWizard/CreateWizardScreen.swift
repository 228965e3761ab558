internal import EaselModel
internal import EaselTerminal

/// A new cluster step by step, a page for each pool, then the plan. What is typed is validated at once and survives leaving.
struct CreateWizardScreen: FormScreen {
  private var choices: WizardDraft
  var form: Form
  private let versions: [KubernetesVersion]
  /// Fields that were touched: an empty one is not scolded before that.
  private var touched: Set<String> = []
  private var isRestored: Bool
  /// What it began with, where nothing was kept.
  private let untouched: WizardDraft
  private var site: SiteSnapshot?
  /// What was chosen before it was begun anew.
  private var setAside: WizardDraft?

  var title: String { tr("Create a cluster") }
  var tab: RootTab { .clusters }
  var plainIntro: String? { isRestored ? tr("your draft was kept: it goes on here") : nil }
  var flowStep: String? { stepSpans.plainText }
  private var stepSpans: [Span] {
    let number = choices.step + 1
    return [
      Span(tr("Step \(number) of \(titles.count): "), .muted),
      Span(titles[min(choices.step, titles.count - 1)], .heading),
    ]
  }
  /// Begun anew and left as it is, it is what it was before.
  var draft: (name: String, text: String?)? {
    (WizardDraft.key, isUntouched ? setAside?.text : choices.text)
  }
  var steps: FormSteps {
    let isLast = choices.step == titles.count - 1 && form.text(of: "more") != "yes"
    return FormSteps(next: isLast ? tr("plan") : tr("next step"), hasPrevious: choices.step > 0)
  }

  func hint(_ action: ActionID) -> String? { action == "form.anew" && setAside != nil ? tr("bring back") : nil }

  func offers(_ action: ActionID) -> Bool { action != "form.anew" || !isUntouched || setAside != nil }

  mutating func beginAnew() -> [Request] {
    let (now, brings) = (isUntouched ? nil : choices, setAside != nil)
    choices = setAside ?? untouched
    setAside = now
    (touched, isRestored) = ([], false)
    show(step: choices.step)
    return Self.begun(brings)
  }

  /// Whether there is nothing in it that would be missed.
  private var isUntouched: Bool {
    var start = choices
    start.step = untouched.step
    return start == untouched
  }

  func left(_ surroundings: Surroundings) -> [Request] {
    guard draft?.text != nil else { return [] }
    let key = surroundings.keys["clusters"].keys(for: "cluster.create").first?.label ?? ":create"
    return [.say(tr("what you typed is kept: \(key) on the page of clusters goes on with it"), isProblem: false)]
  }

  init(_ surroundings: Surroundings) {
    site = surroundings.site?.snapshot
    let all = site.map(surroundings.environment.versions) ?? []
    let profile = site?.profiles.first
    versions = all.filter { version in
      profile.map { ($0.spec.oldestMinor...$0.spec.newestMinor).contains(version.minor) } ?? true
    }
    var fresh = WizardDraft()
    fresh.profile = profile?.name ?? fresh.profile
    fresh.version = Self.proposed(versions)?.description ?? ""
    let free = site?.freeHosts.count ?? 0
    fresh.pools[0].machines = free > 2 ? "2" : free > 1 ? "1" : "0"
    let kept = WizardDraft(text: surroundings.environment.draft(WizardDraft.key))
    (isRestored, untouched, choices) = (kept != nil, fresh, kept ?? fresh)
    if let site { choices.keepHosts(of: site) }
    form = WizardForms.form(choices, versions: versions, site: site)
    validate()
  }

  mutating func refresh(_ surroundings: Surroundings) {
    site = surroundings.site?.snapshot ?? site
    if let site { choices.keepHosts(of: site) }
  }

  mutating func validate() {
    for field in form.fields { form.setError(nil, for: field.id) }
    let here = choices.errors(site).filter { WizardForms.step(of: $0.path) == choices.step }
    let pool = choices.step - WizardForms.firstPool
    _ = (pool < 0 ? WizardForms.paths : WizardForms.paths(pool: pool)).show(here, on: &form)
    for field in form.fields where field.error != nil && field.text.isEmpty && !touched.contains(field.id) {
      form.setError(nil, for: field.id)
    }
  }

  private mutating func show(step: Int) {
    choices.step = step
    form = WizardForms.form(choices, versions: versions, site: site)
    validate()
  }

  mutating func touch(_ field: String) { touched.insert(field) }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    let focused = form.focused?.id
    if let wrong = staying(key) { return wrong }
    switch form.handle(key) {
    case .unused: return nil
    case .changed:
      if let focused { touch(focused) }
      WizardForms.take(form, into: &choices)
      validate()
    case .moved:
      if let focused { touch(focused) }
      validate()
    case .submitted: return next(surroundings)
    }
    return []
  }

  private var titles: [String] { WizardForms.titles(choices) }

  /// A further pool without machines and hosts was thought better of; its page goes with it.
  private mutating func dropEmptyPool() {
    let index = choices.step - WizardForms.firstPool
    guard index > 0, choices.pools.indices.contains(index), Int(choices.pools[index].machines) == 0,
      choices.pools[index].hosts.isEmpty
    else { return }
    choices.pools.remove(at: index)
    show(step: choices.step - 1)
  }

  private mutating func next(_ surroundings: Surroundings) -> [Request] {
    for field in form.fields { touched.insert(field.id) }
    validate()
    if let wrong = form.fields.first(where: { $0.error != nil }) {
      form.focus(on: wrong.id)
      return [.say(tr("correct the marked field first"), isProblem: true)]
    }
    if form.text(of: "more") == "yes" {
      var taken = Set(choices.pools.map(\.name))
      var number = choices.pools.count + 1
      while !taken.insert("pool-\(number)").inserted { number += 1 }
      var pool = WizardDraft.Pool()
      pool.name = "pool-\(number)"
      choices.pools.append(pool)
    }
    dropEmptyPool()
    if choices.step < titles.count - 1 {
      show(step: choices.step + 1)
      return []
    }
    if let first = choices.errors(site).first {
      show(step: WizardForms.step(of: first.path))
      return [.say(first.text, isProblem: true)]
    }
    return [
      .open(
        PlanScreen(
          choices.intent(site), title: tr("Create cluster \(choices.name)"), confirm: tr("Create"), tab: .clusters))
    ]
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "form.next": return next(surroundings)
    case "form.previous":
      if choices.step > 0 { show(step: choices.step - 1) }
      return []
    case "form.anew": return beginAnew()
    default: return []
    }
  }

  mutating func paste(_ text: String) {
    if form.paste(text) == .changed {
      WizardForms.take(form, into: &choices)
      validate()
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    var spans = stepSpans
    if canvas.width > 70 {
      let progress =
        titles.indices.map { $0 == choices.step ? "[\($0 + 1)]" : " \($0 + 1) " }.joined() + tr(" plan")
      spans.append(Span("   " + progress, .muted))
    }
    if isRestored { spans.append(Span(tr("   (your draft was kept)"), .muted)) }
    canvas.spans(spans, x: 1)
    form.draw(on: canvas.part(Rect(x: 1, y: 2, width: canvas.width - 2, height: canvas.height - 2)))
  }
}

extension CreateWizardScreen {
  /// The newest patch of the fourth newest minor, which leaves room for upgrades and has been run elsewhere for a year.
  static func proposed(_ versions: [KubernetesVersion]) -> KubernetesVersion? {
    let minors = Set(versions.map(\.minor)).sorted(by: >)
    guard let minor = minors.prefix(4).last else { return nil }
    return versions.filter { $0.minor == minor }.max()
  }
}
