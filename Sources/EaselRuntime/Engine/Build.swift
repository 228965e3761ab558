import CSys

/// What a program calls itself, so that an engine of another build can be told from this one.
package struct Build: Sendable, Hashable, CustomStringConvertible {
  package var version: String
  /// The first digits of the digest that the linker has put into the program; `unknown` where it has put none.
  package var digest: String

  /// This program; the agent is compared with its version.
  package static let current = Build(version: "0.1.0", digest: ownDigest())

  package init(version: String, digest: String) { (self.version, self.digest) = (version, digest) }

  package var description: String { "\(version) (build \(digest))" }

  private static func ownDigest() -> String {
    var bytes = [UInt8](repeating: 0, count: 4)
    guard csys_build_id(&bytes, bytes.count) == bytes.count else { return "unknown" }
    return bytes.reduce("") { $0 + ($1 < 16 ? "0" : "") + String($1, radix: 16) }
  }
}
