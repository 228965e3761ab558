/// A value in an allocation of its own, shared by its copies until one of them is changed.
///
/// Objects of a site are large and are copied all the time: into snapshots, caches, rows and decisions. So a copy is one
/// pointer and one count, and equal pointers compare at once.
package struct Boxed<Value: Sendable>: Sendable {
  // Changed only by the one who holds it alone, so what is shared never changes.
  @usableFromInline
  final class Box: @unchecked Sendable {
    @usableFromInline var value: Value

    @usableFromInline
    init(_ value: Value) { self.value = value }
  }

  @usableFromInline var box: Box

  @inlinable
  package init(_ value: Value) { box = Box(value) }

  @inlinable package var value: Value {
    _read { yield box.value }
    _modify {
      if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
      yield &box.value
    }
  }
}

extension Boxed: Equatable where Value: Equatable {
  @inlinable
  package static func == (a: Boxed, b: Boxed) -> Bool { a.box === b.box || a.box.value == b.box.value }
}

extension Boxed: Hashable where Value: Hashable {
  @inlinable
  package func hash(into hasher: inout Hasher) { box.value.hash(into: &hasher) }
}

// Written and read as the value itself.

extension Boxed: Encodable where Value: Encodable {
  package func encode(to encoder: any Encoder) throws { try box.value.encode(to: encoder) }
}

extension Boxed: Decodable where Value: Decodable {
  package init(from decoder: any Decoder) throws { self.init(try Value(from: decoder)) }
}

/// What a boxed object consists of, in the order in which it is written.
package struct ObjectParts<Spec: Codable & Sendable & Hashable, Status: Codable & Sendable & Hashable>: Codable,
  Sendable, Hashable
{
  package var metadata: Metadata
  package var spec: Spec
  package var status: Status

  @inlinable
  package init(metadata: Metadata, spec: Spec, status: Status) {
    (self.metadata, self.spec, self.status) = (metadata, spec, status)
  }
}
