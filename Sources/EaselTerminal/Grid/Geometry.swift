/// A number of columns and rows; never negative.
package struct Size: Hashable, Sendable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }
}

/// A column and a row, counted from 0 at the top left.
package struct Point: Hashable, Sendable {
  package var x: Int
  package var y: Int

  package init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// A rectangle of cells; its size is never negative, its origin may lie outside of what can be seen.
package struct Rect: Hashable, Sendable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// A rectangle of this size at the top left.
  package init(_ size: Size) { self.init(width: size.width, height: size.height) }

  /// The first column right of it.
  package var right: Int { x + width }
  /// The first row below it.
  package var bottom: Int { y + height }
  /// Its columns and rows.
  package var size: Size { Size(width: width, height: height) }
  /// Whether it has no cell.
  package var isEmpty: Bool { width == 0 || height == 0 }

  /// Whether a cell lies inside.
  package func contains(_ point: Point) -> Bool {
    point.x >= x && point.x < right && point.y >= y && point.y < bottom
  }

  /// The part that both cover; empty when there is none.
  package func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(right, other.right) - left, height: min(bottom, other.bottom) - top)
  }

  /// The rectangle without a margin of this many cells on its sides.
  package func inset(horizontal: Int = 0, vertical: Int = 0) -> Rect {
    Rect(x: x + horizontal, y: y + vertical, width: width - 2 * horizontal, height: height - 2 * vertical)
  }

  /// A rectangle of at most this size in the middle of this one.
  package func centred(width wanted: Int, height wantedHeight: Int) -> Rect {
    let w = max(0, min(wanted, width))
    let h = max(0, min(wantedHeight, height))
    return Rect(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
  }
}

/// How long a part of a divided rectangle wants to be.
package enum Length: Hashable, Sendable {
  /// Exactly so many cells, as long as there is room; the first parts are served first.
  case fixed(Int)
  /// A share of what the fixed parts leave, by weight.
  case flex(Int)

  /// Divides `total` cells among the parts; the sum never exceeds `total` and equals it when a part is flexible.
  package static func divide(_ total: Int, among parts: [Length]) -> [Int] {
    var left = max(0, total)
    var result = [Int](repeating: 0, count: parts.count)
    var weights = 0
    for (index, part) in parts.enumerated() {
      switch part {
      case .fixed(let wanted):
        result[index] = min(max(0, wanted), left)
        left -= result[index]
      case .flex(let weight):
        weights += max(1, weight)
      }
    }
    for (index, part) in parts.enumerated() {
      guard case .flex(let weight) = part else { continue }
      let share = left * max(1, weight) / weights
      result[index] = share
      left -= share
      weights -= max(1, weight)
    }
    return result
  }
}

extension Rect {
  /// Divides it from top to bottom.
  package func rows(_ parts: [Length]) -> [Rect] {
    var top = y
    return Length.divide(height, among: parts).map { length in
      defer { top += length }
      return Rect(x: x, y: top, width: width, height: length)
    }
  }

  /// Divides it from left to right.
  package func columns(_ parts: [Length]) -> [Rect] {
    var left = x
    return Length.divide(width, among: parts).map { length in
      defer { left += length }
      return Rect(x: left, y: y, width: length, height: height)
    }
  }
}
