import Testing

@testable import EaselTerminal

@Suite struct KeyTests {
  /// Not arguments of the test: they would be printed, and drive the terminal of whoever runs it.
  private static let sequences: [(String, Key)] = [
    ("\u{1B}[A", Key.up), ("\u{1B}OA", .up), ("\u{1B}[1;5C", Key(.right, .control)), ("\u{1B}[Z", .backTab),
    ("\u{1B}[3~", .delete), ("\u{1B}[15~", .function(5)), ("\u{1B}OP", .function(1)), ("\u{1B}[[B", .function(2)),
    ("\u{1B}[24~", .function(12)), ("\r", .enter), ("\n", .enter), ("\u{7F}", .backspace), ("\u{08}", .backspace),
    ("\t", .tab), ("\u{03}", .control("c")), ("q", .character("q")), ("é", .character("é")),
    ("日", .character("日")), ("\u{1B}x", .alt("x")), ("\u{1B}[7~", .home), ("\u{1B}[H", .home),
    ("\u{00}", .control(" ")),
  ]

  @Test func aSequenceIsOneKeyHoweverItArrives() {
    for (bytes, key) in Self.sequences {
      var whole = KeyDecoder()
      let atOnce = whole.feed(Array(bytes.utf8)) + whole.flush()
      #expect(atOnce == [.key(key)])
      var split = KeyDecoder()
      var got: [Input] = []
      for byte in bytes.utf8 { got += split.feed([byte]) }
      got += split.flush()
      #expect(got == [.key(key)])
    }
  }

  @Test func aLoneEscapeWaitsForItsDelay() {
    var decoder = KeyDecoder()
    let first = decoder.feed([0x1B])
    #expect(first.isEmpty && decoder.isWaiting)
    let flushed = decoder.flush()
    #expect(flushed == [.key(.escape)] && !decoder.isWaiting)
    let more = decoder.feed([0x1B]) + decoder.feed([0x1B, 0x5B, 0x42])
    #expect(more == [.key(.escape), .key(.down)])
  }

  @Test func aPasteIsTextAndNeverCommands() {
    var decoder = KeyDecoder()
    let text = "q\u{1B}[Ax\r\n日" + String(repeating: "z", count: 100_000)
    var got: [Input] = []
    let bytes = Array("a\u{1B}[200~\(text)\u{1B}[201~b".utf8)
    for start in stride(from: 0, to: bytes.count, by: 7) {
      got += decoder.feed(bytes[start..<min(bytes.count, start + 7)])
    }
    #expect(got == [.key(.character("a")), .paste(text), .key(.character("b"))])
  }

  @Test func mouseReportsOfBothKindsAreRead() {
    var decoder = KeyDecoder()
    let bytes = "\u{1B}[<0;250;3M\u{1B}[<0;250;3m\u{1B}[<64;1;1M\u{1B}[<32;2;1M\u{1B}[M !!"
    let got = decoder.feed(Array(bytes.utf8))
    #expect(
      got == [
        .mouse(Mouse(.press, at: Point(x: 249, y: 2))), .mouse(Mouse(.release, at: Point(x: 249, y: 2))),
        .mouse(Mouse(.scrollUp, .none, at: Point(x: 0, y: 0))), .mouse(Mouse(.drag, at: Point(x: 1, y: 0))),
        .mouse(Mouse(.press, at: Point(x: 0, y: 0))),
      ])
  }

  @Test func noiseNeverTrapsAndNeverSticks() {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<2000 {
      var decoder = KeyDecoder()
      var bytes: [UInt8] = []
      for _ in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let choices: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3C, 0x3B, 0x31, 0x4D, 0xE6, 0x9B, 0xFF, UInt8(state >> 56)]
        bytes.append(choices[Int(state >> 33) % choices.count])
      }
      _ = decoder.feed(bytes)
      _ = decoder.flush()
      #expect(decoder.isWaiting == false)
    }
  }

  @Test func namesOfKeysCanBeReadBack() {
    let keys: [Key] = [
      .up, .enter, .escape, .backTab, .space, .function(12), .character("G"), .character("-"), .control("l"),
      .alt("x"), Key(.left, [.control, .shift]), .pageDown, .character("日"),
    ]
    for key in keys { #expect(Key(name: key.name) == key, "\(key.name)") }
    for bad in ["", "ctrl-", "nokey", "f99", "shift-a", "\u{1B}", "ab"] { #expect(Key(name: bad) == nil, "\(bad)") }
    #expect(Key.control("l").label == "Ctrl-L")
    #expect(Key.pageDown.label == "PgDn")
  }
}
