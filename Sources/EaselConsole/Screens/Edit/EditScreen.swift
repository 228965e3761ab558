internal import EaselModel
internal import EaselTerminal

/// A cluster's definition in the operator's editor, and back: to what is wrong with it by line, or to the comparison and the
/// plan. What was written is never lost.
struct EditScreen: ConsoleScreen {
  private enum State {
    /// A text of an earlier visit is there.
    case kept
    case editing
    case reading
    case wrong([EaselError])
    /// It was compared, and can be edited again.
    case ready
    case failed(String)
  }

  let name: String
  /// The cluster as it was when the text was made from it.
  private var base: Cluster?
  private var text: String?
  private var state = State.editing
  private var wasChangedMeanwhile = false
  private var pager = PagerState(wraps: true)

  init(_ name: String) { self.name = name }

  var title: String { tr("Edit \(name)") }
  var tab: RootTab { .clusters }
  var keyMap: KeyMap { Self.keys }
  var isFlow: Bool { true }
  var draft: (name: String, text: String?)? {
    if case .reading = state { return nil }
    return ("edit-\(name)", text)
  }

  static let keys = KeyMap(
    "edit",
    [
      Binding("open", [.enter, .character("e")], tr("Edit the text again"), hint: tr("edit again"), group: tr("Edit")),
      Binding(
        "edit.anew", [.character("n")], tr("Begin anew with the definition as it is"), hint: tr("begin anew"),
        group: tr("Edit")),
    ])

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    guard base == nil, let cluster = surroundings.site?.cluster(name) else { return [] }
    base = cluster
    if let kept = surroundings.environment.draft("edit-\(name)"), !kept.isEmpty {
      text = kept
      state = .kept
      return []
    }
    return edit(surroundings)
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let base, let cluster = surroundings.site?.cluster(name) else { return }
    wasChangedMeanwhile = cluster.metadata.generation != base.metadata.generation
  }

  private mutating func edit(_ surroundings: Surroundings) -> [Request] {
    let environment = surroundings.environment
    guard environment.hasTerminal else {
      state = .failed(External.needsTerminal(environment.editor.first ?? "$EDITOR") + "; " + otherwise)
      return []
    }
    guard !environment.editor.isEmpty, let write = environment.temporaryFile else {
      state = .failed(tr("no editor is set: give one in $VISUAL or $EDITOR") + "; " + otherwise)
      return []
    }
    guard let cluster = surroundings.site?.cluster(name) ?? base else { return [.back] }
    if text == nil { base = cluster }
    let content = text ?? header(cluster) + environment.definition(cluster)
    switch Result(doing: tr("writing a file for the editor"), { try write("edit-\(name).yaml", content) }) {
    case .failure(let error):
      state = .failed(error.message)
      return []
    case .success(let path):
      var command = environment.editor
      if case .wrong(let problems) = state, let line = problems.first?.line, Self.takesLine(command) {
        command.append("+\(line)")
      }
      state = .reading
      file = path
      original = text ?? content
      return [.runProgram(command + [path])]
    }
  }

  /// How the definition is changed without an editor.
  private var otherwise: String {
    tr("or: cluster \(name) yaml, save FILE, change FILE, apply FILE")
  }

  private var file = ""
  private var original = ""

  /// Editors that go to a line when they are told `+LINE`.
  private static func takesLine(_ command: [String]) -> Bool {
    let program = command.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
    return ["vi", "vim", "nvim", "view", "nano", "emacs", "joe", "mcedit", "micro", "kak", "ne"].contains(program)
  }

  private func header(_ cluster: Cluster) -> String {
    tr(
      """
      # The definition of cluster \(cluster.name), generation \(cluster.metadata.generation).
      # Save and leave the editor to see the change field by field, and its plan.
      # Nothing changes before you confirm that. Leave the file as it is to change
      # nothing. Lines that begin with # are not read.
      # Fixed for the life of the cluster: mode, profile.name, network,
      # controlPlane.endpoint.

      """)
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    switch reply {
    case .ran(let status):
      guard status == 0 else {
        state = .failed(tr("\(surroundings.environment.editor[0]) ended with status \(status); nothing was taken over"))
        return []
      }
      let (environment, path) = (surroundings.environment, file)
      return [
        .perform {
          await environment.onThread {
            .definitions(
              Result(doing: tr("reading what was edited")) {
                let text = try environment.readFile(path)
                return (text, environment.readDefinitions(text, "line"))
              })
          }
        }
      ]
    case .definitions(.failure(let error)):
      state = .failed(error.description)
      return []
    case .definitions(.success(let (text, reading))): return take(text, reading, surroundings)
    default: return []
    }
  }

  private mutating func take(_ new: String, _ reading: DefinitionReading, _ surroundings: Surroundings) -> [Request] {
    let isUntouched = new == original && text == nil
    if isUntouched { return [.back, .say(tr("nothing was changed"), isProblem: false)] }
    text = new
    guard let base else { return [] }
    switch EditedDefinition.spec(reading, of: base, site: surroundings.site) {
    case .failure(let problems):
      state = .wrong(problems.errors)
      pager = PagerState(wraps: true)
      return []
    case .success(let spec) where spec == base.spec:
      text = nil
      surroundings.environment.keepDraft("edit-\(name)", nil)
      return [.back, .say(tr("nothing is different"), isProblem: false)]
    case .success(let spec):
      state = .ready
      // The door compares the version again when the change is handed in.
      let current = surroundings.site?.cluster(name) ?? base
      let expecting = wasChangedMeanwhile ? base.metadata.generation : current.metadata.generation
      return [
        .open(
          CompareScreen(
            name, from: base.spec, to: spec, label: tr("edited"),
            intent: .changeCluster(name: name, spec: spec, expecting: expecting)))
      ]
    }
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "open":
      // Whoever edits again has been told that the cluster was changed meanwhile: it is compared with how it stands now.
      if wasChangedMeanwhile, let cluster = surroundings.site?.cluster(name) {
        base = cluster
        wasChangedMeanwhile = false
      }
      return edit(surroundings)
    case "edit.anew":
      text = nil
      surroundings.environment.keepDraft("edit-\(name)", nil)
      return edit(surroundings)
    default: return []
    }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  private var page: [[Span]] {
    var lines: [[Span]] = []
    if wasChangedMeanwhile {
      lines += [
        [Span(tr("\(name) was changed by somebody else since this text was made from it."), .warning)],
        [Span(tr("  Your text is kept. Editing it again compares it with \(name) as it is now."))], [],
      ]
    }
    switch state {
    case .kept:
      lines += [
        [Span(tr("A text that you wrote before is kept."), .heading)], [],
        [Span(tr("  Edit it again, or begin anew with the definition as it is."))],
      ]
    case .editing, .reading: lines.append([Span(tr("Reading what was written ..."), .muted)])
    case .ready: lines.append([Span(tr("The text is kept until the change was accepted. Edit it again, or go back."))])
    case .failed(let why): lines += [[Span(why, .critical)], [], [Span(tr("  Your text is kept."), .muted)]]
    case .wrong(let problems):
      lines += [
        [
          Span(
            tr(
              problems.count, one: "\(problems.count) problem in the text; nothing was changed.",
              other: "\(problems.count) problems in the text; nothing was changed."), .critical)
        ], [],
      ]
      let source = (text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for problem in problems {
        let place =
          problem.line.map { line in
            problem.column.map { tr("line \(line), column \($0)") } ?? tr("line \(line)")
          }
          ?? tr("the text")
        lines.append([
          Span("  \(place): ", .heading),
          Span((problem.field?.prefixed("") ?? "").suffixed(": ") + problem.message, .warning),
        ])
        if let line = problem.line, source.indices.contains(line - 1) {
          lines.append([Span("      "), Span(String(source[line - 1]), .muted)])
        }
        if !problem.advice.isEmpty { lines.append([Span("      "), Span(problem.advice)]) }
      }
      lines += [[], [Span(tr("  Your text is kept: edit it again, or go back."), .muted)]]
    }
    return lines
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Pager(page).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] { page.map { PlainLine($0.plainText) } }
}

extension String {
  func suffixed(_ suffix: String) -> String { isEmpty ? "" : self + suffix }
}
