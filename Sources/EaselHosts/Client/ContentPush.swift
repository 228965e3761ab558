import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselModel
import EaselProcess
import Glibc

/// Brings files into a host's content store, each over a channel of its own, going on where an earlier attempt ended.
package struct ContentPush: Sendable {
  /// One file here.
  package struct File: Sendable, Hashable {
    package var reference: ContentReference
    package var path: String

    package init(_ reference: ContentReference, path: String) { (self.reference, self.path) = (reference, path) }

    /// How much of it a host says it has: never less than nothing, nor more than all.
    fileprivate func part(_ said: Int64?) -> Int64 { min(max(0, said ?? 0), reference.size) }
  }

  /// How far a file is.
  package struct Progress: Sendable, Hashable {
    package var name: String
    package var sent: Int64
    package var size: Int64
  }

  package var client: AgentClient
  /// Files at a time.
  package var parallelism = 2
  /// How often a file is tried again when a channel ends before the file does.
  package var attempts = 5

  package init(_ client: AgentClient) { self.client = client }

  /// Pushes what is missing on the host. Returns how many bytes went over.
  package func push(_ files: [File], progress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws -> Int64
  {
    let missing = try await client.missingContent(files.map(\.reference.sha256))
    var seen: Set<String> = []
    let wanted = files.filter {
      missing.missing[$0.reference.sha256] != nil && seen.insert($0.reference.sha256).inserted
    }
    let needed = wanted.reduce(Int64(0)) { sum, file in
      sum + file.reference.size - file.part(missing.missing[file.reference.sha256])
    }
    guard needed <= missing.freeBytes else {
      throw HostFailure.diskFull.error(
        client.host, "the files need \(needed) bytes and the content store has \(missing.freeBytes)")
    }
    return try await withThrowingTaskGroup(of: Int64.self) { group in
      var sent: Int64 = 0
      for (index, file) in wanted.enumerated() {
        if index >= parallelism { sent += try await group.next() ?? 0 }
        group.addTask { try await send(file, progress) }
      }
      for try await more in group { sent += more }
      return sent
    }
  }

  private func send(_ file: File, _ progress: @escaping @Sendable (Progress) -> Void) async throws -> Int64 {
    var left = attempts
    var sent: Int64 = 0
    while true {
      do {
        sent += try await sendOnce(file, progress)
        return sent
      } catch let error as EaselError {
        left -= 1
        guard left > 0, HostFailure(error)?.passes ?? ["Truncated", "ContentBusy"].contains(error.code) else {
          throw error
        }
        try await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  private func sendOnce(_ file: File, _ progress: @escaping @Sendable (Progress) -> Void) async throws -> Int64 {
    let reference = file.reference
    let source = try await SourceFile(file, host: client.host)
    let process = try await client.transport.start(["receive", "-"])
    var answers = LineSplitter(limit: 4096)
    var lines: [String] = []
    func nextLine() async throws -> String? {
      while lines.isEmpty {
        let bytes = try await process.output.read()
        if bytes.isEmpty { return nil }
        lines += try answers.add(bytes).map { String(decoding: $0, as: UTF8.self) }
      }
      return lines.removeFirst()
    }
    var sent: Int64 = 0
    do {
      try await process.input.write(Array("\(reference.sha256) \(reference.size)\n".utf8))
      if let line = try await nextLine() {
        if line.hasPrefix("error ") { throw refusal(line) }
        var offset = file.part(Int64(line.split(separator: " ").last ?? ""))
        progress(Progress(name: reference.name, sent: offset, size: reference.size))
        while offset < reference.size {
          let piece = try await source.read(at: offset, min(256 << 10, Int(reference.size - offset)))
          guard !piece.isEmpty else {
            throw EaselError(
              .failed, "ContentChanged", "\(file.path) is shorter than the \(reference.size) bytes that the index says",
              advice: Self.mend)
          }
          try await process.input.write(piece)
          offset += Int64(piece.count)
          sent += Int64(piece.count)
          progress(Progress(name: reference.name, sent: offset, size: reference.size))
        }
        process.input.close()
        if let end = try await nextLine() {
          guard end == "ok" else { throw refusal(end, of: file) }
          _ = await process.finish()
          return sent
        }
      }
    } catch let error as SystemError {
      // The other side is gone; what it said last is below, or in its end.
      if let line = try? await nextLine(), line.hasPrefix("error ") { throw refusal(line) }
      _ = error
    } catch {
      process.cut()
      _ = await process.finish()
      throw error
    }
    let (status, said) = await process.finish()
    throw HostFailure.classify(status, said).error(client.host, HostFailure.summary(said))
  }

  fileprivate static let mend =
    "see what is wrong with: easel doctor; then put the file that content.json describes in its place"

  private func refusal(_ line: String, of file: File? = nil) -> EaselError {
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    let (code, message) = words.count == 3 ? (words[1], words[2]) : ("ContentRefused", line)
    if let file, code == "DigestDiffers" {
      return EaselError(
        .failed, code,
        "\(file.path) is not the file that content.json describes: \(HostWord.plain(message, HostWord.message))",
        advice: Self.mend)
    }
    return EaselError(
      .failed, HostWord.plain(code, 64), "\(client.host): \(HostWord.plain(message, HostWord.message))")
  }
}

/// A file that is read on a thread of its own, since a disk may be slow.
private actor SourceFile {
  private static let executor = ThreadExecutor(name: "content")
  nonisolated var unownedExecutor: UnownedSerialExecutor { SourceFile.executor.asUnownedSerialExecutor() }

  private let fd: Int32
  private let path: String

  /// - Throws: `ContentMissing`, or `ContentChanged` when the file has another size than the index says; nothing was sent then.
  init(_ file: ContentPush.File, host: String) async throws {
    path = file.path
    var status = csys_status()
    guard csys_status_of(path, true, &status) == 0 else {
      throw EaselError(.failed, "ContentMissing", "sending a file to \(host): \(SystemError("open \(path)"))")
    }
    // Opening anything else could wait for ever.
    guard status.is_file else {
      throw EaselError(.failed, "ContentUnreadable", "sending a file to \(host): \(path) is not a regular file")
    }
    guard status.size == file.reference.size else {
      throw EaselError(
        .failed, "ContentChanged",
        "\(path) has \(status.size) bytes, and content.json says \(file.reference.size)", advice: ContentPush.mend)
    }
    fd = csys_open_read(path, true)
    guard fd >= 0 else {
      throw EaselError(.failed, "ContentMissing", "sending a file to \(host): \(SystemError("open \(path)"))")
    }
  }

  deinit { _ = close(fd) }

  func read(at offset: Int64, _ length: Int) throws -> [UInt8] {
    var failed: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let got = pread(fd, buffer.baseAddress, length, off_t(offset))
      failed = got < 0 ? csys_errno() : 0
      count = max(0, got)
    }
    if failed != 0 {
      throw EaselError(.failed, "ContentUnreadable", SystemError("read \(path)", number: failed).description)
    }
    return bytes
  }
}
