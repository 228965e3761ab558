import EaselModel

/// How results are printed.
enum OutputFormat: String {
  case table, wide, json, yaml, name

  init(_ invocation: Invocation) { self = invocation.value("output").flatMap(OutputFormat.init) ?? .table }
}

/// An object with its kind, as files hold it.
struct Envelope: Encodable {
  var object: any Resource

  private enum Keys: String, CodingKey { case kind }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(type(of: object).kind, forKey: .kind)
    try object.encode(to: encoder)
  }
}

struct ListEnvelope: Encodable {
  var kind = "List"
  var items: [Envelope]
}

/// Prints objects of one type: one alone as itself, several as a list.
func printObjects(
  _ objects: [any Resource], type: ObjectType, single: Bool, in snapshot: SiteSnapshot, format: OutputFormat
) throws {
  switch format {
  case .json, .yaml:
    if single, let object = objects.first {
      try printValue(Envelope(object: object), format: format)
    } else {
      try printValue(ListEnvelope(items: objects.map(Envelope.init)), format: format)
    }
  case .name: for object in objects { Terminal.out("\(type.rawValue)/\(object.name)") }
  case .table, .wide:
    guard !objects.isEmpty else {
      Terminal.err("There are no \(ObjectType.plurals.first { $0.hasPrefix(type.rawValue) } ?? type.rawValue).")
      return
    }
    let columns = Columns(type)
    var table = Table(format == .wide ? columns.names + columns.wide : columns.names)
    for object in objects {
      table.rows.append(Array(cells(of: object, in: snapshot).prefix(table.headings.count)))
    }
    Terminal.out(table.text())
  }
}

/// Prints any value as JSON or YAML.
func printValue(_ value: some Encodable, format: OutputFormat) throws {
  Terminal.out(format == .yaml ? try yamlText(value) : try jsonText(value))
}
