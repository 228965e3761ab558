import Testing

@testable import EaselTerminal

@Suite struct SizeTests {
  static let sizes: [Size] =
    [(1000, 300), (80, 24), (40, 10), (20, 5), (300, 1), (1, 300)].map { Size(width: $0.0, height: $0.1) }
    + (0...24).flatMap { width in (0...9).map { Size(width: width, height: $0) } }

  private func everySize(_ draw: (Canvas) -> Void) {
    for size in Self.sizes { draw(Grid(size: size).canvas) }
  }

  @Test func everyWidgetDrawsAtEverySize() {
    let text = "日本 some \u{1B}[1m text e\u{0301}\tand more"
    everySize { canvas in
      var table = TableState()
      table.scroll.selected = 70
      Table([Column("a", "A", ideal: 9, flex: 1), Column("b", "B", min: 4, ideal: 9, drop: 1)], count: 100) { _ in
        [TableCell(text), TableCell(text)]
      }.draw(&table, on: canvas)
      Table([], count: 0) { _ in [] }.draw(&table, on: canvas)
      var tree = TreeState()
      Tree((0..<20).map { TreeItem("\($0)", depth: $0, hasChildren: true, [Span(text)], trailing: [Span("1m")]) })
        .draw(&tree, on: canvas)
      var pager = PagerState(wraps: true)
      pager.search = "some"
      Pager(text: text + "\n" + text).draw(&pager, on: canvas)
      var dialog = Dialog(text, body: [[Span(text)], [Span(text)]], confirm: "Go", typedName: text)
      dialog.draw(on: canvas)
      var menu = Menu(text, (0..<30).map { Menu.Item("a", "item \($0)", disabledReason: "no") })
      menu.scroll.selected = 29
      menu.draw(on: canvas)
      var choices = Choice((0..<12).map { Option("\($0)", text, detail: text) })
      choices.draw(hasFocus: true, on: canvas)
      var form = Form([
        Field("a", text, .text(TextField(text)), help: text, isPermanent: true),
        Field("b", "b", .choice(choices), help: text), Field("c", "c", .flag(true)),
      ])
      form.setError(text, for: "a")
      for _ in 0..<3 {
        form.draw(on: canvas)
        _ = form.handle(.tab)
      }
      ProgressBar(0.3, label: text).draw(on: canvas)
      TabBar([text, text, "x"], selected: 1).draw(on: canvas)
      canvas.banner(text, alert: true)
      canvas.statusLine(left: [Span(text)], right: [Span(text)], style: .banner)
      canvas.hints([KeyHint(key: "Enter", text: "open")])
      var filter = FilterLine(text: text)
      filter.begin()
      filter.error = text
      filter.draw(on: canvas)
      canvas.box(title: text)
    }
  }
}
