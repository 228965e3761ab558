internal import EaselModel

/// How times, sizes and counts are said. One place, so that all screens say them alike.
enum Words {
  /// A length of time in at most two units: `8s`, `4m12s`, `3h05m`, `12d`.
  static func duration(_ seconds: Double) -> String {
    let total = Int(max(0, seconds.isFinite ? seconds : 0))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    switch total {
    case ..<60: return "\(total)s"
    case ..<3600: return "\(total / 60)m\(two(total % 60))s"
    case ..<86_400: return "\(total / 3600)h\(two(total / 60 % 60))m"
    default: return "\(total / 86_400)d"
    }
  }

  /// Seconds after which what was seen of a cluster or host is old: several looks are missing then.
  static let oldAfter = 180.0

  /// How long ago: seconds are rounded to tens, so that an idle screen does not tick.
  static func age(_ time: Timestamp?, at now: Timestamp) -> String {
    guard let time else { return "-" }
    let seconds = max(0, now.seconds(since: time))
    switch seconds {
    case ..<60: return "\(Int(seconds / 10) * 10)s"
    case ..<3600: return "\(Int(seconds / 60))m"
    case ..<86_400: return "\(Int(seconds / 3600))h\(Int(seconds / 60) % 60)m"
    default: return "\(Int(seconds / 86_400))d"
    }
  }

  /// `09:41:07`, in the time that the operator has chosen.
  static func clock(_ time: Timestamp) -> String { TimeWords.current.clock(time) }

  /// `09:41:07 UTC`.
  static func clockAndZone(_ time: Timestamp) -> String { TimeWords.current.clockAndZone(time) }

  /// `2026-01-31 09:41:07`, in the time that the operator has chosen.
  static func moment(_ time: Timestamp?) -> String { time.map(TimeWords.current.moment) ?? "-" }

  /// `2026-01-31 09:41:07 UTC`.
  static func momentAndZone(_ time: Timestamp?) -> String { time.map(TimeWords.current.momentAndZone) ?? "-" }

  /// A size in binary units: `512 MiB`, `15.6 GiB`.
  static func bytes(_ count: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var value = Double(max(0, count))
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    if unit == 0 || value >= 100 { return "\(Int(value.rounded())) \(units[unit])" }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `createCluster` reads `create cluster`; CamelCase reasons become words: `DiskFull` reads `disk full`.
  static func reason(_ camel: String) -> String {
    var text = ""
    var previousWasUpper = true
    for character in camel {
      if character.isUppercase, !previousWasUpper { text += " " }
      previousWasUpper = character.isUppercase
      text += character.lowercased()
    }
    return text
  }
}
