internal import EaselModel
internal import EaselTerminal

/// The profiles, the versions that they allow, and which clusters use them.
struct ProfilesScreen: ListScreen {
  struct Row {
    var profile: Profile
    var clusters: [String]
  }

  var title: String { tr("Profiles") }
  var tab: RootTab { .profiles }
  var keyMap: KeyMap { Self.keys }
  var list = ObjectList<Row>(Self.columns, empty: tr("No profiles."), hasMarks: true, identity: { $0.profile.name })

  static let keys = KeyMap(
    "profiles",
    [
      Binding("open", [.enter], tr("What the profile says"), hint: tr("open"), group: tr("Profile")),
      Binding(
        "profile.compare", [.character("=")], tr("Compare the two marked ones"), hint: tr("compare"),
        group: tr("Profile")),
      Binding(
        "profile.clusters", [.character("c")], tr("Clusters that use it"), hint: tr("clusters"), group: tr("Profile")),
    ]
      + ObjectList<Row>.markBindings)

  static let columns: [ListColumn<Row>] = [
    ListColumn(Column("name", tr("NAME"), min: 8, ideal: 16, flex: 1)) { TableCell($0.profile.name) },
    ListColumn(Column("version", tr("VERSION"), min: 7, ideal: 8)) { TableCell($0.profile.spec.version) },
    ListColumn(Column("distribution", tr("DISTRIBUTION"), min: 8, ideal: 12, drop: 2)) {
      TableCell($0.profile.spec.distribution)
    },
    ListColumn(Column("kubernetes", tr("KUBERNETES"), min: 12, ideal: 16, drop: 1)) {
      TableCell(tr("v1.\($0.profile.spec.oldestMinor) to v1.\($0.profile.spec.newestMinor)"))
    },
    ListColumn(Column("layers", tr("LAYERS"), min: 6, ideal: 6, align: .right, drop: 3)) {
      TableCell("\($0.profile.spec.layers.count)", .muted)
    },
    ListColumn(Column("used", tr("USED BY"), min: 8, ideal: 20, flex: 1, drop: 4)) { row in
      TableCell(row.clusters.isEmpty ? tr("no cluster") : row.clusters.joined(separator: ", "), .muted)
    },
  ]

  static func rows(_ site: SiteView) -> [Row] {
    site.snapshot.profiles.map { profile in
      Row(
        profile: profile, clusters: site.snapshot.clusters.filter { $0.spec.profile.name == profile.name }.map(\.name))
    }
  }

  func open(_ row: Row, _ surroundings: Surroundings) -> [Request] {
    let text = surroundings.environment.manifest(.profile(row.profile))
    return [.open(TextScreen(text, title: tr("Profile \(row.profile.name)"), tab: .profiles))]
  }

  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "profile.clusters":
      guard let row = list.selected else { return [] }
      if row.clusters.count == 1 { return [.open(ClusterDetailScreen(row.clusters[0]))] }
      return [.open(ClustersScreen(filter: "profile:\(row.profile.name)"))]
    case "profile.compare":
      let chosen = list.chosen
      guard chosen.count == 2 else {
        let how =
          surroundings.environment.isLinear
          ? tr("mark two profiles first, as with mark 1 2") : tr("mark two profiles with Space first")
        let text = list.rows.count < 2 ? tr("there is only one profile") : how
        return [.say(text, isProblem: false)]
      }
      return [.open(CompareScreen(chosen[0].profile, chosen[1].profile))]
    default: return []
    }
  }
}
