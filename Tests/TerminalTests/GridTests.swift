import Testing

@testable import EaselTerminal

@Suite struct GridTests {
  @Test func aBoxWithTextLooksLikeThis() {
    let grid = Grid(size: Size(width: 16, height: 4))
    grid.canvas.box(title: "Hosts")
    grid.canvas.part(Rect(x: 1, y: 1, width: 14, height: 2)).text("edge-host-number-one", .critical)
    #expect(
      grid.text == """
        ┌─ Hosts ──────┐
        │edge-host-num…│
        │              │
        └──────────────┘
        """)
    #expect(
      grid.roles == """
        bbtttttttbbbbbbb
        bccccccccccccccb
        b..............b
        bbbbbbbbbbbbbbbb
        """)
  }

  @Test func withoutUnicodeEverythingIsAscii() {
    let grid = Grid(size: Size(width: 12, height: 3), glyphs: .ascii)
    grid.canvas.box()
    grid.canvas.text("日é", x: 1, y: 1)
    #expect(grid.text == "+----------+\n|???       |\n+----------+")
    for glyph in Glyph.allCases { #expect(glyph.scalar(in: .ascii).isASCII) }
  }

  @Test func everyGlyphIsOneColumnWide() {
    for set in GlyphSet.allCases {
      for glyph in Glyph.allCases { #expect(CellText.width(of: glyph.text(in: set)) == 1) }
    }
  }

  @Test func drawingOverHalfAWideCharacterLeavesNoHalf() {
    let grid = Grid(size: Size(width: 4, height: 1))
    grid.canvas.text("日本")
    grid.canvas.text("x", x: 1)
    #expect(grid.text == " x本")
    grid.canvas.text("y", x: 2)
    #expect(grid.text == " xy")
    grid.canvas.text("日", x: 3)
    #expect(grid.text == " xy…")
  }

  @Test func nothingIsDrawnOutsideOfACanvas() {
    let grid = Grid(size: Size(width: 6, height: 3))
    let part = grid.canvas.part(Rect(x: 2, y: 1, width: 2, height: 1))
    part.text("abcdef", x: -2, y: 0, width: 20)
    part.text("no", y: 1)
    part.text("no", y: -1)
    part.fill(Rect(x: -10, y: -10, width: 100, height: 10), .critical)
    #expect(grid.text == "\n  cd\n")
    #expect(part.part(Rect(x: 1, y: 0, width: 50, height: 50)).visible == Rect(x: 3, y: 1, width: 1, height: 1))
  }

  @Test func lengthsAreDividedWithoutLoss() {
    for total in 0...50 {
      let parts = Length.divide(total, among: [.fixed(3), .flex(2), .fixed(5), .flex(1)])
      #expect(parts.reduce(0, +) == total)
      #expect(parts.allSatisfy { $0 >= 0 })
    }
    #expect(Length.divide(4, among: [.fixed(3), .fixed(5)]) == [3, 1])
    #expect(Length.divide(30, among: [.fixed(10), .flex(3), .flex(1)]) == [10, 15, 5])
  }

  @Test func styledRunsAreCutTogether() {
    let grid = Grid(size: Size(width: 8, height: 1))
    grid.canvas.spans([Span("ab ", .ok), Span("日本語", .warning), Span("xyz", .critical)])
    #expect(grid.text == "ab 日本…")
    #expect(grid.roles == "ooowwwww")
  }
}
