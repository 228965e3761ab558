import EaselModel
import EaselYAML

/// How results are printed.
enum OutputFormat: String {
  case table, wide, json, yaml, name

  /// What verbs that list objects, or change something, print.
  static let all: [OutputFormat] = [.json, .yaml, .wide, .name]
  static let structures: [OutputFormat] = [.json, .yaml]

  /// Whether whole objects are printed, for a program to read.
  var isStructured: Bool { self == .json || self == .yaml }

  /// Whether standard output is for a program, so that words for people go to standard error.
  var isForPrograms: Bool { isStructured || self == .name }

  init(_ invocation: Invocation) { self = invocation.value("output").flatMap(OutputFormat.init) ?? .table }
}

/// Prints objects of one type: one alone as itself, several as a list.
///
/// - Parameter isPart: whether only some of the objects that there are were asked for.
func printObjects(
  _ objects: [any Resource], type: ObjectType, single: Bool, in snapshot: SiteSnapshot, format: OutputFormat,
  isPart: Bool = false
) throws {
  switch format {
  case .json, .yaml:
    if single, let object = objects.first { return try printObject(object, format: format) }
    let records = objects.compactMap(record)
    Terminal.out(
      trimmed(format == .yaml ? try ManifestWriter.yaml(list: records) : try ManifestWriter.json(list: records)))
  case .name: for object in objects { Terminal.out("\(type.rawValue)/\(object.name)") }
  case .table, .wide:
    guard !objects.isEmpty else {
      let plural = ObjectType.plurals.first { $0.hasPrefix(type.rawValue) } ?? type.rawValue
      Terminal.err(isPart ? "No \(plural) are like that." : "There are no \(plural).")
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

/// Prints one object as JSON or YAML, as files hold it.
func printObject(_ object: any Resource, format: OutputFormat) throws {
  guard let record = record(object) else { return }
  Terminal.out(trimmed(format == .yaml ? try ManifestWriter.yaml(record) : try ManifestWriter.json(record)))
}

/// Prints any value as JSON or YAML.
func printValue(_ value: some Encodable, format: OutputFormat) throws {
  Terminal.out(trimmed(format == .yaml ? try ManifestWriter.yaml(value: value) : try ManifestWriter.json(value: value)))
}

private func trimmed(_ text: String) -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }

private func record(_ object: any Resource) -> Record? {
  switch object {
  case let object as Site: .site(object)
  case let object as Host: .host(object)
  case let object as Cluster: .cluster(object)
  case let object as Machine: .machine(object)
  case let object as Profile: .profile(object)
  case let object as Operation: .operation(object)
  case let object as DurableTask: .task(object)
  default: nil
  }
}

/// An object as `get -o yaml` prints it.
func manifestText(_ record: Record) throws -> String { trimmed(try ManifestWriter.yaml(record)) }
