import Testing

@testable import EaselTerminal

@Suite struct WidgetTests {
  private let columns = [
    Column("name", "NAME", min: 6, ideal: 12, flex: 1), Column("state", "STATE", min: 5, ideal: 8, drop: 1),
    Column("age", "AGE", min: 3, ideal: 4, align: .right, drop: 2),
  ]

  private func table(_ count: Int) -> Table {
    Table(columns, count: count, identity: { "id\($0)" }) { row in
      [TableCell("host-\(row)"), TableCell("Ready", .ok), TableCell("\(row)s")]
    }
  }

  @Test func aTableShowsHeaderSelectionMarksAndSortOrder() {
    let grid = Grid(size: Size(width: 34, height: 5))
    var state = TableState()
    state.sort(by: "age")
    state.sort(by: "age")
    state.marked = ["id2"]
    state.scroll.selected = 1
    table(3).draw(&state, on: grid.canvas)
    #expect(
      grid.text == """
          NAME         STATE    AGE↓
          host-0       Ready      0s
        > host-1       Ready      1s
         *host-2       Ready      2s

        """)
    #expect(grid.roles.split(separator: "\n")[2] == "s.ssssss.......ooooo")
  }

  @Test func columnsGoInTheirOrderWhenThereIsNoRoom() {
    func shown(_ width: Int) -> [Int] { Column.fit(columns, width: width).map(\.column) }
    #expect(shown(40) == [0, 1, 2])
    #expect(shown(15) == [0, 1])
    #expect(shown(11) == [0])
    #expect(shown(3) == [0])
    #expect(shown(0) == [])
    for width in 0...200 {
      let fitted = Column.fit(columns, width: width)
      #expect(fitted.reduce(0) { $0 + $1.width } + max(0, fitted.count - 1) <= width)
    }
  }

  @Test func onlyVisibleRowsAreAskedFor() {
    let grid = Grid(size: Size(width: 40, height: 11))
    var state = TableState()
    state.scroll.selected = 999_999
    var asked: [Int] = []
    Table(columns, count: 1_000_000) { row in
      asked.append(row)
      return [TableCell("\(row)")]
    }.draw(&state, on: grid.canvas)
    #expect(asked == Array(999_990..<1_000_000))
  }

  @Test func theViewportFollowsTheSelection() {
    var scroll = Scroll()
    scroll.fit(count: 100, height: 10)
    for _ in 0..<12 { _ = scroll.handle(.down, count: 100) }
    scroll.fit(count: 100, height: 10)
    #expect(scroll.top == 3 && scroll.selected == 12)
    _ = scroll.handle(.pageDown, count: 100)
    _ = scroll.handle(.end, count: 100)
    scroll.fit(count: 100, height: 10)
    #expect(scroll.top == 90 && scroll.selected == 99)
    scroll.fit(count: 5, height: 10)
    #expect(scroll.top == 0 && scroll.selected == 4)
    scroll.fit(count: 0, height: 10)
    #expect(scroll.selected == 0 && scroll.visible(count: 0).isEmpty)
    _ = scroll.handle(.down, count: 0)
    #expect(scroll.selected == 0)
  }

  @Test func theSelectionStaysOnItsRowWhenRowsCome() {
    var state = TableState()
    state.scroll.selected = 1
    state.follow("b", in: ["x", "y", "a", "b"])
    #expect(state.scroll.selected == 3)
    state.follow("gone", in: ["x"])
    #expect(state.scroll.selected == 3)
  }

  @Test func spaceMarksAndGoesOn() {
    var state = TableState()
    for key in [Key.space, .space, .up, .space] { _ = state.handle(key, count: 5, identity: { "\($0)" }) }
    #expect(state.marked == ["0"] && state.scroll.selected == 2)
  }

  @Test func aTreeOpensAndCloses() {
    let items = [
      TreeItem("a", depth: 0, hasChildren: true, [Span("Control plane")], trailing: [Span("12s", .muted)]),
      TreeItem("a1", depth: 1, hasChildren: true, [Span("edge-1")]), TreeItem("a1x", depth: 2, [Span("kubeadm init")]),
      TreeItem("b", depth: 0, [Span("Workers")]),
    ]
    var state = TreeState()
    let grid = Grid(size: Size(width: 30, height: 4))
    Tree(items).draw(&state, on: grid.canvas)
    #expect(
      grid.text == """
        > - Control plane          12s
            - edge-1
                kubeadm init
            Workers
        """)
    _ = state.handle(.down, items: items)
    _ = state.handle(.left, items: items)
    #expect(state.shown(items).map(\.id) == ["a", "a1", "b"])
    _ = state.handle(.left, items: items)
    #expect(state.selected(in: items)?.id == "a")
    _ = state.handle(.space, items: items)
    #expect(state.shown(items).map(\.id) == ["a", "b"])
    _ = state.handle(.right, items: items)
    #expect(state.shown(items).map(\.id) == ["a", "a1", "b"])
  }

  @Test func aTextFieldEdits() {
    var field = TextField("edge one")
    for key in [Key.control("w"), .character("2"), .home, .delete, .character("E"), .end, .left, .backspace] {
      _ = field.handle(key)
    }
    #expect(field.text == "Edge2")
    #expect(field.cursor == 4)
    field.insert("\u{1B}[31mx\ny\u{07}")
    #expect(field.text == "Edgex y2")
    _ = field.handle(.control("u"))
    #expect(field.text == "2" && field.cursor == 0)
    let used = field.handle(.enter)
    #expect(!used)
    field.set("")
    field.insert("e")
    field.insert("\u{0301}")
    #expect(field.text.count == 1 && field.cursor == 1)
    field.limit = 3
    field.insert("abcdef")
    #expect(field.text.count == 3)
  }

  @Test func aTextFieldKeepsItsCursorInView() {
    let grid = Grid(size: Size(width: 8, height: 1))
    var field = TextField("0123456789日本")
    field.draw(hasFocus: true, on: grid.canvas)
    #expect(grid.text == "789日本")
    #expect(grid.cursor == Point(x: 7, y: 0))
    _ = field.handle(.home)
    let start = Grid(size: Size(width: 8, height: 1))
    field.draw(hasFocus: true, on: start.canvas)
    #expect(start.text == "01234567" && start.cursor == Point(x: 0, y: 0))
    let secret = Grid(size: Size(width: 8, height: 1))
    TextField("hunter2", isSecret: true).draw(hasFocus: false, on: secret.canvas)
    #expect(secret.text == "*******")
  }

  @Test func aDialogDoesNothingByItself() {
    var plain = Dialog("Drain", body: [[Span("Pods move.")]], confirm: "Drain")
    #expect(plain.handle(.enter) == .cancelled)
    #expect(plain.handle(.tab) == .open)
    #expect(plain.handle(.enter) == .confirmed)
    var typed = Dialog("Delete", body: [], confirm: "Delete", typedName: "edge")
    for key in [Key.tab, .tab, .enter] { #expect(typed.handle(key) == .open) }
    _ = typed.handle(.tab)
    for key in "edge" { #expect(typed.handle(.character(key)) == .open) }
    #expect(typed.handle(.enter) == .open)
    #expect(typed.handle(.enter) == .confirmed)
    #expect(typed.handle(.escape) == .cancelled)
  }

  @Test func aDialogShowsItsNameFieldAndButtons() {
    let grid = Grid(size: Size(width: 46, height: 9))
    var dialog = Dialog("Delete cluster", body: [[Span("3 hosts are wiped.")]], confirm: "Delete", typedName: "edge")
    dialog.draw(on: grid.canvas)
    #expect(
      grid.text == """

         ┌─ Delete cluster ─────────────────────────┐
         │ 3 hosts are wiped.                       │
         │                                          │
         │ Type edge:                               │
         │                                          │
         │ [ Cancel ]  [ Delete ]                   │
         └──────────────────────────────────────────┘

        """)
    #expect(grid.cursor == Point(x: 14, y: 4))
  }

  @Test func aFormMovesValidatesAndMarksWhatIsPermanent() {
    var form = Form([
      Field("name", "Name", .text(TextField()), help: "Letters and digits.", isPermanent: true),
      Field("ha", "Three nodes", .flag(false)),
      Field("v", "Version", .choice(Choice([Option("1", "v1.31"), Option("2", "v1.32", detail: "newest")]))),
    ])
    for character in "a_" { _ = form.handle(.character(character)) }
    form.setError("no underscore", for: "name")
    let grid = Grid(size: Size(width: 60, height: 10))
    form.draw(on: grid.canvas)
    #expect(
      grid.text == """
        > Name         a_                                 permanent
                       no underscore
          Three nodes  [ ] no
          Version      ( ) v1.31
                       ( ) v1.32  newest




        Letters and digits.
        """)
    #expect(!form.isValid)
    for key in [Key.tab, .space, .down, .down] { _ = form.handle(key) }
    #expect(form.text(of: "ha") == "yes" && form.text(of: "v") == "2")
    if case .submitted = form.handle(.enter) {} else { Issue.record("Enter on the last field submits") }
  }

  @Test func hintsAreShownWholeOrNotAtAll() {
    let hints = [
      KeyHint(key: "Enter", text: "open"), KeyHint(key: "/", text: "filter"), KeyHint(key: "q", text: "quit"),
    ]
    for (width, expected) in [(40, "Enter open  / filter  q quit"), (21, "Enter open  / filter"), (9, "")] {
      let grid = Grid(size: Size(width: width, height: 1))
      grid.canvas.hints(hints)
      #expect(grid.text == expected)
    }
  }

  @Test func theOpenTabIsAlwaysVisible() {
    let titles = ["Overview", "Clusters", "Hosts", "Profiles", "Audit"]
    for width in [1, 7, 10, 20, 80] {
      for selected in titles.indices {
        let places = TabBar(titles, selected: selected).layout(width: width)
        #expect(places.contains { $0.index == selected })
        #expect(places.allSatisfy { $0.x + $0.width <= width })
      }
    }
    let grid = Grid(size: Size(width: 40, height: 1))
    TabBar(titles, selected: 1).draw(on: grid.canvas)
    #expect(grid.text == " Overview [Clusters] Hosts  Profiles   …")
  }

  @Test func aPagerFindsFollowsAndWraps() {
    let lines = (0..<50).map { [Span("line \($0)")] }
    var state = PagerState(follows: true)
    let grid = Grid(size: Size(width: 12, height: 5))
    Pager(lines).draw(&state, on: grid.canvas)
    #expect(state.top == 45)
    _ = state.handle(.up)
    #expect(state.top == 44 && !state.follows)
    state.search = "LINE 7"
    let found = state.find(lines)
    #expect(found && state.top == 7)
    let shown = Grid(size: Size(width: 12, height: 2))
    Pager(lines).draw(&state, on: shown.canvas)
    #expect(shown.roles == "ffffff.....m\n")
    var wrapping = PagerState(wraps: true)
    let small = Grid(size: Size(width: 7, height: 3))
    Pager(text: "one two three\nfour").draw(&wrapping, on: small.canvas)
    #expect(small.text == "one two\nthree\nfour")
  }

  @Test func aPagerMovesSidewaysOnlyWhereThereIsMore() {
    let page = Pager(text: "a line of some length\nshort")
    let grid = Grid(size: Size(width: 12, height: 4))
    var state = PagerState()
    page.draw(&state, on: grid.canvas)
    for _ in 0..<5 {
      _ = state.handle(.right)
      page.draw(&state, on: grid.canvas)
    }
    #expect(state.left == 16)
    state.wraps = true
    #expect(state.left == 0, "nothing is out of sight then")
    page.draw(&state, on: grid.canvas)
    _ = state.handle(.right)
    #expect(state.left == 0)
  }

  @Test func aPagerFindsInWrappedLinesAndGoesOnFromWhatItFound() {
    let lines = (0..<20).map { [Span("words that go on \($0 % 5 == 4 ? "here" : "there, \($0)")")] }
    var state = PagerState(wraps: true)
    state.search = "on here"
    let grid = Grid(size: Size(width: 10, height: 8))
    var seen: [Int] = []
    for _ in 0..<5 {
      Pager(lines).draw(&state, on: grid.canvas)
      let found = state.find(lines)
      #expect(found)
      Pager(lines).draw(&state, on: grid.canvas)
      #expect(grid.text.contains("here"), "what was found is seen")
      seen.append(state.top)
    }
    #expect(seen[4] == seen[0] && Set(seen).count == 4 && state.matches(in: lines) == 4, "\(seen)")
    state.search = "nowhere"
    let found = state.find(lines)
    #expect(!found)
  }

  @Test func aTableLeavesFreeWhatNoTextNeeds() {
    let wide = [
      Column("name", "NAME", min: 6, ideal: 12, flex: 1), Column("state", "STATE", ideal: 8),
      Column("said", "SAID", min: 6, ideal: 12, flex: 1),
    ]
    func widths(_ width: Int, _ texts: [Int]) -> [Int] { Column.fit(wide, width: width, texts: texts).map(\.width) }
    #expect(widths(200, [9, 5, 40]) == [12, 8, 40], "each as much as it says, or looks right")
    #expect(widths(50, [9, 5, 40]) == [9, 8, 31], "who has more to say gets what the other does not need")
    #expect(widths(50, [30, 5, 0]) == [30, 8, 10])
    let droppable = [wide[0], wide[1], Column("said", "SAID", min: 6, ideal: 12, flex: 1, drop: 1)]
    #expect(
      Column.fit(droppable, width: 42, texts: [30, 5, 0]).map(\.width) == [30, 8],
      "an empty one goes before a text is cut")
    #expect(Column.fit(droppable, width: 46, texts: [30, 5, 0]).map(\.width) == [30, 8, 6])
  }

  @Test func aTableShortensBeforeItDrops() {
    var time = Column("time", "TIME (UTC)", min: 19, ideal: 19, drop: 2)
    time.short = Column.Short("TIME", width: 8)
    let list = [
      time, Column("what", "WHAT", min: 10, ideal: 20, drop: 1), Column("kind", "KIND", min: 6, ideal: 6, drop: 3),
    ]
    func fit(_ width: Int) -> [[Int]] { Column.fit(list, width: width).map { [$0.column, $0.width] } }
    #expect(fit(47) == [[0, 19], [1, 20], [2, 6]])
    #expect(fit(30) == [[0, 19], [1, 10]])
    #expect(fit(28) == [[0, 8], [1, 19]], "no width between the two forms")
    #expect(fit(18) == [[0, 8]])
    // A moment is shortened before a text has less than it wants.
    let texts = [time, Column("said", "SAID", min: 8, ideal: 20, flex: 1)]
    func widths(_ width: Int, _ text: Int) -> [Int] {
      Column.fit(texts, width: width, texts: [0, text]).map(\.width)
    }
    #expect(widths(32, 30) == [8, 23] && widths(32, 12) == [19, 12] && widths(60, 30) == [19, 30])
    let grid = Grid(size: Size(width: 30, height: 2))
    var state = TableState()
    Table(list, count: 1) { _ in
      [TableCell("2026-09-21 14:20:36", short: "14:20:36"), TableCell("edge"), TableCell("host")]
    }.draw(&state, on: grid.canvas)
    #expect(grid.text == "  TIME     WHAT\n> 14:20:36 edge", "\(grid.text)")
  }

  @Test func theOrderOfANarrowColumnIsSeen() {
    let list = [Column("done", "DONE", min: 4, ideal: 4, align: .right), Column("x", "X", min: 3, ideal: 3)]
    // Without room of its own the arrow stands between the columns.
    for (width, expected) in [(20, "  DONE↑ X\n"), (10, "  DONE↑X\n")] {
      let grid = Grid(size: Size(width: width, height: 2))
      var state = TableState()
      state.sort(by: "done")
      Table(list, count: 1) { _ in [TableCell("70%"), TableCell("x")] }.draw(&state, on: grid.canvas)
      #expect(grid.text.contains(expected), "\(grid.text)")
    }
  }

  @Test func aMenuChoosesByLetterOrEnterAndSaysWhyNot() {
    var menu = Menu(
      "Host",
      [Menu.Item("drain", "Drain", key: .character("d")), Menu.Item("reset", "Reset", disabledReason: "in use")])
    #expect(menu.handle(.character("d")) == .chosen("drain"))
    #expect(menu.handle(.down) == .open)
    #expect(menu.handle(.enter) == .open)
    #expect(menu.handle(.escape) == .cancelled)
  }

  @Test func aFilterLineRemembersWhatWasAccepted() {
    var line = FilterLine()
    for text in ["ready", "role:worker"] {
      line.begin("")
      for character in text { _ = line.handle(.character(character)) }
      #expect(line.handle(.enter) == .accepted)
    }
    line.begin("")
    _ = line.handle(.up)
    _ = line.handle(.up)
    #expect(line.text == "ready")
    _ = line.handle(.down)
    #expect(line.text == "role:worker")
    #expect(line.handle(.escape) == .cancelled)
    #expect(line.text.isEmpty && !line.isEditing)
  }

  @Test func aProgressBarSaysItsShareInText() {
    for (fraction, expected) in [
      (0.5, "███░░░ edge 50%"), (-1, "░░░░░░░ edge 0%"), (9, "█████ edge 100%"), (.nan, "░░░░░░░ edge 0%"),
    ] {
      let grid = Grid(size: Size(width: 15, height: 1))
      ProgressBar(fraction, label: "edge").draw(on: grid.canvas)
      #expect(grid.text == expected)
    }
  }
}
