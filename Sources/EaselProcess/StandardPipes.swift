import CSys
import Glibc

/// The three standard streams of a child that is about to start: our ends and its ends, -1 where there is none.
struct StandardPipes {
  private(set) var ours: [Int32] = [-1, -1, -1]
  private(set) var theirs: [Int32] = [-1, -1, -1]
  private var made: [Bool] = [false, false, false]

  init(_ launch: ChildProcess.Launch, _ program: String) throws(SystemError) {
    for (index, stream) in [launch.input, launch.output, launch.errors].enumerated() {
      switch stream {
      case .null: break
      case .descriptor(let fd): theirs[index] = fd
      case .pipe:
        var pair: [Int32] = [-1, -1]
        guard csys_pipe(&pair, false) == 0 else {
          let error = SystemError("make a pipe to \(program)")
          closeTheirs()
          closeOurs()
          throw error
        }
        (ours[index], theirs[index]) = index == 0 ? (pair[1], pair[0]) : (pair[0], pair[1])
        made[index] = true
      }
    }
  }

  mutating func closeTheirs() {
    for index in 0..<3 where made[index] && theirs[index] >= 0 {
      _ = close(theirs[index])
      theirs[index] = -1
    }
  }

  mutating func closeOurs() {
    for index in 0..<3 where ours[index] >= 0 {
      _ = close(ours[index])
      ours[index] = -1
    }
  }

  /// Our end as a channel, which owns it from then on.
  mutating func channel(_ index: Int, _ name: String) -> ByteChannel? {
    guard ours[index] >= 0 else { return nil }
    defer { ours[index] = -1 }
    return ByteChannel(taking: ours[index], name: name)
  }
}

/// Calls `use` with a null-terminated array of C strings that live as long as the call.
package func withCStrings<T>(_ strings: [String], _ use: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T) -> T
{
  let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
  for (index, string) in strings.enumerated() { array[index] = strdup(string) }
  array[strings.count] = nil
  defer {
    for index in strings.indices { free(array[index]) }
    array.deallocate()
  }
  return use(array)
}

/// Where a program lies: itself when it holds a slash, else the first executable of that name in the search path.
package func findProgram(_ program: String, in searchPath: String? = nil) -> String? {
  if program.contains("/") { return program }
  let path = searchPath ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
  for directory in path.split(separator: ":") {
    let candidate = "\(directory)/\(program)"
    if access(candidate, X_OK) == 0 { return candidate }
  }
  return nil
}
