package import EaselModel
internal import EaselSimulation

/// Changes that are planned and handed in together: all of them stand, or none does.
package struct ChangeSet: Sendable {
  package var intents: [Intent]
  /// The file that asks for them, as the operator named it.
  package var file: String?
  /// Gives the error of the intent at an index its place in the file.
  package var placing: @Sendable (Int, EaselError) -> EaselError = { $1 }

  package init(_ intents: [Intent]) { self.intents = intents }
  init(_ intent: Intent) { self.init([intent]) }

  /// The only one of them; nil where there are several.
  var only: Intent? { intents.count == 1 ? intents.first : nil }

  /// What must be typed before they go ahead, each name once, as far as their plans are there.
  func namesToType(for plans: [PlanPreview]) -> [String] {
    var names: [String] = []
    for (index, intent) in intents.enumerated() {
      let name = plans.indices.contains(index) ? plans[index].nameToType(for: intent) : intent.nameToType
      if let name, !names.contains(name) { names.append(name) }
    }
    return names
  }
}
