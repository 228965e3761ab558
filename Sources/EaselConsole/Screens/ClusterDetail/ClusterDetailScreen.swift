internal import EaselModel
internal import EaselTerminal

/// One cluster: how it is, its nodes, etcd, the operation that changes it, events, certificates and its definition.
struct ClusterDetailScreen: ListTabsScreen {
  enum Tab: String, CaseIterable { case overview, nodes, etcd, profile, progress, events, certificates, yaml }

  let name: String
  private var open: Tab
  private var cluster: Cluster?
  private var lines: [[Span]] = []
  private var pager = PagerState(wraps: true)
  private var nodes = NodeRow.list
  private var events = ObjectList<EaselModel.Event>(
    EventsScreen.columns, empty: tr("Nothing has happened yet."), identity: { "\($0.sequence)" })
  private var certificates = CertificateRow.list
  private var progress: OperationDetailScreen?

  init(_ name: String, tab: String = "overview") {
    self.name = name
    open = Tab(rawValue: tab) ?? .overview
  }

  var title: String { name }
  var tab: RootTab { .clusters }
  var keyMap: KeyMap { Self.keys }
  var footnote: String? { open == .events ? EventsScreen.footnote(events) : nil }
  var isTyping: Bool { isFiltering }

  var list: (any FilterableList)? {
    get {
      switch open {
      case .nodes: nodes
      case .events: events
      case .certificates: certificates
      default: nil
      }
    }
    set {
      if let changed = newValue as? ObjectList<NodeRow> { nodes = changed }
      if let changed = newValue as? ObjectList<EaselModel.Event> { events = changed }
      if let changed = newValue as? ObjectList<CertificateRow> { certificates = changed }
    }
  }
  var tabs: (titles: [String], selected: Int)? {
    (
      [tr("Overview"), tr("Nodes"), "etcd", tr("Profile"), tr("Progress"), tr("Events"), tr("Certs"), tr("YAML")],
      Tab.allCases.firstIndex(of: open) ?? 0
    )
  }

  static let keys = KeyMap(
    "cluster",
    [
      Binding("open", [.enter], tr("Open the selected one"), hint: tr("open"), group: tr("Cluster")),
      // First, so that they are the ones hinted at on the tab where they do something.
      Binding(
        "node.cordon", [.character("x")], tr("Cordon the selected or marked nodes, or undo it"), hint: tr("cordon"),
        group: tr("Node"), changes: true),
      Binding(
        "node.drain", [.character("d")], tr("Drain the selected or marked nodes"), hint: tr("drain"),
        group: tr("Node"), changes: true),
      Binding(
        "node.remove", [.character("R")], tr("Remove the selected machine from the cluster"), hint: tr("remove"),
        group: tr("Node"), changes: true),
      Binding(
        "list.mark", [.space], tr("Mark for an action on several"), hint: tr("mark"), group: tr("Node")),
      Binding(
        "cluster.scale", [.character("+")], tr("Scale the cluster"), hint: tr("scale"), group: tr("Cluster"),
        changes: true),
      Binding(
        "cluster.upgrade", [.character("u")], tr("Upgrade Kubernetes"), hint: tr("upgrade"), group: tr("Cluster"),
        changes: true),
      Binding(
        "cluster.delete", [.character("D")], tr("Delete the cluster"), hint: tr("delete"), group: tr("Cluster"),
        changes: true),
      Binding(
        "cluster.operation", [.character("o")], tr("Its latest operation"), hint: tr("operation"),
        group: tr("Cluster")),
      Binding(
        "cluster.menu", [.character("a")], tr("All actions on the cluster or the selected node"), hint: tr("actions"),
        group: tr("Cluster")),
      Binding(
        "operation.retry", [.character("r")], tr("Retry the operation that stopped"), group: tr("Cluster"),
        changes: true),
      Binding(
        "operation.abort", [.character("A")], tr("Abort the running operation"), group: tr("Cluster"), changes: true),
      Binding(
        "operation.engine", [.character("E")], tr("Start an engine, where none runs"), hint: tr("start engine"),
        group: tr("Cluster"), changes: true),
      Binding(
        "cluster.edit", [.character("e")], tr("Edit its definition in $EDITOR"), group: tr("Cluster"), changes: true),
      Binding("cluster.compare", [.character("=")], tr("Compare with what it was before"), group: tr("Cluster")),
      Binding("page.pager", [.character("p")], tr("Open the page in $PAGER"), group: tr("Cluster")),
    ] + ObjectList<NodeRow>.markBindings.filter { $0.action != "list.mark" })

