import CSys
import EaselAgentProtocol
import EaselHostPlan
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

/// An agent whose state lies on a small file system that is really full. Needs the right to mount, and says so when it is not there.
@Suite(.serialized, .enabled(if: SmallDisk.isPermitted, "mounting needs root and CAP_SYS_ADMIN")) struct FullDiskTests {
  let folder = TestFolder()

  private func failure<T>(_ attempt: () async throws -> T) async -> String {
    do {
      _ = try await attempt()
      return "none"
    } catch let failure as RPCFailure {
      return failure.word
    } catch {
      return "\(error)"
    }
  }

  @Test func `a full disk refuses a plan before its first step, and the next one runs when there is room`() async throws
  {
    let disk = try SmallDisk(folder("agent"), kibibytes: 1024)
    defer { disk.unmount() }
    let runner = try Runner(AgentConfiguration(state: StateFolder(folder("agent"))))
    await runner.resume()
    #expect(try await runner.finish(request("first", [script("s", "true")])).state == .succeeded)
    try disk.fill()
    let asked = try request("second", [script("s", "echo x >> \(folder("count"))")])
    #expect(await failure { try await runner.run(asked) } == "DiskFull")
    #expect(!folder.exists("count"))
    disk.empty()
    #expect(try await runner.finish(asked).state == .succeeded)
    #expect(folder.read("count") == "x\n")
  }

  @Test func `a full disk takes no new owner, and forgets none`() async throws {
    let disk = try SmallDisk(folder("agent"), kibibytes: 512)
    defer { disk.unmount() }
    let runner = try Runner(AgentConfiguration(state: StateFolder(folder("agent"))))
    await runner.resume()
    _ = try await runner.adopt(AdoptRequest(fence: Fence(site: "site-a", epoch: 1), name: "one", by: "root"))
    try disk.fill()
    let next = AdoptRequest(
      fence: Fence(site: "site-b", epoch: 2), force: true, name: String(repeating: "x", count: 200), by: "alice")
    #expect(await failure { try await runner.adopt(next) } != "none")
    #expect(await runner.fence?.site == "site-a")
    let after = try Runner(AgentConfiguration(state: StateFolder(folder("agent"))))
    #expect(await after.fence?.site == "site-a")
    disk.empty()
    _ = try await runner.adopt(next)
    #expect(await runner.fence?.site == "site-b")
  }

  @Test func `a journal that was cut anywhere is read as far as it is whole`() async throws {
    let state = StateFolder(folder("agent"))
    let runner = try Runner(AgentConfiguration(state: state))
    await runner.resume()
    _ = try await runner.finish(
      request("k", [script("s", "echo x >> \(folder("s"))"), script("t", "echo x >> \(folder("t"))")]))
    let journal = state.task("k") + "/journal"
    let whole = try Data(contentsOf: URL(filePath: journal))
    for length in stride(from: 0, to: whole.count, by: 37) {
      try whole.prefix(length).write(to: URL(filePath: journal))
      let next = try Runner(AgentConfiguration(state: state))
      await next.resume()
      await next.untilIdle()
      let report = await next.task("k")?.report
      // A plan whose acceptance was not whole was never taken; any other ends as it would have.
      #expect(report == nil || report?.state == .succeeded, "cut at \(length): \(report as Any)")
    }
  }
}

/// A tmpfs of a size.
private struct SmallDisk {
  static let isPermitted: Bool = {
    let probe = "/tmp/easel-mount-probe-\(getpid())"
    mkdir(probe, 0o700)
    defer { rmdir(probe) }
    guard mount("tmpfs", probe, "tmpfs", 0, "size=64k") == 0 else { return false }
    return umount2(probe, 0) == 0
  }()

  let path: String

  init(_ path: String, kibibytes: Int) throws {
    self.path = path
    mkdir(path, 0o700)
    try #require(mount("tmpfs", path, "tmpfs", 0, "size=\(kibibytes)k") == 0)
  }

  /// Writes until nothing more fits.
  func fill() throws {
    let file = open("\(path)/ballast", O_CREAT | O_WRONLY, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(file, block, block.count) > 0 {}
  }

  func empty() { unlink("\(path)/ballast") }
  func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
