internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

/// Which folder the site's hosts are supplied from; its index is read before anything is changed.
struct ContentFolderScreen: FormScreen {
  var form: Form
  private var isReading = false
  private var problem: EaselError?

  init(_ folder: String?) {
    form = Form([
      Field(
        "folder", tr("Folder"), .text(TextField(folder ?? "", limit: 4096)),
        help: tr(
          "On this machine: content.json, and Kubernetes' binaries and images that it lists with their digests."),
        placeholder: "/srv/content")
    ])
  }

  var title: String { tr("Name the content folder") }
  var tab: RootTab { .content }
  var steps: FormSteps { .only(tr("go on")) }

  mutating func validate() {
    problem = nil
    form.setError(nil, for: "folder")
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "form.next":
      let folder = form.text(of: "folder")
      if folder.isEmpty { form.setError(tr("write the name of a folder"), for: "folder") }
      guard !folder.isEmpty, !isReading else { return [] }
      isReading = true
      problem = nil
      let environment = surroundings.environment
      return [
        .perform {
          await environment.onThread {
            .folder(Result(doing: tr("reading \(folder)")) { try environment.readContent(folder) })
          }
        }
      ]
    default: return []
    }
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    isReading = false
    switch reply {
    case .folder(.success(let found)):
      let versions = found.index.kubernetesVersions
      let count = tr(
        found.index.items.count, one: "It lists \(found.index.items.count) file.",
        other: "It lists \(found.index.items.count) files.")
      let offers =
        versions.isEmpty
        ? tr("No Kubernetes version can be made of it yet.")
        : tr("Kubernetes \(versions.joined(separator: ", ")) can be made of it.")
      let body: [[Span]] = [
        [Span(found.path, .accent)], [], [Span("\(count) \(offers)", versions.isEmpty ? .warning : .plain)],
        [Span(tr("Hosts are supplied from there from now on; what they have stays."))], [],
      ]
      return [
        .ask(
          Dialog(tr("Take this folder?"), body: body, confirm: tr("Take it")),
          [.submit(ChangeSet(.setContent(folder: found.path)))])
      ]
    case .folder(.failure(let error)), .refused(let error): problem = error
    default: break
    }
    return []
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    let said = isReading ? tr("Reading \(form.text(of: "folder")) ...") : problem?.description ?? ""
    form.draw(below: 1, saying: said, isProblem: problem != nil, most: 4, on: canvas)
  }
}
