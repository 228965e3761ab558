import CSys
import Glibc

/// What one run cost.
struct Cost {
  /// Seconds.
  var wall: Double
  /// Seconds of processor time, user and system.
  var cpu: Double
  /// The largest resident set so far, in bytes.
  var peakBytes: Int64
}

/// Takes the time of a piece of work in this process.
func measure(_ work: () throws -> Void) rethrows -> Cost {
  let before = processorSeconds()
  let start = monotonicSeconds()
  try work()
  let wall = monotonicSeconds() - start
  let after = processorSeconds()
  return Cost(wall: wall, cpu: after - before, peakBytes: peakBytes())
}

func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func usage() -> rusage {
  var result = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &result)
  return result
}

private func processorSeconds() -> Double {
  let used = usage()
  func seconds(_ value: timeval) -> Double { Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
  return seconds(used.ru_utime) + seconds(used.ru_stime)
}

private func peakBytes() -> Int64 { Int64(usage().ru_maxrss) * 1024 }

/// The middle of several runs; of an even number, the mean of the two in the middle. 0 for none.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return 0 }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The value below which 99 of 100 lie.
func percentile99(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return 0 }
  return sorted[min(sorted.count - 1, Int((Double(sorted.count) * 0.99).rounded(.up)) - 1)]
}

/// Seconds that appending 4 KiB and bringing it to the disk takes here: the median of 51 runs.
func fsyncSeconds(in folder: String) throws -> Double {
  let path = folder + "/fsync-probe"
  let file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
  guard file >= 0 else { throw BenchError("cannot write \(path)") }
  defer {
    close(file)
    unlink(path)
  }
  let block = [UInt8](repeating: 7, count: 4096)
  var times: [Double] = []
  for _ in 0..<51 {
    guard write(file, block, block.count) == block.count else { throw BenchError("cannot write \(path)") }
    let start = monotonicSeconds()
    guard fdatasync(file) == 0 else { throw BenchError("cannot sync \(path)") }
    times.append(monotonicSeconds() - start)
  }
  return median(times)
}

/// Why a measurement could not be made.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A folder of its own for one measurement, removed at its end.
func withTemporaryFolder<T>(_ work: (String) throws -> T) throws -> T {
  let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
  var template = Array("\(base)/easel-bench.XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw BenchError("cannot make a folder in \(base)") }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { _ = try? runProgram(["rm", "-rf", path]) }
  return try work(path)
}

/// The error stream.
enum FileStream {
  static func complain(_ line: String) {
    let text = line + "\n"
    _ = text.withCString { write(2, $0, strlen($0)) }
  }
}
