// swift-format-ignore-file: NeverForceUnwrap

import EaselModel
import EaselStore
import Glibc
import Testing

/// A directory of one test, removed with everything in it when the test ends.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/easel-test-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template)!)
  }

  deinit { Self.remove(path) }

  static func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { remove(path + "/" + name) }
      }
      closedir(directory)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// The two implementations that the conformance suite runs on.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case memory, sqlite

  var testDescription: String { rawValue }
}

/// A fresh store that keeps its directory, if it has one, as long as it lives.
final class StoreFixture: SiteStore {
  let base: any SiteStore
  let directory = TemporaryDirectory()
  var store: StoreFixture { self }

  init(_ kind: StoreKind, retention: StoreRetention = StoreRetention()) throws {
    base =
      switch kind {
      case .memory: MemoryStore(retention: retention)
      case .sqlite: try SQLiteStore.open(directory: directory.path, create: true, retention: retention)
      }
  }

  func read<T>(_ body: (any StoreReader) throws -> T) throws -> T { try base.read(body) }
  @discardableResult
  func write<T>(epoch: Int64?, _ body: (any StoreWriter) throws -> T) throws -> T {
    try base.write(epoch: epoch, body)
  }
  func latestVersion() throws -> Int64 { try base.latestVersion() }
}

let noon = Timestamp("2026-01-31T12:00:00Z")!

func cluster(_ name: String, uid: UID? = nil, replicas: Int = 1) -> Cluster {
  Cluster(
    metadata: Metadata(name: name, uid: uid ?? UID("uid-" + name), createdAt: noon),
    spec: .init(
      profile: .init(name: "kubeadm", version: "1.0.0"), kubernetesVersion: KubernetesVersion("v1.31.4")!,
      controlPlane: .init(replicas: replicas)))
}

func host(_ name: String) -> Host {
  Host(
    metadata: Metadata(name: name, uid: UID("uid-" + name), createdAt: noon),
    spec: .init(transport: .simulated, address: "192.0.2.1"))
}

func machine(_ name: String, of cluster: Cluster) -> Machine {
  Machine(
    metadata: Metadata(name: name, uid: UID("uid-" + name), createdAt: noon),
    spec: .init(
      cluster: ObjectReference(cluster), role: .worker, binding: .provider("p"), nodeName: name, address: "192.0.2.2",
      podCIDR: "10.244.1.0/24"))
}

func operation(_ name: String, on cluster: Cluster) -> EaselModel.Operation {
  EaselModel.Operation(
    metadata: Metadata(name: name, uid: UID("uid-" + name), createdAt: noon),
    spec: .init(
      verb: .createCluster, target: ObjectReference(cluster), targetGeneration: 1, actor: "root", requestedAt: noon))
}

func audit(_ verb: String, _ name: String = "edge", detail: String = "") -> AuditRecord {
  AuditRecord(
    at: noon, actor: "root", verb: verb, object: ObjectReference(kind: .cluster, name: name, uid: UID("uid-" + name)),
    detail: detail)
}

/// The code and category of the error that `body` throws.
func failure(_ body: () throws -> Void) -> EaselError? {
  do {
    try body()
    return nil
  } catch let error as EaselError {
    return error
  } catch {
    return EaselError(.failed, "Untyped", "\(error)")
  }
}

struct Interrupted: Error {}