  func offers(_ action: ActionID) -> Bool {
    if action.rawValue.hasPrefix("node.") || action == "list.mark" { return open == .nodes && nodes.selected != nil }
    if action == "open" {
      return list.map { $0.counts.shown > 0 } ?? (open == .progress && progress?.offers(action) == true)
    }
    if action.rawValue.hasPrefix("list.") { return list != nil }
    if action == "operation.engine" { return open == .progress && progress?.offers(action) == true }
    if action.rawValue.hasPrefix("operation.") { return cluster?.status.operation != nil }
    return !action.rawValue.hasPrefix("cluster.") || ClusterActions.offers(action, cluster)
  }

  func hint(_ action: ActionID) -> String? { action == "node.cordon" && undoesCordon ? tr("uncordon") : nil }

  /// All that is chosen is cordoned.
  private var undoesCordon: Bool { nodes.chosen.allSatisfy { $0.node?.cordoned == true } }

  func actsOnRow(_ action: ActionID) -> Bool {
    open == .nodes && (action == "list.mark" || action == "cluster.menu" || action.rawValue.hasPrefix("node."))
  }

  mutating func openTab(_ index: Int, _ surroundings: Surroundings) {
    guard Tab.allCases.indices.contains(index) else { return }
    open = Tab.allCases[index]
    pager = PagerState(wraps: true)
    progress = nil
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    cluster = site.cluster(name)
    guard let cluster else { return }
    switch open {
    case .overview: lines = ClusterPages.overview(cluster, site)
    case .etcd: lines = ClusterPages.etcd(cluster, site)
    case .profile: lines = ClusterPages.profile(cluster, site)
    case .events: events.update(site.events(about: name, kind: .cluster))
    case .certificates: certificates.update(CertificateRow.rows(cluster, site))
    case .yaml: lines = Pager(text: surroundings.environment.manifest(.cluster(cluster))).lines
    case .nodes: nodes.update(NodeRow.rows(cluster, site))
    case .progress:
      let current = cluster.status.operation ?? site.operations(on: cluster.uid).first?.name
      if progress?.name != current { progress = current.map { OperationDetailScreen($0) } }
      progress?.refresh(surroundings)
    }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    switch open {
    case .nodes: return nodes.handle(key) ? [] : nil
    case .events: return events.handle(key) ? [] : nil
    case .certificates: return certificates.handle(key) ? [] : nil
    case .progress: return progress?.handle(key, surroundings)
    default:
      if key == .left, pager.left == 0 { return nil }
      return pager.handle(key) ? [] : nil
    }
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if list?.perform(action) == true { return [] }
    switch action {
    case "open":
      if open == .events { return EventsScreen.operation(of: events.selected) }
      if open == .nodes { return nodes.selected?.machine.host.map { [.open(HostDetailScreen($0.name))] } ?? [] }
      if open == .certificates, let node = certificates.selected?.certificate.node {
        return hosts(of: node, surroundings).map { .open(HostDetailScreen($0)) }
      }
      if open == .progress { return progress?.perform("open", surroundings) ?? [] }
      return []
    case "list.filter", "list.sort", "list.reverse", "list.mark", "list.unmark":
      return [
        .say(list == nil ? tr("this tab is no list") : tr("there are no marks in this list"), isProblem: false)
      ]
    case "page.pager":
      return External.show(
        self.lines(surroundings).map(\.text).joined(separator: "\n"), named: "\(name).txt", surroundings)
    case "operation.retry", "operation.abort", "operation.engine":
      guard let operation = cluster?.status.operation.flatMap({ surroundings.site?.operation($0) }) else {
        return [.say(tr("nothing is changing \(name)"), isProblem: false)]
      }
      return OperationActions.requests(action, operation: operation, line: nil, surroundings)
    case "cluster.menu": return menu(surroundings)
    case "node.cordon", "node.drain", "node.remove": return node(action, surroundings)
    default: return ClusterActions.requests(action, cluster: cluster, surroundings)
    }
  }

