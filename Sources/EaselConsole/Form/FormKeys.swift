internal import EaselTerminal

/// The keys of pages with fields: none of them is a character.
enum FormKeys {
  static let keys = KeyMap(
    "form",
    [
      Binding(
        "form.next", [.control("n"), .pageDown], tr("Next step, or the plan"), hint: tr("next step"), group: tr("Form")),
      Binding(
        "form.previous", [.control("p"), .pageUp], tr("Step before"), hint: tr("step before"), group: tr("Form")),
      Binding(
        "form.anew", [.control("r")], tr("Begin anew; once more brings back what was typed"), hint: tr("begin anew"),
        group: tr("Form")),
    ])

  /// The keys of a page with a form, as they are called there.
  static func of(_ map: KeyMap, _ screen: any ConsoleScreen) -> KeyMap {
    let steps = screen.steps
    let own = map.filtered {
      $0 == "form.previous" ? steps.hasPrevious : $0 != "form.anew" || screen.draft != nil
    }
    return KeyMap(
      own.name,
      own.bindings.map { binding in
        var binding = binding
        if binding.action == "form.next" {
          binding.hint = steps.next
          if steps.isOnly { binding.help = tr("Go on") }
        }
        return binding
      })
  }

  /// What keys do to the field that has the focus, and to move on, for the help of its page.
  static func field(of form: Form, _ book: KeyBook) -> KeyMap {
    let move = book["move"]
    let (up, down) = (move.keys(for: "move.up"), move.keys(for: "move.down"))
    let group = tr("This field")
    var bindings: [Binding] = []
    switch form.focused?.value {
    case .choice(let choice):
      bindings = [
        Binding("field.up", up, tr("The entry before; on the first, the field before"), group: group),
        Binding("field.down", down, tr("The next entry; on the last, the next field"), group: group),
        Binding(
          "field.choose", [.space],
          choice.allowsSeveral ? tr("Mark, or take the mark away") : tr("Choose; 1 to 9 choose by place"), group: group),
      ]
    case .flag:
      bindings = [Binding("field.flag", [.space, .left, .right], tr("Yes or no"), group: group)]
    case .text, nil:
      bindings = [
        Binding("field.cursor", [.left, .right, .home], tr("Move in the text"), group: group),
        Binding("field.end", [.end], tr("To its end; takes in what stands dimly in an empty field"), group: group),
        Binding("field.delete", [.backspace, .delete], tr("Delete a character"), group: group),
        Binding("field.clear", [.control("u"), .control("w")], tr("Delete all before, or a word"), group: group),
      ]
    }
    if form.focused?.completes == true {
      bindings.append(
        Binding("field.complete", [.tab], tr("Complete what is typed, or list what it may be"), group: group))
    }
    if form.fields.count > 1 {
      bindings += [
        Binding("field.next", [.tab] + (form.takesText ? [.down] : []), tr("Next field"), group: group),
        Binding("field.previous", [.backTab] + (form.takesText ? [.up] : []), tr("Field before"), group: group),
      ]
    }
    bindings += [
      Binding(
        "field.enter", [.enter], form.fields.count > 1 ? tr("Next field; on the last, next step") : tr("Go on"),
        group: group)
    ]
    return KeyMap("field", bindings)
  }

  /// Of the keys that work everywhere, those that do so while the field has the focus.
  static func global(of form: Form, _ book: KeyBook) -> KeyMap {
    let map = book["global"].filtered { !["open", "tab.next", "tab.previous"].contains($0) }
    return form.takesText ? map.untyped.without(.backspace) : map
  }

  /// How fields are moved through, for help.
  static let note =
    tr(
      """
      Tab moves between fields, and so do arrows, which in a list choose; Enter goes on, Esc leaves; what you typed for a new cluster, \
      a new host or a scale is kept. \
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

/// Where a form stands among those that are filled in one after the other.
struct FormSteps {
  /// What going on is called.
  var next = tr("next step")
  var hasPrevious = true
  /// Whether it is the only one.
  var isOnly = false

  /// Of a form that is alone.
  static func only(_ next: String) -> FormSteps { FormSteps(next: next, hasPrevious: false, isOnly: true) }
}
