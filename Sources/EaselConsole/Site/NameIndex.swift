internal import EaselEngine
internal import EaselModel

/// Where the objects of a kind are, by name. A site's lists are in natural order of their names, and then nothing is kept:
/// ten thousand names in a table would be a tenth of the console's memory, made anew with each change.
struct NameIndex: Sendable {
  /// Nil when the list is in order.
  private var places: [String: Int]?

  init(_ objects: [some Named]) {
    let isInOrder = zip(objects, objects.dropFirst()).allSatisfy { NaturalOrder.precedes($0.name, $1.name) }
    if isInOrder { return }
    places = Dictionary(zip(objects.map(\.name), 0...), uniquingKeysWith: { first, _ in first })
  }

  /// The object of a name in the list that the index was made of.
  func find<Object: Named>(_ name: String, in objects: [Object]) -> Object? {
    if let places { return places[name].map { objects[$0] } }
    var (low, high) = (0, objects.count)
    while low < high {
      let middle = (low + high) / 2
      if NaturalOrder.precedes(objects[middle].name, name) { low = middle + 1 } else { high = middle }
    }
    return low < objects.count && objects[low].name == name ? objects[low] : nil
  }
}
