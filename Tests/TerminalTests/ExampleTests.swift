import Testing

@testable import EaselTerminal

private struct Hosts: Application {
  enum Message: Sendable { case hosts([String]) }
  var hosts: [String] = []
  var table = TableState()
  var ask: Dialog?
  static let keys = KeyMap(
    "hosts",
    [
      Binding("delete", [.character("x")], "Remove the host", hint: "remove", group: "Actions", changes: true),
      Binding("quit", [.character("q")], "Leave", hint: "quit", group: "General"),
    ])
  mutating func handle(_ event: Event<Message>) -> [Effect<Message>] {
    switch event {
    case .message(.hosts(let new)): hosts = new
    case .key(let key):
      if var dialog = ask {
        let outcome = dialog.handle(key)
        ask = outcome == .open ? dialog : nil
        return outcome == .confirmed ? [.perform { .hosts([]) }] : []
      }
      if table.handle(key, count: hosts.count, identity: { [hosts] in hosts[$0] }) { return [] }
      switch Self.keys.action(for: key) {
      case "delete" where !hosts.isEmpty:
        ask = Dialog(
          "Remove", body: [[Span("It is wiped.")]], confirm: "Remove", typedName: hosts[table.scroll.selected])
      case "quit": return [.quit()]
      default: break
      }
    default: break
    }
    return []
  }
  mutating func draw(on canvas: Canvas) {
    let parts = canvas.rows(.fixed(1), .flex(1), .fixed(1))
    parts[0].statusLine(left: [Span("Easel", .title)], right: [Span("\(hosts.count) hosts", .muted)])
    let columns = [Column("name", "NAME", ideal: 20, flex: 1)]
    Table(columns, count: hosts.count, identity: { [hosts] in hosts[$0] }, row: { [hosts] in [TableCell(hosts[$0])] })
      .draw(&table, on: parts[1])  // capture lists: the closures are stored, so they cannot capture mutating self
    parts[2].hints(Self.keys.hints)
    ask?.draw(on: canvas)
  }
}

@Suite struct ExampleTests {
  @Test func aHostIsRemovedOnlyAfterItsNameWasTyped() async {
    let user = ScriptedUser(Hosts(), size: Size(width: 50, height: 12))
    user.press(.character("x"))
    #expect(user.app.ask == nil, "nothing to remove")
    user.mailbox.post(.hosts(["edge-1", "edge-2"]))
    user.deliverMail()
    user.press(.down, .character("x"), .enter, .enter)
    #expect(user.app.ask == nil && user.app.hosts.count == 2, "Cancel has the focus")
    user.press(.character("x"))
    user.type("edge-2")
    #expect(user.screen.contains("Type edge-2: edge-2"))
    user.press(.enter, .enter)
    await user.settle()
    #expect(user.app.hosts.isEmpty)
    #expect(user.screen.hasSuffix("x remove  q quit"))
    user.press(.character("q"))
    #expect(user.status == 0)
  }
}
