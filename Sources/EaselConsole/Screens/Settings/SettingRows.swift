internal import EaselModel
internal import EaselTerminal

/// A line of the settings: a heading, a fact, or something that Enter changes.
struct SettingRow {
  var label: String
  var value = ""
  /// What Enter does, or why it is so.
  var note = ""
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
    func choice(_ action: ActionID, _ label: String, _ value: String, _ note: String, _ style: Style = .plain) {
      rows.append(SettingRow(label: label, value: value, note: note, style: style, action: action))
    }
    heading("Console")
    let environment = surroundings.environment
    let settings = environment.settings
    choice("settings.theme", "Theme", settings.theme ?? "the terminal's own", "Enter chooses, with a preview")
    choice("settings.time", "Times in", words(settings.time), "Enter chooses")
    let mouse = settings.mouse ?? environment.mouse ?? false
    choice("settings.mouse", "Mouse", mouse ? "on" : "off", "Enter changes it")
    let problems = surroundings.keys.problems
    choice(
      "settings.keys", "Keys", problems.isEmpty ? "as they should be" : Words.count(problems.count, "problem"),
      problems.first ?? "Enter lists them", problems.isEmpty ? .plain : .warning)
    if let site = surroundings.site {
      heading("Site")
      fact("Name", site.siteName)
      if site.isSimulated { fact("Hosts are", "simulated", "nothing real is touched", .accent) }
      choice(
        "settings.hosts", "Hosts", "\(site.snapshot.hosts.count)", "\(site.freeHosts.count) free; Enter lists them")
      engine(site, surroundings, &rows)
      if let folder = site.snapshot.site.spec.contentDirectory {
        choice("settings.content", "Content", folder, "Enter opens it")
      } else if !site.isSimulated {
        fact("Content", "none", "set it with: \(environment.program) site set --content DIR", .warning)
      }
      let offered = versions.map(\.description)
      fact("Kubernetes offered", offered.isEmpty ? "none" : "\(offered.count) versions", range(offered))
      fact("Made", Words.momentAndZone(site.snapshot.site.metadata.createdAt))
    }
    let about = environment.about()
    if !about.isEmpty {
      heading("About")
      for line in about { fact(line.label, line.value) }
    }
    return rows
  }

  private static func engine(_ site: SiteView, _ surroundings: Surroundings, _ rows: inout [SettingRow]) {
    let lease = site.snapshot.lease
    if site.snapshot.engineRuns {
      rows.append(
        SettingRow(
          label: "Engine", value: lease.holder.isEmpty ? "runs" : lease.holder, note: "leader number \(lease.epoch)",
          style: .ok))
    } else if surroundings.isReadOnly || surroundings.environment.startEngine == nil {
      rows.append(SettingRow(label: "Engine", value: "none runs", style: .muted))
    } else {
      let waits = site.unfinished.count
      rows.append(
        SettingRow(
          label: "Engine", value: "none runs",
          note: waits == 0 ? "one starts with the next change; Enter starts it now" : "Enter starts one",
          style: waits == 0 ? .muted : .critical, action: "settings.engine"))
    }
  }

  static func words(_ display: TimeDisplay) -> String {
    switch display {
    case .utc: "UTC"
    case .local: "local time"
    case .both: "UTC and local time"
    }
  }

  private static func range(_ versions: [String]) -> String {
    guard let first = versions.first, let last = versions.last, first != last else { return versions.first ?? "" }
    return "\(first) to \(last)"
  }
}
