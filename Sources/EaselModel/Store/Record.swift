/// A named object of any kind, as the store keeps it.
package enum Record: Sendable, Hashable {
  case site(Site)
  case host(Host)
  case cluster(Cluster)
  case machine(Machine)
  case profile(Profile)
  case operation(Operation)
  case task(DurableTask)

  package var resource: any Resource {
    switch self {
    case .site(let object): object
    case .host(let object): object
    case .cluster(let object): object
    case .machine(let object): object
    case .profile(let object): object
    case .operation(let object): object
    case .task(let object): object
    }
  }

  package var kind: Kind { type(of: resource).kind }
  package var uid: UID { resource.metadata.uid }
  package var name: String { resource.metadata.name }
  package var scope: UID? { resource.scope }

  package var version: Int64 {
    get { resource.metadata.resourceVersion }
    set {
      switch self {
      case .site(var object): object.metadata.resourceVersion = newValue; self = .site(object)
      case .host(var object): object.metadata.resourceVersion = newValue; self = .host(object)
      case .cluster(var object): object.metadata.resourceVersion = newValue; self = .cluster(object)
      case .machine(var object): object.metadata.resourceVersion = newValue; self = .machine(object)
      case .profile(var object): object.metadata.resourceVersion = newValue; self = .profile(object)
      case .operation(var object): object.metadata.resourceVersion = newValue; self = .operation(object)
      case .task(var object): object.metadata.resourceVersion = newValue; self = .task(object)
      }
    }
  }
}
