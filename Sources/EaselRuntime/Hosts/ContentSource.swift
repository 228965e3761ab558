import CSys
import EaselModel
import Synchronization

/// The site's content folder as it is now: its index is read again when it has changed, so an engine that leads for months stages
/// what was brought there yesterday.
final class ContentSource: Sendable {
  /// What tells one version of the index from another.
  private struct Stamp: Equatable {
    var inode: UInt64
    var size: Int64
    var modified: Int64
  }

  private struct Known {
    var path: String?
    var stamp: Stamp?
    var folder: ContentFolder?
  }

  private let known: Mutex<Known>

  /// - Parameter path: of the folder; nil where the site has none.
  init(path: String?) { known = Mutex(Known(path: path)) }

  func use(path: String?) {
    known.withLock { if $0.path != path { $0 = Known(path: path) } }
  }

  /// Where the index cannot be read, an empty folder that says why: what needs no content goes on.
  func current() -> ContentFolder {
    known.withLock { known in
      guard let path = known.path else { return .none }
      var status = csys_status()
      let there = csys_status_of(path + "/content.json", true, &status) == 0
      let stamp = there ? Stamp(inode: status.inode, size: status.size, modified: status.modified_ms) : nil
      if let folder = known.folder, stamp != nil, stamp == known.stamp { return folder }
      do {
        let folder = try ContentFolder(path: path)
        (known.stamp, known.folder) = (stamp, folder)
        return folder
      } catch {
        (known.stamp, known.folder) = (nil, nil)
        let code = (error as? EaselError)?.code ?? "ContentUnreadable"
        return .unreadable(DurableTask.Failure(code: code, message: "\(error)", retryable: false))
      }
    }
  }
}
