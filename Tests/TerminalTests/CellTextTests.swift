import Testing

@testable import EaselTerminal

@Suite struct CellTextTests {
  /// Not arguments of the test: they would be printed, and drive the terminal of whoever runs it.
  private static let cases: [(raw: String, clean: String, width: Int)] = [
    ("plain", "plain", 5),
    ("\u{1B}[31mred\u{1B}[0m", "red", 3),
    ("\u{9B}2Jx", "x", 1),
    ("a\u{1B}]0;title\u{07}b", "ab", 2),
    ("a\u{1B}]52;c;QUJD\u{1B}\\b", "ab", 2),
    ("a\u{1B}Pq#0\u{9C}b", "ab", 2),
    ("a\u{1B}]0;never ends", "a0;never ends", 13),
    ("a\u{1B}", "a", 1),
    ("a\u{1B}(0b", "ab", 2),
    ("a\u{1B}7b", "ab", 2),
    ("abc\u{202E}def\u{2066}g", "abcdefg", 7),
    ("zero\u{200B}\u{200D}\u{FEFF}width\u{00AD}", "zerowidth", 9),
    ("tab\tx", "tab     x", 9),
    ("line\r\nnext", "line next", 9),
    ("bell\u{07}", "bell\u{FFFD}", 5),
    ("\u{85}x", "x", 1),
    ("日本", "日本", 4),
    ("🚀\u{FE0F}!", "🚀!", 3),
    ("\u{0301}a", "a", 1),
    ("e\u{0301}\u{0302}\u{0303}\u{0304}", "e\u{0301}\u{0302}", 1),
    ("\u{E000}", "\u{FFFD}", 1),
    ("no\u{A0}break\u{2003}em", "no break em", 11),
    ("\u{2028}", " ", 1),
    ("", "", 0),
  ]

  @Test func textFromAnywhereIsMadeHarmless() {
    for (index, (raw, clean, width)) in Self.cases.enumerated() {
      let same = CellText.sanitised(raw).unicodeScalars.elementsEqual(clean.unicodeScalars)
      #expect(same, "case \(index), \(clean)")
      let measured = CellText.width(of: raw)
      #expect(measured == width, "case \(index), \(clean)")
    }
  }

  @Test func noScalarOfAnyKindReachesTheScreenAsAControl() {
    for value in UInt32(0)...0x3FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for cell in CellText.cells(of: "x" + String(Character(scalar)) + "y") {
        let ok = cell.base >= 0x20 && !(0x7F...0x9F).contains(cell.base) && (1...2).contains(cell.width)
        if !ok { Issue.record("U+\(String(value, radix: 16)) gives \(cell)") }
      }
    }
  }

  @Test func sanitisingTwiceChangesNothing() {
    for raw in ["\u{1B}[1m\u{1B}]x\u{07}é\u{200D}", "\u{1B}\u{1B}[A", "a\u{1B}[", "\u{9D}x", "\u{1B}[12;34", "t\tt"] {
      let once = CellText.sanitised(raw)
      #expect(CellText.sanitised(once) == once)
    }
  }

  @Test(arguments: [
    (Truncation.end, 5, "abcd~"), (.start, 5, "~ghij"), (.middle, 5, "ab~ij"), (.end, 1, "~"), (.end, 0, ""),
    (.end, 10, "abcdefghij"),
  ])
  func whatIsTooLongIsCutAtTheChosenSide(_ side: Truncation, _ width: Int, _ expected: String) {
    #expect(CellText.cells(of: "abcdefghij").truncated(to: width, side, ellipsis: 0x7E).text == expected)
  }

  @Test func aWideCharacterIsNeverCutInHalf() {
    for width in 0...8 {
      let cells = CellText.cells(of: "日本語ab").truncated(to: width, ellipsis: 0x7E)
      #expect(cells.cellWidth <= width)
    }
  }

  @Test func wrappingKeepsEveryWordAndFitsTheWidth() {
    let text = "The quick brown fox\n\njumps over averyveryverylongword 日本語日本語"
    for width in 1...40 {
      let lines = CellText.wrap(text, width: width)
      #expect(lines.allSatisfy { CellText.width(of: $0) <= max(2, width) })
      let words = lines.joined().filter { $0 != " " }
      #expect(words == text.filter { $0 != " " && $0 != "\n" })
    }
    #expect(CellText.wrap("one two three", width: 8) == ["one two", "three"])
  }
}
