internal import EaselModel

/// The order in which people count names: runs of digits compare as numbers, so that `edge-2` comes before `edge-10`.
package enum NaturalOrder {
  package static func precedes(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    return a.withUTF8 { left in b.withUTF8 { right in precedes(left, right) } }
  }

  private static func precedes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    var i = 0
    var j = 0
    while i < left.count, j < right.count {
      if isDigit(left[i]), isDigit(right[j]) {
        let (x, nextI) = number(left, i)
        let (y, nextJ) = number(right, j)
        if x != y { return x < y }
        (i, j) = (nextI, nextJ)
      } else if left[i] != right[j] {
        return left[i] < right[j]
      } else {
        i += 1
        j += 1
      }
    }
    if left.count - i != right.count - j { return left.count - i < right.count - j }
    return left.lexicographicallyPrecedes(right)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (UInt64, Int) {
    var value: UInt64 = 0
    var index = start
    while index < bytes.count, isDigit(bytes[index]) {
      value = value &* 10 &+ UInt64(bytes[index] - 48)
      index += 1
    }
    return (value, index)
  }
}
