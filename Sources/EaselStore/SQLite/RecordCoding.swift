import EaselModel
import FoundationEssentials

/// Objects and observations as the JSON text that the database holds.
///
/// Decoding passes over fields that it does not know: a newer patch release may have written them.
final class RecordCoding {
  private let decoder = JSONDecoder()

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
    let data = Data(bytes)
    do {
      return switch kind {
      case .site: .site(try decoder.decode(Site.self, from: data))
      case .host: .host(try decoder.decode(Host.self, from: data))
      case .cluster: .cluster(try decoder.decode(Cluster.self, from: data))
      case .machine: .machine(try decoder.decode(Machine.self, from: data))
      case .profile: .profile(try decoder.decode(Profile.self, from: data))
      case .operation: .operation(try decoder.decode(Operation.self, from: data))
      case .task: .task(try decoder.decode(DurableTask.self, from: data))
      }
    } catch {
      throw StoreFailure.corrupt(path, "a stored \(kind.rawValue) cannot be read: \(error)")
    }
  }

  func decodeObservation(_ bytes: UnsafeRawBufferPointer, path: String) throws -> Observation {
    do {
      return try decoder.decode(Observation.self, from: Data(bytes))
    } catch {
      throw StoreFailure.corrupt(path, "a stored observation cannot be read: \(error)")
    }
  }
}
