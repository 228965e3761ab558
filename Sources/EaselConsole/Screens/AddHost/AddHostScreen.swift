internal import EaselModel
internal import EaselTerminal

/// A host that is reached over SSH: where it is, then its key, which is kept only after it was confirmed.
struct AddHostScreen: FormScreen {
  var form = Form([
    Field(
      "name", tr("Name"), .text(TextField("", limit: 60)),
      help: tr("What the host is called here: letters, digits, dashes."),
      placeholder: "host-1", isPermanent: true),
    Field(
      "address", tr("Address"), .text(TextField("", limit: 260)),
      help: tr("The IP address by which the other members of a cluster reach it."), placeholder: "10.0.0.11"),
    Field(
      "user", tr("User"), .text(TextField("", limit: 60)),
      help: tr(
        "Who logs in. Your own ssh does it: ~/.ssh/config, agents, jump hosts and hardware keys work as they are."),
      standard: "root"),
    Field("port", tr("Port"), .text(TextField("", limit: 5)), help: tr("The port of sshd."), standard: "22"),
    Field(
      "privilege", tr("Becomes root "),
      .choice(
        Choice(
          [
            Option("root", tr("is root already")), Option("sudo", tr("by sudo without a password")),
            Option("sudoPassword", tr("by sudo with a password"), detail: tr("asked for, never stored")),
          ], chosen: ["root"])), help: tr("How the agent gets the rights that it needs.")),
  ])
  private var touched: Set<String> = []
  private var isAsking = false
  private var problem: EaselError?
  private var names: Set<String> = []
  /// On a simulated site hosts are simulated too.
  private var isSimulated = false

  var title: String { tr("Add a host") }
  var tab: RootTab { .hosts }
  var steps: FormSteps { .only(tr("go on")) }
  var draftName: String? { "add-host" }

  private var user: String { form.text(of: "user") }

  private func spec(hostKey: String?) -> Host.Spec {
    if isSimulated { return Host.Spec(transport: .simulated, address: form.text(of: "address")) }
    return Host.Spec(
      transport: .ssh, address: form.text(of: "address"),
      port: Int(form.text(of: "port")).flatMap { $0 == 22 ? nil : $0 },
      user: user.isEmpty ? nil : user, hostKey: hostKey,
      privilege: Host.Privilege(rawValue: form.text(of: "privilege")) ?? .root)
  }

  mutating func refresh(_ surroundings: Surroundings) {
    isSimulated = surroundings.site?.isSimulated ?? false
    names = Set(surroundings.site?.snapshot.hosts.names ?? [])
  }

  mutating func validate() {
    for field in form.fields { form.setError(nil, for: field.id) }
    if !isSimulated, form.text(of: "privilege") == Host.Privilege.root.rawValue, !user.isEmpty, user != "root" {
      form.setError(tr("\(user) is not root: choose sudo"), for: "privilege")
    }
    if names.contains(form.text(of: "name")) { form.setError(tr("there is a host of this name already"), for: "name") }
    if !(1...65535).contains(Int(form.text(of: "port")) ?? 0) {
      form.setError(tr("write a port from 1 to 65535"), for: "port")
    }
    let paths = FieldPaths(fields: [
      ("metadata.name", "name"), ("spec.address", "address"), ("spec.user", "user"), ("spec.port", "port"),
    ])
    let errors = HostValidation.check(name: form.text(of: "name"), spec: spec(hostKey: nil))
    _ = paths.show(errors.map { EaselErrorText(path: $0.field ?? "", text: $0.message) }, on: &form)
    for id in ["name", "address"] where form.text(of: id).isEmpty {
      form.setError(touched.contains(id) ? tr("is needed") : nil, for: id)
    }
  }

  mutating func touch(_ field: String) { touched.insert(field) }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if action == "form.anew" { return beginAnew() }
    guard action == "form.next", !isAsking else { return [] }
    touched = Set(form.fields.map(\.id))
    validate()
    if let wrong = form.fields.first(where: { $0.error != nil }) {
      form.focus(on: wrong.id)
      return [.say(tr("correct the marked field first"), isProblem: true)]
    }
    problem = nil
    if isSimulated {
      let intent = Intent.addHost(name: form.text(of: "name"), spec: spec(hostKey: nil), labels: [:])
      let body: [[Span]] = [[Span(tr("It exists in memory only, like the rest of this site."))], []]
      return [.ask(Dialog(tr("Add a simulated host"), body: body, confirm: tr("Add it")), [.submit(ChangeSet(intent))])]
    }
    let address = HostAddress(
      name: form.text(of: "name"), address: form.text(of: "address"), user: user.isEmpty ? nil : user,
      port: Int(form.text(of: "port")))
    let environment = surroundings.environment
    if form.text(of: "privilege") == Host.Privilege.sudoPassword.rawValue {
      return addOnTerminal(address, environment)
    }
    isAsking = true
    return [
      .perform {
        .hostKey(await Result(doing: tr("asking for the host key")) { try await environment.fetchHostKey(address) })
      }
    ]
  }

  /// A password is typed on the terminal itself, to the command that does the same.
  private func addOnTerminal(_ address: HostAddress, _ environment: ConsoleEnvironment) -> [Request] {
    guard let program = environment.addHostProgram, !environment.isReadOnly, environment.hasTerminal else {
      return [.say(tr("add it with: \(environment.program) host add ... --ask-sudo-password"), isProblem: true)]
    }
    return [
      .effect(
        .runProgram(program(address)) { status in
          .note(
            status == 0 ? tr("\(address.name) is added") : tr("\(address.name) was not added"), isProblem: status != 0)
        }), .back,
    ]
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    switch reply {
    case .hostKey(.success(let key)):
      isAsking = false
      let name = form.text(of: "name")
      let body: [[Span]] = [
        [Span(tr("\(form.text(of: "address")) answers with this key:"))], [], [Span("  \(key)", .accent)], [],
        [Span(tr("Compare it on the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"))],
        [Span(tr("Once confirmed, another key is refused. Easel then installs its agent there."))], [],
      ]
      let intent = Intent.addHost(name: name, spec: spec(hostKey: key), labels: [:])
      return [
        .ask(Dialog(tr("Is this \(name)?"), body: body, confirm: tr("Yes, add it")), [.submit(ChangeSet(intent))])
      ]
    case .hostKey(.failure(let error)), .refused(let error):
      isAsking = false
      problem = error
    default: break
    }
    return []
  }

  private var head: String {
    isSimulated ? tr("A simulated host: name and address are enough") : tr("A machine that you can log in to with ssh")
  }

  var plainIntro: String? { head }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    canvas.text(head, x: 1, .heading)
    let text = isAsking ? tr("Asking \(form.text(of: "address")) for its host key ...") : problem?.description ?? ""
    form.draw(below: 2, saying: text, isProblem: problem != nil, most: 3, on: canvas)
  }
}
