internal import EaselTerminal

/// The keys of pages on which something is typed: none of them is a character.
enum FormKeys {
  static let keys = KeyMap(
    "form",
    [
      Binding(
        "form.next", [.control("n"), .pageDown], tr("Next step, or the plan"), hint: tr("next step"), group: tr("Form")),
      Binding(
        "form.previous", [.control("p"), .pageUp], tr("Step before"), hint: tr("step before"), group: tr("Form")),
      Binding("form.help", [.function(1)], tr("Explain this page"), hint: tr("help"), group: tr("Form")),
    ])

  /// How fields are moved through, for help.
  static let note =
    tr(
      """
      Tab and arrows move between fields, Space chooses, Enter goes on, Esc leaves; what you typed is kept. \
      What stands dimly in a field holds while it is empty; End takes it in to be edited.
      """)
}

/// Where on a form the errors of the model's validation belong.
struct FieldPaths {
  /// Field ids by the beginning of the path that they stand for.
  let fields: [(path: String, id: String)]

  /// Says each error at its field; returns those that belong to none of them.
  func show(_ errors: [EaselErrorText], on form: inout Form) -> [EaselErrorText] {
    var rest: [EaselErrorText] = []
    for error in errors {
      guard let match = fields.first(where: { error.path.hasPrefix($0.path) }), form[match.id] != nil else {
        rest.append(error)
        continue
      }
      if form[match.id]?.error == nil { form.setError(error.text, for: match.id) }
    }
    return rest
  }
}

/// An error of a definition, as a form says it.
struct EaselErrorText {
  var path: String
  var text: String
}
