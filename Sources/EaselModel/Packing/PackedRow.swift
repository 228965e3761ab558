/// Bytes that never change, in one piece of memory with their number: an array of bytes takes 16 more, for each of twenty thousand.
@usableFromInline
struct PackedRow: @unchecked Sendable {
  private final class Storage: ManagedBuffer<Int, UInt8> {}

  private let storage: Storage

  init(_ bytes: UnsafeRawBufferPointer) {
    let buffer = Storage.create(minimumCapacity: bytes.count) { _ in bytes.count }
    buffer.withUnsafeMutablePointerToElements { room in
      UnsafeMutableRawBufferPointer(start: room, count: bytes.count).copyMemory(from: bytes)
    }
    storage = unsafeDowncast(buffer, to: Storage.self)
  }

  var count: Int { storage.header }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeMutablePointers { body(UnsafeRawBufferPointer(start: $1, count: $0.pointee)) }
  }
}

extension PackedRow: Hashable {
  @usableFromInline
  static func == (left: PackedRow, right: PackedRow) -> Bool {
    left.storage === right.storage
      || left.withUnsafeBytes { left in right.withUnsafeBytes { left.elementsEqual($0) } }
  }

  @usableFromInline
  func hash(into hasher: inout Hasher) { withUnsafeBytes { hasher.combine(bytes: $0) } }
}
