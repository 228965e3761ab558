import EaselModel

/// Objects and observations as the JSON text that the database holds.
///
/// Decoding passes over fields that it does not know: a newer patch release may have written them.
final class RecordCoding {
  private let reader: JSONReader

  init(_ memory: StoreMemory) { reader = JSONReader(texts: memory.texts) }

  func encode(_ record: Record) throws -> [UInt8] {
    switch record {
    case .site(let object): try JSONWriter.encode(object)
    case .host(let object): try JSONWriter.encode(object)
    case .cluster(let object): try JSONWriter.encode(object)
    case .machine(let object): try JSONWriter.encode(object)
    case .profile(let object): try JSONWriter.encode(object)
    case .operation(let object): try JSONWriter.encode(object)
    case .task(let object): try JSONWriter.encode(object)
    }
  }

  func encode(_ observation: Observation) throws -> [UInt8] { try JSONWriter.encode(observation) }

  func decode(_ kind: Kind, _ bytes: UnsafeRawBufferPointer, path: String) throws -> Record {
    do {
      return switch kind {
      case .site: .site(try reader.decode(Site.self, from: bytes))
      case .host: .host(try reader.decode(Host.self, from: bytes))
      case .cluster: .cluster(try reader.decode(Cluster.self, from: bytes))
      case .machine: .machine(try reader.decode(Machine.self, from: bytes))
      case .profile: .profile(try reader.decode(Profile.self, from: bytes))
      case .operation: .operation(try reader.decode(Operation.self, from: bytes))
      case .task: .task(try reader.decode(DurableTask.self, from: bytes))
      }
    } catch {
      throw StoreFailure.corrupt(path, "a stored \(kind.rawValue) cannot be read: \(error)")
    }
  }

  func decodeObservation(_ bytes: UnsafeRawBufferPointer, path: String) throws -> Observation {
    do {
      return try reader.decode(Observation.self, from: bytes)
    } catch {
      throw StoreFailure.corrupt(path, "a stored observation cannot be read: \(error)")
    }
  }
}
