import EaselModel
import EaselPlans
import EaselStore
import FoundationEssentials
import Glibc
import Testing

@testable import EaselRuntime

/// A content folder that somebody else has filled: nothing is taken from it that its index does not describe.
@Suite struct ContentFolderTests {
  let site: TestSite
  let folder: String

  init() throws {
    site = try TestSite()
    folder = String(site.path.dropLast("/site".count)) + "/content"
    mkdir(folder, 0o700)
  }

  private static let digest = String(repeating: "a", count: 64)

  private func item(_ changes: [String: String] = [:]) -> String {
    let fields = [
      "path": #""bin/kubelet""#, "sha256": "\"\(Self.digest)\"", "size": "10", "role": #""binary""#,
      "name": #""kubelet""#,
      "version": #""v1.31.4""#, "arch": #""amd64""#, "images": "[]",
    ].merging(changes) { $1 }
    return "{" + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  }

  private func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: folder + "/content.json")) }

  private func problems(_ text: String) throws -> [EaselError] {
    try write(Array(text.utf8))
    return problems()
  }

  private func problems() -> [EaselError] {
    do {
      _ = try ContentFolder(path: folder)
      return []
    } catch { return (error as? EaselError)?.each ?? [] }
  }

  @Test func `a sound index is read`() throws {
    #expect(try problems(#"{"version":1,"items":[\#(item())]}"#).isEmpty)
  }

  @Test(
    "each fault of an index is told with the file and the field",
    arguments: [
      (["path": #""../../etc/shadow""#], "items[0].path"), (["path": #""/etc/shadow""#], "items[0].path"),
      (["path": #""bin/../../x""#], "items[0].path"), (["path": #""""#], "items[0].path"),
      (["path": #""bin//kubelet""#], "items[0].path"), (["path": "\"a\\u0000b\""], "items[0].path"),
      (["path": "7"], "items[0].path"), (["size": "-1"], "items[0].size"),
      (["size": "9223372036854775807"], "items[0].size"),
      (["size": "1e400"], "JSON"), (["size": #""big""#], "items[0].size"),
      (["sha256": #""\#(Self.digest.uppercased())""#], "items[0].sha256"), (["role": #""script""#], "items[0].role"),
      (["name": #""$(reboot)""#], "items[0].name"), (["colour": #""red""#], "items[0].colour"),
      (["images": #"["a b; reboot"]"#], "items[0].images"), (["arch": "null"], "items[0].arch"),
    ])
  func fault(changes: [String: String], field: String) throws {
    let found = try problems(#"{"version":1,"items":[\#(item(changes))]}"#)
    #expect(found.contains { $0.field == field || $0.message.contains(field) }, "\(found)")
    #expect(!found.isEmpty && found.allSatisfy { $0.file == folder + "/content.json" && $0.code.hasPrefix("Content") })
  }

  @Test func `all faults are told at once, and not more than anybody reads`() throws {
    let two = try problems(
      #"{"version":1,"items":[\#(item(["size": "0"])),\#(item(["role": #""x""#, "path": #""/x""#]))]}"#)
    #expect(Set(two.compactMap(\.field)).isSuperset(of: ["items[0].size", "items[1].role", "items[1].path"]))
    let twice = try problems(#"{"version":1,"items":[\#(item()),\#(item(["path": #""bin/other""#]))]}"#)
    #expect(twice.contains { $0.message.contains("two of binary kubelet v1.31.4") }, "\(twice)")
    let many = (0..<5000).map { item(["path": "\"/p\($0)\"", "size": "0"]) }.joined(separator: ",")
    #expect(try problems(#"{"version":1,"items":[\#(many)]}"#).count == 100)
  }

  @Test(
    "what is no index is refused and never read whole",
    arguments: [
      "", "[]", "null", "{", "{}", #"{"version":1}"#, #"{"version":1,"items":{}}"#,
      #"{"version":1,"items":[],"extra":1}"#,
      #"{"version":2,"items":[]}"#, String(repeating: "[", count: 100_000),
      String(repeating: "{\"a\":", count: 100_000),
    ])
  func noIndex(text: String) throws {
    let found = try problems(text)
    #expect(found.count == 1 && found[0].file == folder + "/content.json", "\(found)")
  }

  @Test func `bytes that are no text, a file that is too large, and what is no file are refused`() throws {
    try write(Array(#"{"version":1,"items":[],"#.utf8) + [0xff, 0xfe])
    #expect(problems().first?.message.contains("UTF-8") == true, "\(problems())")
    try write([UInt8](repeating: 0x20, count: Int(ContentFolder.mostBytes) + 1))
    #expect(problems().first?.message.contains("at most") == true)
    unlink(folder + "/content.json")
    #expect(problems().first?.message.contains("No such file") == true)
    mkfifo(folder + "/content.json", 0o600)
    #expect(problems().first?.message.contains("not a regular file") == true)
    unlink(folder + "/content.json")
    mkdir(folder + "/content.json", 0o700)
    #expect(problems().first?.message.contains("not a regular file") == true)
  }

  @Test func `a link that leads out of the folder is not followed, one inside is`() throws {
    mkdir(folder + "/bin", 0o700)
    #expect(try problems(#"{"version":1,"items":[\#(item())]}"#).isEmpty)
    let content = try ContentFolder(path: folder)
    #expect(try content.file(sha256: Self.digest) == folder + "/bin/kubelet")
    #expect(try content.file(sha256: String(repeating: "b", count: 64)) == nil)
    func code() -> String? {
      do {
        _ = try content.file(sha256: Self.digest)
        return nil
      } catch { return (error as? EaselError)?.code }
    }
    symlink("/etc/passwd", folder + "/bin/kubelet")
    #expect(code() == "ContentOutside")
    unlink(folder + "/bin/kubelet")
    try Data("0123456789".utf8).write(to: URL(filePath: folder + "/real"))
    symlink("../real", folder + "/bin/kubelet")
    #expect(code() == nil)
    unlink(folder + "/bin/kubelet")
    rmdir(folder + "/bin")
    symlink("/etc", folder + "/bin")
    symlink("/etc/passwd", site.path)
    #expect(code() == nil, "it is missing, which the copy says")
    unlink(folder + "/bin")
    mkdir(folder + "-beside", 0o700)
    try Data("0123456789".utf8).write(to: URL(filePath: folder + "-beside/kubelet"))
    symlink(folder + "-beside", folder + "/bin")
    #expect(code() == "ContentOutside", "a name that begins alike is no folder inside")
  }

  @Test func `an engine takes up another folder, a changed index, and that one cannot be read`() throws {
    let other = folder + "-2"
    mkdir(other, 0o700)
    let source = ContentSource(path: nil)
    #expect(source.current().index.items.isEmpty && source.current().failure == nil)
    try write(Array(#"{"version":1,"items":[\#(item())]}"#.utf8))
    source.use(path: folder)
    #expect(source.current().index.items.map(\.name) == ["kubelet"])
    try write(Array(#"{"version":1,"items":[\#(item()),\#(item(["name": #""kubeadm""#, "path": #""a""#]))]}"#.utf8))
    #expect(source.current().index.items.count == 2)
    try write(Array("{".utf8))
    #expect(source.current().index.items.isEmpty && source.current().failure?.code == "ContentUnreadable")
    source.use(path: other)
    #expect(source.current().failure?.message.contains(other) == true)
    try Data(#"{"version":1,"items":[]}"#.utf8).write(to: URL(filePath: other + "/content.json"))
    #expect(source.current().failure == nil, "what can be read again is read again")
  }

  @Test(.timeLimit(.minutes(2)))
  func `a real site without content makes no cluster until a folder is named, and a broken one is in no other way`()
    async throws
  {
    try #require(try await site.easel("site", "init", "--name", "real").status == 0)
    let store = try SQLiteStore.open(directory: site.path, create: false)
    var host = Host(
      metadata: Metadata(name: "one", uid: "host-one", createdAt: .wallClock()),
      spec: Host.Spec(transport: .ssh, address: "192.0.2.9"))
    host.status.phase = .ready
    try store.write(epoch: nil) { try $0.put(.host(host), expecting: 0) }
    let create = ["create", "cluster", "edge", "--control-plane", "1", "--version", "v1.31.4", "--yes"]
    let none = try await site.easel(create)
    #expect(none.status == 3 && none.errors.contains(" site set --content DIR"), "\(none.errors)")
    #expect(try await site.easel("site", "set", "--content", folder).status == 1, "there is no index")
    try write(Array(#"{"version":1,"items":[\#(item())]}"#.utf8))
    let set = try await site.easel("site", "set", "--content", folder)
    #expect(set.status == 0 && set.errors.contains("note:"), "what it lists is not there: \(set.errors)")
    #expect(try await site.easel("get", "site", "-o", "json").output.contains(folder))
    let lacks = try await site.easel(create)
    #expect(lacks.status == 3 && lacks.errors.contains("binary kubeadm v1.31.4"), "\(lacks.errors)")
    try write(Array("{".utf8))
    #expect(try await site.easel(create).status == 1)
    let preview = try await site.easel("host", "shutdown", "one", "--dry-run")
    #expect(preview.status == 0 && preview.output.contains("one"), "\(preview.output)\(preview.errors)")
    #expect(try await site.easel("host", "maintenance", "one", "on").status == 0)
    #expect(try await site.easel("site", "set", "--content", "relative").status != 0)
    #expect(try await site.easel("site", "set").status == 2)
    let simulated = try TestSite()
    try #require(try await simulated.easel("site", "init", "--simulated", "1").status == 0)
    try write(Array(#"{"version":1,"items":[\#(item())]}"#.utf8))
    #expect(try await simulated.easel("site", "set", "--content", folder).status == 3)
  }
}
