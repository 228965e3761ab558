import Testing

@testable import EaselTerminal

@Suite struct KeyMapTests {
  private let map = KeyMap(
    "clusters",
    [
      Binding("open", [.enter, .character("o")], "Open the cluster", hint: "open", group: "Move"),
      Binding("delete", [.character("x")], "Delete it", hint: "delete", group: "Actions", changes: true),
      Binding("up", [.up], "Go up", group: "Move"),
    ])

  @Test func aKeyFindsItsActionAndAnActionItsKeys() {
    #expect(map.action(for: .character("o")) == "open")
    #expect(map.action(for: .character("z")) == nil)
    #expect(map.keys(for: "delete") == [.character("x")])
    #expect(map.problems.isEmpty)
  }

  @Test func readOnlyHidesWhatChangesSomething() {
    #expect(map.readOnly.action(for: .character("x")) == nil)
    #expect(map.readOnly.hints == [KeyHint(key: "Enter", text: "open")])
  }

  @Test func rebindingIsCheckedForConflicts() {
    var changed = map
    let known = changed.rebind("delete", to: [.character("o"), .control("b"), .control("x")])
    let unknown = changed.rebind("nothing", to: [])
    #expect(known && !unknown)
    #expect(
      changed.problems == [
        .conflict(map: "clusters", key: .character("o"), "open", "delete"),
        .reserved(map: "clusters", key: .control("b"), "delete"),
        .changesOnControl(map: "clusters", key: .control("b"), "delete"),
        .changesOnControl(map: "clusters", key: .control("x"), "delete"),
      ])
    #expect(changed.problems[0].description.contains("key o is bound to open and to delete"))
  }

  @Test func helpIsMadeFromTheMap() {
    let lines = map.help.map { $0.isHeading ? "# \($0.text)" : "\($0.keys): \($0.text)" }
    #expect(lines == ["# Move", "Enter o: Open the cluster", "Up: Go up", "# Actions", "x: Delete it"])
  }
}
