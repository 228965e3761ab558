extension Metadata: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(name)
    writer.add(uid)
    writer.add(resourceVersion)
    writer.add(generation)
    writer.add(createdAt)
    writer.add(labels)
    writer.add(annotations)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      name: reader.string(), uid: UID(packed: &reader), resourceVersion: reader.integer(),
      generation: reader.integer(), createdAt: reader.time(), labels: reader.texts(), annotations: reader.texts())
  }

  // These stand first: they are asked for far more often than the rest.

  static func name(packed reader: inout PackedReader) -> String { reader.string() }

  static func uid(packed reader: inout PackedReader) -> UID {
    reader.skipString()
    return UID(packed: &reader)
  }
}

extension ObjectReference: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(kind)
    writer.add(name)
    writer.add(uid)
  }

  package init(packed reader: inout PackedReader) {
    self.init(kind: reader.oneOf(Kind.self), name: reader.string(), uid: UID(packed: &reader))
  }
}

extension Condition: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(word: type)
    writer.add(status)
    writer.add(word: reason)
    writer.add(message)
    writer.add(since)
  }

  package init(packed reader: inout PackedReader) {
    self.init(
      type: reader.word(), status: reader.oneOf(Status.self), reason: reader.word(), message: reader.string(),
      since: reader.time())
  }
}
