// The parts of the kinds that there are many of lie in one box each. Borrowed, not copied: a part is as large as a row.
// A name is asked for without the rest of its metadata: lists are searched by it.

extension Host {
  @inlinable package var metadata: Metadata {
    _read { yield parts.value.metadata }
    _modify { yield &parts.value.metadata }
  }
  @inlinable package var name: String { parts.value.metadata.name }
  @inlinable package var uid: UID { parts.value.metadata.uid }
  @inlinable package var spec: Spec {
    _read { yield parts.value.spec }
    _modify { yield &parts.value.spec }
  }
  @inlinable package var status: Status {
    _read { yield parts.value.status }
    _modify { yield &parts.value.status }
  }

  package init(from decoder: any Decoder) throws { parts = try Boxed(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try parts.encode(to: encoder) }
}

extension Cluster {
  @inlinable package var metadata: Metadata {
    _read { yield parts.value.metadata }
    _modify { yield &parts.value.metadata }
  }
  @inlinable package var name: String { parts.value.metadata.name }
  @inlinable package var uid: UID { parts.value.metadata.uid }
  @inlinable package var spec: Spec {
    _read { yield parts.value.spec }
    _modify { yield &parts.value.spec }
  }
  @inlinable package var status: Status {
    _read { yield parts.value.status }
    _modify { yield &parts.value.status }
  }

  package init(from decoder: any Decoder) throws { parts = try Boxed(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try parts.encode(to: encoder) }
}

extension Machine {
  @inlinable package var metadata: Metadata {
    _read { yield parts.value.metadata }
    _modify { yield &parts.value.metadata }
  }
  @inlinable package var name: String { parts.value.metadata.name }
  @inlinable package var uid: UID { parts.value.metadata.uid }
  @inlinable package var spec: Spec {
    _read { yield parts.value.spec }
    _modify { yield &parts.value.spec }
  }
  @inlinable package var status: Status {
    _read { yield parts.value.status }
    _modify { yield &parts.value.status }
  }

  package init(from decoder: any Decoder) throws { parts = try Boxed(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try parts.encode(to: encoder) }
}

extension Operation {
  @inlinable package var metadata: Metadata {
    _read { yield parts.value.metadata }
    _modify { yield &parts.value.metadata }
  }
  @inlinable package var name: String { parts.value.metadata.name }
  @inlinable package var uid: UID { parts.value.metadata.uid }
  @inlinable package var spec: Spec {
    _read { yield parts.value.spec }
    _modify { yield &parts.value.spec }
  }
  @inlinable package var status: Status {
    _read { yield parts.value.status }
    _modify { yield &parts.value.status }
  }

  package init(from decoder: any Decoder) throws { parts = try Boxed(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try parts.encode(to: encoder) }
}

extension DurableTask {
  @inlinable package var metadata: Metadata {
    _read { yield parts.value.metadata }
    _modify { yield &parts.value.metadata }
  }
  @inlinable package var name: String { parts.value.metadata.name }
  @inlinable package var uid: UID { parts.value.metadata.uid }
  @inlinable package var spec: Spec {
    _read { yield parts.value.spec }
    _modify { yield &parts.value.spec }
  }
  @inlinable package var status: Status {
    _read { yield parts.value.status }
    _modify { yield &parts.value.status }
  }

  package init(from decoder: any Decoder) throws { parts = try Boxed(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try parts.encode(to: encoder) }
}
