import EaselEngine
import EaselModel

/// The objects of one kind, in natural order of their names; the array is shared with every snapshot taken since its last change.
struct ObjectList<Object: Resource> {
  private(set) var objects: [Object] = []
  private var names: [UID: String] = [:]

  init(_ objects: [Object] = []) {
    self.objects = objects.sorted { NaturalOrder.precedes($0.name, $1.name) }
    for object in objects { names[object.uid] = object.name }
  }

  mutating func put(_ object: Object) {
    if let known = names[object.uid], known != object.name { remove(object.uid) }
    let index = position(of: object.name)
    if index < objects.count, objects[index].uid == object.uid {
      objects[index] = object
    } else {
      objects.insert(object, at: index)
    }
    names[object.uid] = object.name
  }

  mutating func remove(_ uid: UID) {
    guard let name = names.removeValue(forKey: uid) else { return }
    let index = position(of: name)
    if index < objects.count, objects[index].uid == uid { objects.remove(at: index) }
  }

  mutating func removeAll(where leaves: (Object) -> Bool) {
    self = ObjectList(objects.filter { !leaves($0) })
  }

  /// The first index whose name does not precede `name`.
  private func position(of name: String) -> Int {
    var (low, high) = (0, objects.count)
    while low < high {
      let middle = (low + high) / 2
      if NaturalOrder.precedes(objects[middle].name, name) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
