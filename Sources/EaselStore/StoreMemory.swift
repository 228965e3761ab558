/// How much of a database a store keeps in memory.
package struct StoreMemory: Sendable {
  /// Objects that are kept decoded for the next read.
  var objects: Int
  /// Pages of the file that each connection keeps.
  var pageKibibytes: Int

  /// For an engine, which reads the same objects over and over.
  package static let engine = StoreMemory(objects: 32_768, pageKibibytes: 16_384)
  /// For one who reads a site once, keeps it, and then asks for what has changed.
  package static let follower = StoreMemory(objects: 16, pageKibibytes: 256)
}
