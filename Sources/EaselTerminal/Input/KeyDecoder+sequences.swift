extension KeyDecoder {
  /// The key of a control sequence: its final byte and parameters (`ESC [ 1 ; 5 A` is Ctrl-Up).
  static func final(_ byte: UInt8, parameters: [Int]) -> Key? {
    let bits = parameters.count > 1 ? max(0, parameters[1] - 1) : 0
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 2 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    guard let code = code(byte, parameters.first ?? 0, &modifiers) else { return nil }
    return Key(code, modifiers)
  }

  private static func code(_ byte: UInt8, _ number: Int, _ modifiers: inout Key.Modifiers) -> Key.Code? {
    switch UnicodeScalar(byte) {
    case "A": return .up
    case "B": return .down
    case "C": return .right
    case "D": return .left
    case "H": return .home
    case "F": return .end
    case "M": return .enter
    case "P": return .function(1)
    case "Q": return .function(2)
    case "R": return .function(3)
    case "S": return .function(4)
    case "Z":
      modifiers.insert(.shift)
      return .tab
    case "a", "b", "c", "d":
      modifiers.insert(.shift)
      return [.up, .down, .right, .left][Int(byte) - 0x61]
    case "~", "^", "$":
      if byte == 0x5E { modifiers.insert(.control) }
      if byte == 0x24 { modifiers.insert(.shift) }
      return numbered(number)
    default: return nil
    }
  }

  private static func numbered(_ number: Int) -> Key.Code? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23...26: .function(number - 12)
    case 28, 29: .function(number - 13)
    case 31...34: .function(number - 14)
    default: nil
    }
  }

  static func mouse(_ code: Int, _ column: Int, _ row: Int, released: Bool) -> Input? {
    let position = Point(x: column - 1, y: row - 1)
    guard position.x >= 0, position.y >= 0 else { return nil }
    if code & 64 != 0 {
      guard code & 3 < 2 else { return nil }
      return .mouse(Mouse(code & 1 == 0 ? .scrollUp : .scrollDown, .none, at: position))
    }
    let button: Mouse.Button =
      switch code & 3 {
      case 0: .left
      case 1: .middle
      case 2: .right
      default: .none
      }
    let action: Mouse.Action = released ? .release : code & 32 != 0 ? .drag : .press
    return .mouse(Mouse(action, button, at: position))
  }
}
