/// A bar that shows a share of a whole; also said in text, so that it is not the picture alone.
package struct ProgressBar {
  /// 0 to 1; anything else is cut to that.
  package var fraction: Double
  package var label: String
  package var style: Style

  package init(_ fraction: Double, label: String = "", style: Style = Style(.bar)) {
    self.fraction = fraction.isFinite ? min(1, max(0, fraction)) : 0
    self.label = label
    self.style = style
  }

  /// Draws it in one row.
  package func draw(x: Int = 0, y: Int = 0, width: Int? = nil, on canvas: Canvas) {
    let room = max(0, width ?? canvas.width - x)
    let percent = "\(Int((fraction * 100).rounded(.down)))%"
    let text = label.isEmpty ? percent : "\(label) \(percent)"
    let textWidth = min(CellText.width(of: text), room)
    let bar = max(0, room - textWidth - 1)
    let filled = Int((Double(bar) * fraction).rounded(.down))
    for column in 0..<bar {
      canvas.put(column < filled ? .full : .track, x: x + column, y: y, column < filled ? style : Style(.track))
    }
    canvas.text(text, x: x + (bar > 0 ? bar + 1 : 0), y: y, width: textWidth)
  }
}

/// Names of places side by side; the open one stands out by brackets as well as by style.
package struct TabBar {
  /// Names of the places, in order.
  package var titles: [String]
  /// The index of the open one.
  package var selected: Int

  package init(_ titles: [String], selected: Int) {
    self.titles = titles
    self.selected = selected
  }

  /// Where each title is drawn: `[title]` for the open one, blanks round the others. When they do not all fit, the
  /// first ones give way until the open one is visible.
  package func layout(width: Int) -> [(index: Int, x: Int, width: Int)] {
    guard titles.indices.contains(selected) else { return [] }
    let widths = titles.map { CellText.width(of: $0) + 2 }
    var first = 0
    while first < selected, widths[first...selected].reduce(0, +) > width { first += 1 }
    var last = selected
    while last + 1 < titles.count, widths[first...last + 1].reduce(0, +) <= width { last += 1 }
    var x = 0
    return (first...last).map { index in
      defer { x += widths[index] }
      return (index, x, min(widths[index], width - x))
    }
  }

  /// Draws the titles in the first row.
  package func draw(on canvas: Canvas) {
    let places = layout(width: canvas.width)
    for (index, x, width) in places {
      let open = index == selected
      canvas.text(
        open ? "[\(titles[index])]" : " \(titles[index]) ", x: x, y: 0, Style(open ? .activeTab : .tab), width: width)
    }
    if let first = places.first, first.index > 0, first.index != selected { canvas.put(.ellipsis, x: 0, y: 0, .muted) }
    if let last = places.last, last.index < titles.count - 1, last.x + last.width < canvas.width {
      canvas.put(.ellipsis, x: canvas.width - 1, y: 0, .muted)
    }
  }

  /// The tab that a click in this column opens.
  package func hit(x: Int, width: Int) -> Int? {
    layout(width: width).first { x >= $0.x && x < $0.x + $0.width }?.index
  }
}

extension Canvas {
  /// Draws key hints (`Enter open  / filter`) as far as they fit whole; the most important come first.
  ///
  /// - Parameter kept: the key whose hint is shown even when those before it leave no room: they give way.
  package func hints(_ hints: [KeyHint], keeping kept: String? = nil, y: Int = 0) {
    func width(_ hint: KeyHint) -> Int { CellText.width(of: hint.key) + 1 + CellText.width(of: hint.text) }
    var hints = hints
    if let place = hints.firstIndex(where: { $0.key == kept }) {
      var place = place
      while place > 1, hints[...place].reduce(-2, { $0 + width($1) + 2 }) > self.width {
        hints.remove(at: place - 1)
        place -= 1
      }
    }
    var x = 0
    for hint in hints {
      guard x + width(hint) <= self.width else { break }
      let end = text(hint.key, x: x, y: y, .key)
      text(hint.text, x: end + 1, y: y, .muted)
      x += width(hint) + 2
    }
  }

  /// Draws a line with something at both ends over a filled background; the right end gives way first.
  package func statusLine(left: [Span], right: [Span] = [], y: Int = 0, style: Style? = nil) {
    if let style { fill(Rect(y: y, width: width, height: 1), style) }
    let leftEnd = spans(left, y: y)
    let rightWidth = right.cellWidth
    if leftEnd + rightWidth + 1 <= width { spans(right, x: width - rightWidth, y: y) }
  }

  /// Draws a message over the whole line that must not be missed; `goesOn` for a further line of one.
  package func banner(_ text: String, y: Int = 0, alert: Bool = false, goesOn: Bool = false) {
    let style: Style = alert ? .alert : .banner
    fill(Rect(y: y, width: width, height: 1), style)
    self.text((!alert ? "" : goesOn ? "  " : "! ") + text, x: 1, y: y, style, width: width - 1)
  }
}
