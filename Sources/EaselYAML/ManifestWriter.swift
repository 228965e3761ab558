import EaselModel

/// Writes objects in the form that `ManifestReader` reads: nothing is lost, and the same object gives the same text.
package enum ManifestWriter {
  /// One object as a YAML document.
  package static func yaml(_ record: Record) throws -> String { try object(record).yaml }

  /// What of an object an operator writes, as a YAML document to edit: name, generation, labels and spec.
  package static func definition(_ record: Record) throws -> String {
    guard case .mapping(let fields) = try object(record) else { return "" }
    let kept = fields.compactMap { field -> (key: String, value: OutputValue)? in
      guard field.key == "metadata", case .mapping(let metadata) = field.value else {
        return field.key == "status" ? nil : field
      }
      return (field.key, .mapping(metadata.filter { ["name", "generation", "labels"].contains($0.key) }))
    }
    return OutputValue.mapping(kept).yaml
  }

  /// One object as JSON.
  package static func json(_ record: Record) throws -> String { try object(record).json }

  /// Several objects as one YAML document of the kind List.
  package static func yaml(list records: [Record]) throws -> String { try list(records).yaml }

  /// Several objects as one JSON object of the kind List.
  package static func json(list records: [Record]) throws -> String { try list(records).json }

  /// Any value as YAML, its fields in the order of their declaration.
  package static func yaml(value: some Encodable) throws -> String { try OutputValue.encoding(value).yaml }

  /// Any value as JSON, its fields in the order of their declaration.
  package static func json(value: some Encodable) throws -> String { try OutputValue.encoding(value).json }

  private static func list(_ records: [Record]) throws -> OutputValue {
    .mapping([
      ("apiVersion", .string(Manifest.apiVersion)), ("kind", .string(Manifest.listKind)),
      ("items", .sequence(try records.map(object))),
    ])
  }

  private static func object(_ record: Record) throws -> OutputValue {
    let head: [(key: String, value: OutputValue)] = [
      ("apiVersion", .string(Manifest.apiVersion)), ("kind", .string(record.kind.rawValue)),
    ]
    guard case .mapping(let fields) = try OutputValue.encoding(record.resource) else { return .mapping(head) }
    return .mapping(head + fields)
  }
}
