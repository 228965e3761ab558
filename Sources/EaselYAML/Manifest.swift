import EaselModel

/// An object as a file states it.
///
/// A file may hold exactly what `get -o yaml` prints. What the store gives (uid, version, times) may be left out, and so may
/// every field of a spec that has a default. A status is checked like everything else but means nothing: nobody writes it
/// but the engine, and whoever applies a manifest takes only name, labels, annotations and spec from it.
package struct Manifest: Sendable {
  /// The version of this form.
  package static let apiVersion = "easel.internal/v1"
  /// The kind of a file that holds several objects as `items`.
  package static let listKind = "List"

  /// Uid, version, generation and time of creation are empty, 0, 1 and zero when the file does not state them.
  package var record: Record
  /// The generation that the file was made from, if it says so: what an edit is checked against.
  package var statedGeneration: Int64?
  package var file: String
  /// As it was written.
  var root: YAMLNode

  package var line: Int { root.mark.line }
}

extension Manifest {
  /// The same error with the place in the file of each field that it names, or of what holds the field where the file leaves it out;
  /// what names none is placed where the object begins.
  package func placed(_ error: EaselError) -> EaselError {
    let placed = error.each.map { problem in
      guard problem.file == nil else { return problem }
      var problem = problem
      let mark = problem.field.map { root.mark(of: $0[...]) }
      (problem.file, problem.line, problem.column) = (file, mark?.line ?? line, mark?.column)
      return problem
    }
    return EaselError.all(placed) ?? error
  }
}

extension YAMLNode {
  /// The place of a field as paths name it (`spec.pools[0].name`), or of the nearest thing around it.
  func mark(of path: Substring) -> Mark {
    guard let first = path.first else { return mark }
    switch content {
    case .scalar: return mark
    case .sequence(let elements):
      guard first == "[", let end = path.firstIndex(of: "]"), let index = Int(path[..<end].dropFirst()),
        elements.indices.contains(index)
      else { return mark }
      return elements[index].mark(of: path[path.index(after: end)...])
    case .mapping(let fields):
      let rest = first == "." || first == "[" ? path.dropFirst() : path
      // Keys of labels hold dots themselves: the longest that fits is meant.
      let fitting = fields.filter { field in
        rest.hasPrefix(field.key) && (rest.dropFirst(field.key.count).first.map { ".[]".contains($0) } ?? true)
      }
      guard let field = fitting.max(by: { $0.key.count < $1.key.count }) else { return mark }
      var after = rest.dropFirst(field.key.count)
      if first == "[", after.first == "]" { after = after.dropFirst() }
      return after.isEmpty ? field.mark : field.value.mark(of: after)
    }
  }
}

