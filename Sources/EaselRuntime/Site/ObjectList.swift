import EaselEngine
import EaselModel

/// The objects of one kind, in natural order of their names; the array is shared with every snapshot taken since its last change.
struct ObjectList<Object: Named> {
  private(set) var objects: [Object] = []

  init(_ objects: [Object] = []) {
    self.objects = objects.sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  mutating func put(_ object: Object) {
    let index = position(of: object.name)
    if index < objects.count, objects[index].uid == object.uid {
      objects[index] = object
      return
    }
    // New, or under another name until now.
    remove(object.uid)
    objects.insert(object, at: position(of: object.name))
  }

  mutating func remove(_ uid: UID) {
    // Seldom enough that no table of identities is kept for it.
    if let index = objects.firstIndex(where: { $0.uid == uid }) { objects.remove(at: index) }
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
