extension Unicode.Scalar {
  /// Whether it could move a terminal's cursor, turn the direction of text or break a line: C0, DEL and C1 (which 8-bit terminals obey),
  /// separators of lines, and the marks of direction. What is shown of it is up to who shows it.
  package var drivesTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
