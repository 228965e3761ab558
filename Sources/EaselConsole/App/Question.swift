internal import EaselModel
internal import EaselTerminal

/// A question over a screen, and what follows when it is confirmed.
struct Question {
  var dialog: Dialog
  private let parts: [(request: Request, premises: [Premise])]
  /// The number of the screen that asks.
  let from: Int

  init(_ dialog: Dialog, _ requests: [Request], from number: Int, in site: SiteView?) {
    self.dialog = dialog
    from = number
    parts = requests.map { request in
      guard case .submit(let changes) = request, let site else { return (request, []) }
      return (request, changes.intents.map { Premise($0, in: site) })
    }
  }

  /// Says that it has become pointless once nothing that it asks for can be done any more.
  mutating func reconsider(_ site: SiteView) {
    guard dialog.obstacle == nil else { return }
    let premises = parts.flatMap(\.premises)
    let changes = premises.compactMap { $0.change(in: site) }
    guard let first = changes.first, changes.count == premises.count else { return }
    dialog.withdraw(
      because: first.isFinal
        ? tr("There is nothing to ask any more: \(first.words).") : tr("This cannot be done now: \(first.words)."))
  }

  /// What is still to be done of it.
  func requests(_ site: SiteView?) -> [Request] {
    parts.filter { part in
      !part.premises.contains { premise in site.flatMap { premise.change(in: $0) } != nil }
    }.map(\.request)
  }
}