  private func hosts(of node: String, _ surroundings: Surroundings) -> [String] {
    let machines = cluster.map { surroundings.site?.machines(of: $0) ?? [] } ?? []
    return machines.filter { $0.spec.nodeName == node }.compactMap(\.host?.name)
  }

  private func node(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard open == .nodes, let row = nodes.selected else {
      let place =
        surroundings.environment.isLinear ? tr("go to nodes first") : tr("open the Nodes tab (2) and select one")
      return [.say(place, isProblem: false)]
    }
    if action == "node.remove" {
      if nodes.chosen.count > 1 {
        return [.say(tr("machines are removed one at a time; for several, scale the cluster"), isProblem: true)]
      }
      return [.open(RemoveMachinePage.page(nodes.chosen[0].machine, of: name))]
    }
    let hosts = nodes.chosen.compactMap(\.host)
    if hosts.isEmpty {
      return [.say(tr("the host of \(row.machine.name) is not known here any more"), isProblem: true)]
    }
    return HostActions.requests(
      action == "node.drain" ? "host.drain" : undoesCordon ? "host.uncordon" : "host.cordon", hosts: hosts,
      surroundings)
  }

  private func menu(_ surroundings: Surroundings) -> [Request] {
    let busy = cluster?.status.operation.map { tr("\($0) is running") }
    let locked = surroundings.isReadOnly ? tr("read-only") : nil
    let chosen = open == .nodes ? nodes.chosen : []
    var items = [
      Menu.Item("cluster.scale", tr("Scale ..."), key: .character("+"), disabledReason: locked ?? busy),
      Menu.Item("cluster.upgrade", tr("Upgrade Kubernetes ..."), key: .character("u"), disabledReason: locked ?? busy),
      Menu.Item("cluster.edit", tr("Edit the definition ..."), key: .character("e"), disabledReason: locked ?? busy),
      Menu.Item("cluster.compare", tr("Compare with what it was"), key: .character("=")),
      Menu.Item("cluster.operation", tr("Latest operation"), key: .character("o")),
      Menu.Item("cluster.delete", tr("Delete ..."), key: .character("D"), disabledReason: locked ?? busy),
    ]
    guard let first = chosen.first else { return [.menu(Menu(tr("Actions on \(name)"), items))] }
    let isOne = chosen.count == 1
    let which = isOne ? first.machine.spec.nodeName : tr("\(chosen.count) nodes")
    items += [
      Menu.Item(
        "node.cordon", undoesCordon ? tr("Uncordon \(which) ...") : tr("Cordon \(which) ..."), key: .character("x"),
        disabledReason: locked),
      Menu.Item("node.drain", tr("Drain \(which) ..."), key: .character("d"), disabledReason: locked),
      Menu.Item(
        "node.remove", isOne ? tr("Remove machine \(first.machine.name) ...") : tr("Remove machine ..."),
        key: .character("R"), disabledReason: locked ?? busy ?? (isOne ? nil : tr("one at a time"))),
    ]
    return [.menu(Menu(tr("Actions on \(name) and \(which)"), items))]
  }

  mutating func paste(_ text: String) { list?.filter.paste(text) }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    if open == .nodes { return nodes.handle(mouse) == nil ? [] : perform("open", surroundings) }
    if open == .events { return events.handle(mouse) == nil ? [] : perform("open", surroundings) }
    if open == .certificates { return certificates.handle(mouse) == nil ? [] : perform("open", surroundings) }
    return scroll(mouse, surroundings)
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard cluster != nil else {
      _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(tr("There is no cluster \(name) any more."), .muted)
      return
    }
    switch open {
    case .nodes: nodes.draw(on: canvas)
    case .events: events.draw(on: canvas)
    case .certificates: certificates.draw(on: canvas)
    case .progress:
      if progress == nil {
        _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(tr("Nothing has been changed here yet."), .muted)
      }
      progress?.draw(on: canvas, surroundings)
    default: Pager(lines).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    switch open {
    case .nodes: return nodes.lines()
    case .events: return events.lines()
    case .certificates: return certificates.lines()
    case .progress: return progress?.lines(surroundings) ?? [PlainLine(tr("Nothing has been changed here yet."))]
    default: return lines.map { PlainLine($0.plainText) }
    }
  }
}