/// Reads manifests.
package enum ManifestReader {
  /// The objects of a file in YAML or JSON, in their order; lists are taken apart.
  package static func read(text: String, file: String) throws -> [Manifest] {
    try read(bytes: Array(text.utf8), file: file)
  }

  /// The objects in bytes that should be UTF-8.
  package static func read(bytes: [UInt8], file: String) throws -> [Manifest] {
    var found: [Manifest] = []
    var problems: [EaselError] = []
    for document in try YAMLReader.documents(bytes: bytes, file: file) where problems.count < Problems.most {
      do { try read(document.root, path: FieldPath(), file: file, into: &found) } catch let error as EaselError {
        problems += error.each
      }
    }
    if let all = EaselError.all(problems) { throw all }
    return found
  }

  private static func read(_ node: YAMLNode, path: FieldPath, file: String, into found: inout [Manifest]) throws {
    let head = NodeDecoder(node, path: path, file: file)
    guard case .mapping = node.content else { throw head.wrongType("an object with apiVersion and kind") }
    let missing = ["apiVersion", "kind"].filter { node[$0] == nil }.map { field in
      head.error(
        "MissingField", "the field \"\(field)\" is missing", advice: "begin with apiVersion: \(Manifest.apiVersion)",
        field: path.field(field).text)
    }
    if let all = EaselError.all(missing) { throw all }
    func text(_ field: String) throws -> (String, NodeDecoder) {
      let decoder = NodeDecoder(node[field] ?? node, path: path.field(field), file: file)
      return (try NodeDecoder.decode(String.self, from: decoder.node, path: decoder.path, file: file), decoder)
    }
    let (version, versionPlace) = try text("apiVersion")
    guard version == Manifest.apiVersion else {
      throw versionPlace.error(
        "UnknownVersion", "the version \"\(version)\" is not known", advice: "use \(Manifest.apiVersion)")
    }
    let (kindName, kindPlace) = try text("kind")
    if kindName == Manifest.listKind {
      let list = try NodeDecoder.decode(ListHead.self, from: node, path: path, file: file)
      _ = list
      guard case .sequence(let items)? = node["items"]?.content else { throw head.wrongType("a list of items") }
      var problems: [EaselError] = []
      for (index, item) in items.enumerated() where problems.count < Problems.most {
        do { try read(item, path: path.field("items").element(index), file: file, into: &found) } catch let error
          as EaselError
        {
          problems += error.each
        }
      }
      if let all = EaselError.all(problems) { throw all }
      return
    }
    guard let kind = Kind(rawValue: kindName) else {
      throw kindPlace.error(
        "UnknownKind", "the kind \"\(kindName)\" is not known",
        advice: "use one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let (record, stated) = try object(kind, node, path: path, file: file)
    found.append(Manifest(record: record, statedGeneration: stated, file: file, root: node))
  }

  private static func object(_ kind: Kind, _ node: YAMLNode, path: FieldPath, file: String) throws -> (Record, Int64?) {
    func form<S, T>(_: S.Type, _: T.Type) throws -> ObjectForm<S, T> {
      try NodeDecoder.decode(ObjectForm<S, T>.self, from: node, path: path, file: file)
    }
    switch kind {
    case .site:
      let form = try form(Site.Spec.self, Site.Status.self)
      return (
        .site(Site(metadata: form.metadata.metadata, spec: form.spec, status: form.status ?? .init())), form.stated
      )
    case .host:
      let form = try form(Host.Spec.self, Host.Status.self)
      return (
        .host(Host(metadata: form.metadata.metadata, spec: form.spec, status: form.status ?? .init())), form.stated
      )
    case .cluster:
      let form = try form(Cluster.Spec.self, Cluster.Status.self)
      return (
        .cluster(Cluster(metadata: form.metadata.metadata, spec: form.spec, status: form.status ?? .init())),
        form.stated
      )
    case .machine:
      let form = try form(Machine.Spec.self, Machine.Status.self)
      return (
        .machine(Machine(metadata: form.metadata.metadata, spec: form.spec, status: form.status ?? .init())),
        form.stated
      )
    case .profile:
      let form = try form(Profile.Spec.self, Nothing.self)
      return (.profile(Profile(metadata: form.metadata.metadata, spec: form.spec)), form.stated)
    case .operation:
      let form = try form(Operation.Spec.self, Operation.Status.self)
      return (
        .operation(Operation(metadata: form.metadata.metadata, spec: form.spec, status: form.status ?? .init())),
        form.stated
      )
    case .task:
      let form = try form(DurableTask.Spec.self, DurableTask.Status.self)
      return (
        .task(DurableTask(metadata: form.metadata.metadata, spec: form.spec, status: form.status ?? .init())),
        form.stated
      )
    }
  }
}

/// A list's own fields; the items are read one by one.
private struct ListHead: Decodable {
  enum CodingKeys: CodingKey { case apiVersion, kind, metadata, items }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    for key in [CodingKeys.apiVersion, .kind, .metadata, .items] { _ = container.contains(key) }
  }
}

/// A kind without a status.
private struct Nothing: Decodable {}

/// The form that all kinds share.
private struct ObjectForm<Spec: Decodable, Status: Decodable>: Decodable {
  var apiVersion: String
  var kind: String
  var metadata: MetadataForm
  var spec: Spec
  var status: Status?
  var stated: Int64? { metadata.generation }
}

/// Metadata of which only the name must be stated.
private struct MetadataForm: Decodable {
  var name: String
  var uid: UID?
  var resourceVersion: Int64?
  var generation: Int64?
  var createdAt: Timestamp?
  var labels: [String: String]?
  var annotations: [String: String]?

  var metadata: Metadata {
    Metadata(
      name: name, uid: uid ?? UID(""), resourceVersion: resourceVersion ?? 0, generation: generation ?? 1,
      createdAt: createdAt ?? .zero, labels: labels ?? [:], annotations: annotations ?? [:])
  }
}
