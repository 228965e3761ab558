import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

@Suite(.timeLimit(.minutes(1))) struct ContentTests {
  let folder = TestFolder()

  /// Runs the real `easel-agent receive` with these bytes.
  private func receive(_ digest: String, _ size: Int, _ bytes: [UInt8]) async throws -> [String] {
    var launch = ChildProcess.Launch([Built.agent, "receive", digest, String(size), "--state", folder("agent")])
    (launch.input, launch.output) = (.pipe, .pipe)
    let child = try ChildProcess(launch)
    try? await child.input!.write(bytes)
    child.input!.close()
    var all: [UInt8] = []
    while let bytes = try? await child.output!.read(), !bytes.isEmpty { all += bytes }
    let status = await child.wait()
    let lines = all.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    #expect(status == .exited(lines.last == "ok" ? 0 : 1))
    return lines
  }

  private let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  @Test func `a file that was cut goes on where it ended`() async throws {
    let digest = SHA256.hex(bytes)
    let cut = try await receive(digest, bytes.count, Array(bytes[..<100_000]))
    #expect(cut[0] == "offset 0" && cut[1].hasPrefix("error Truncated"))
    #expect(try await receive(digest, bytes.count, Array(bytes[100_000...])) == ["offset 100000", "ok"])
    #expect(folder.read("agent/content/\(digest)") != nil && !folder.exists("agent/partial/\(digest)"))
    #expect(try await receive(digest, bytes.count, []) == ["offset 300000", "ok"])
  }

  @Test func `wrong bytes and wrong sizes are refused and not kept`() async throws {
    let digest = SHA256.hex(bytes)
    var wrong = bytes
    wrong[5] ^= 1
    #expect(try await receive(digest, bytes.count, wrong).last!.hasPrefix("error DigestDiffers"))
    #expect(try await receive(digest, bytes.count, bytes + [1]).last!.hasPrefix("error SizeDiffers"))
    #expect(try await receive("../../etc/x", 1, [1]).last!.hasPrefix("error BadDigest"))
    #expect(try await receive(digest, 1 << 60, []).last!.hasPrefix("error DiskFull"))
    #expect(!folder.exists("agent/content/\(digest)") && !folder.exists("agent/partial/\(digest)"))
  }

  @Test func `only what is missing is pushed, and pruned content is missing again`() async throws {
    folder.write("one", "first file")
    folder.write("two", "second file")
    let files = ["one", "two"].map { name in
      let bytes = Array(folder.read(name)!.utf8)
      return ContentPush.File(
        ContentReference(sha256: SHA256.hex(bytes), size: Int64(bytes.count), name: name), path: folder(name))
    }
    let client = localClient(folder)
    let push = ContentPush(client)
    #expect(try await push.push(files + files) == 21)
    #expect(try await push.push(files) == 0)
    #expect(try await client.pruneContent(keeping: [files[0].reference.sha256], fence: site).removed == 1)
    #expect(try await push.push(files) == 11)
    var lying = files[0]
    lying.reference.sha256 = String(repeating: "a", count: 64)
    do {
      _ = try await push.push([lying])
      Issue.record("a wrong digest was taken")
    } catch let error as EaselError {
      #expect(error.code == "DigestDiffers")
    }
    await client.close()
  }

  @Test func `what is not the file that the index describes is named by its path, and not kept`() async throws {
    let text = "as the index says"
    let reference = ContentReference(sha256: SHA256.hex(Array(text.utf8)), size: Int64(text.utf8.count), name: "f")
    let client = localClient(folder)
    func failure(_ name: String) async -> EaselError? {
      do {
        _ = try await ContentPush(client).push([.init(reference, path: folder(name))])
        return nil
      } catch { return error as? EaselError }
    }
    folder.write("longer", text + "!")
    folder.write("shorter", "as")
    folder.write("other", String(text.reversed()))
    mkfifo(folder("pipe"), 0o600)
    mkdir(folder("folder"), 0o700)
    for (name, code) in [
      ("longer", "ContentChanged"), ("shorter", "ContentChanged"), ("other", "DigestDiffers"),
      ("missing", "ContentMissing"),
      ("pipe", "ContentUnreadable"), ("folder", "ContentUnreadable"),
    ] {
      let error = await failure(name)
      #expect(error?.code == code && error?.message.contains(folder(name)) == true, "\(name): \(error as Any)")
      #expect(try await client.missingContent([reference.sha256]).missing == [reference.sha256: 0])
    }
    folder.write("right", text)
    #expect(await failure("right") == nil)
    await client.close()
  }
}
