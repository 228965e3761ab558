/// How much of a database a store keeps in memory.
package struct StoreMemory: Sendable {
  /// Objects that are kept decoded for the next read.
  var objects: Int
  /// Pages of the file that each connection keeps.
  var pageKibibytes: Int
  /// Long texts that each connection remembers, so that the same one met again is one in memory; a power of two.
  var texts: Int

  /// For an engine, which reads the same objects over and over.
  package static let engine = StoreMemory(objects: 32_768, pageKibibytes: 16_384, texts: 4096)
  /// For one who reads a site once, keeps it, and then asks for what has changed.
  package static let follower = StoreMemory(objects: 16, pageKibibytes: 64, texts: 256)
}
