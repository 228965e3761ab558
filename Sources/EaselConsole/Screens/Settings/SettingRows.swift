internal import EaselModel
internal import EaselTerminal

/// A line of the settings: a heading, a fact, or something that Enter changes.
struct SettingRow {
  var label: String
  var value = ""
  /// Why it is so, or what there is to it.
  var note = ""
  /// What Enter does, said behind the note on a screen.
  var hint = ""
  var style = Style.plain
  var action: ActionID?
  var isHeading = false
}

enum SettingRows {
  static func rows(_ surroundings: Surroundings, versions: [KubernetesVersion]) -> [SettingRow] {
    var rows: [SettingRow] = []
    func heading(_ text: String) {
      if !rows.isEmpty { rows.append(SettingRow(label: "", isHeading: true)) }
      rows.append(SettingRow(label: text, isHeading: true))
    }
    func fact(_ label: String, _ value: String, _ note: String = "", _ style: Style = .plain) {
      rows.append(SettingRow(label: label, value: value, note: note, style: style))
    }
    func choice(
      _ action: ActionID, _ label: String, _ value: String, _ note: String = "", hint: String, _ style: Style = .plain
    ) {
      rows.append(SettingRow(label: label, value: value, note: note, hint: hint, style: style, action: action))
    }
    heading(tr("Console"))
    let environment = surroundings.environment
    let settings = environment.settings
    choice(
      "settings.theme", tr("Theme"), settings.theme ?? tr("the terminal's own"),
      hint: tr("Enter chooses, with a preview"))
    choice("settings.time", tr("Times in"), words(settings.time), hint: tr("Enter chooses"))
    let mouse = settings.mouse ?? environment.mouse ?? false
    choice("settings.mouse", tr("Mouse"), mouse ? tr("on") : tr("off"), hint: tr("Enter changes it"))
    let problems = surroundings.keys.problems
    choice(
      "settings.keys", tr("Keys"),
      problems.isEmpty
        ? tr("as they should be")
        : tr(problems.count, one: "\(problems.count) problem", other: "\(problems.count) problems"),
      problems.first ?? "", hint: problems.isEmpty ? tr("Enter lists them") : "", problems.isEmpty ? .plain : .warning)
    if let site = surroundings.site {
      heading(tr("Site"))
      fact(tr("Name"), site.siteName)
      if site.isSimulated {
        fact(tr("Hosts are"), tr("simulated"), tr("nothing real is touched"), .accent)
        fact(
          tr("Time is"), tr("simulated"), tr("stops with the engine; in Audit it is real"), .accent)
      }
      choice(
        "settings.hosts", tr("Hosts"), "\(site.snapshot.hosts.count)",
        tr("\(site.capacity.free) free"), hint: tr("Enter lists them"))
      engine(site, surroundings, &rows)
      if let folder = site.snapshot.site.spec.contentDirectory {
        choice("settings.content", tr("Content"), folder, hint: tr("Enter opens it"))
      } else if !site.isSimulated {
        choice(
          "settings.content", tr("Content"), tr("none"), hint: tr("Enter leads to where a folder is named"), .warning)
      }
      let offered = versions.map(\.description)
      fact(tr("Kubernetes offered"), offered.isEmpty ? tr("none") : tr("\(offered.count) versions"), range(offered))
      fact(tr("Made"), Words.momentAndZone(site.snapshot.site.metadata.createdAt))
    }
    let about = environment.about()
    if !about.isEmpty {
      heading(tr("About"))
      for line in about { fact(line.label, line.value) }
    }
    return rows
  }

  private static func engine(_ site: SiteView, _ surroundings: Surroundings, _ rows: inout [SettingRow]) {
    let lease = site.snapshot.lease
    if site.snapshot.engineRuns {
      if let leader = surroundings.environment.leader(lease.holder) {
        // A process lives in real time, whatever the site's is.
        let (since, age) = (leader.startedAt, Words.age(leader.startedAt, at: surroundings.environment.clock()))
        rows.append(
          SettingRow(
            label: tr("Engine"), value: tr("process \(leader.process)"),
            note: site.isSimulated
              ? tr("for \(age) in real time, since \(Words.clock(since))")
              : tr("for \(age), since \(Words.momentAndZone(since))"), style: .ok))
      } else {
        let value = lease.holder.isEmpty ? tr("runs") : lease.holder
        rows.append(SettingRow(label: tr("Engine"), value: value, style: .ok))
      }
      if let other = surroundings.otherBuild {
        rows.append(
          SettingRow(
            label: tr("Its build"), value: other.engine ?? tr("an older one"),
            note: tr("to change over: kill \(other.process)"),
            style: .warning))
      }
      rows.append(
        SettingRow(
          label: tr("Leader number"), value: "\(lease.epoch)", note: tr("one more each time an engine begins to lead")))
    } else if surroundings.isReadOnly || surroundings.environment.startEngine == nil {
      rows.append(SettingRow(label: tr("Engine"), value: tr("none runs"), style: .muted))
    } else {
      let waits = site.unfinished.count(where: \.status.phase.isMoving)
      rows.append(
        SettingRow(
          label: tr("Engine"), value: tr("none runs"),
          note: waits == 0 ? tr("starts with the next change") : "", hint: tr("Enter starts one"),
          style: waits == 0 ? .muted : .critical, action: "settings.engine"))
    }
  }

  static func words(_ display: TimeDisplay) -> String {
    switch display {
    case .utc: tr("UTC")
    case .local: tr("local time")
    case .both: tr("UTC and local time")
    }
  }

  private static func range(_ versions: [String]) -> String {
    guard let first = versions.first, let last = versions.last, first != last else { return versions.first ?? "" }
    return tr("\(first) to \(last)")
  }
}
