/// An object whose parts can be packed.
package protocol PackableObject: Resource {
  associatedtype Spec: Packable
  associatedtype Status: Packable
  var spec: Spec { get }
  var status: Status { get }
  init(metadata: Metadata, spec: Spec, status: Status)
}

extension Host: PackableObject {}
extension Cluster: PackableObject {}
extension Machine: PackableObject {}

/// An object as it is kept among ten thousand, in a third of the room. Looking at it as a whole takes a microsecond; who goes
/// through all of them asks for the one part that is needed.
package struct Packed<Object: PackableObject>: Named {
  /// The lengths of metadata and spec, then these and the status.
  @usableFromInline let bytes: PackedRow

  package init(_ object: Object) {
    var (metadata, spec) = (PackedWriter(), PackedWriter())
    metadata.add(object.metadata)
    spec.add(object.spec)
    var writer = PackedWriter()
    writer.add(metadata.bytes.count)
    writer.add(spec.bytes.count)
    writer.add(metadata.bytes)
    writer.add(spec.bytes)
    writer.add(object.status)
    bytes = writer.packed
  }

  @inlinable package var object: Object {
    var reader = reader(of: .metadata)
    return Object(
      metadata: Metadata(packed: &reader), spec: Object.Spec(packed: &reader), status: Object.Status(packed: &reader))
  }

  package var name: String {
    var reader = reader(of: .metadata)
    return Metadata.name(packed: &reader)
  }

  package var uid: UID {
    var reader = reader(of: .metadata)
    return Metadata.uid(packed: &reader)
  }

  @inlinable package var spec: Object.Spec {
    var reader = reader(of: .spec)
    return Object.Spec(packed: &reader)
  }

  @inlinable package var status: Object.Status {
    var reader = reader(of: .status)
    return Object.Status(packed: &reader)
  }

  @usableFromInline enum Part { case metadata, spec, status }

  @usableFromInline
  func reader(of part: Part) -> PackedReader {
    var reader = PackedReader(bytes)
    let (metadata, spec) = (reader.count(), reader.count())
    if part != .metadata { reader.skip(metadata) }
    if part == .status { reader.skip(spec) }
    return reader
  }
}

/// A list of objects that are kept packed, each made anew whenever it is looked at.
package struct PackedList<Object: PackableObject>: RandomAccessCollection, MutableCollection, Sendable {
  package var packed: [Packed<Object>]

  package init(_ packed: [Packed<Object>] = []) { self.packed = packed }
  package init(_ objects: some Sequence<Object>) { packed = objects.map { Packed($0) } }

  @inlinable package var startIndex: Int { 0 }
  @inlinable package var endIndex: Int { packed.count }
  @inlinable package subscript(index: Int) -> Object {
    get { packed[index].object }
    set { packed[index] = Packed(newValue) }
  }

  package mutating func append(_ object: Object) { packed.append(Packed(object)) }

  package var names: [String] { packed.map(\.name) }

  package func first(named name: String) -> Object? { packed.first { $0.name == name }?.object }
  package func first(_ uid: UID) -> Object? { packed.first { $0.uid == uid }?.object }
}

extension PackedList: ExpressibleByArrayLiteral {
  package init(arrayLiteral objects: Object...) { self.init(objects) }
}
