import EaselModel
import EaselRuntime
import EaselYAML
import Glibc

let applyCommand = CommandDefinition(
  name: "apply", summary: "Create or change what files describe",
  discussion:
    "A file holds clusters and hosts as `easel get -o yaml` prints them. All of them are accepted at once, in their order, or, if one\n"
    + "is refused, none: a cluster may name hosts that come before it, and waits until they are ready. With --wait the first\n"
    + "operation that does not succeed ends the waiting; the others go on.",
  options: [
    .value("filename", "FILE", "A YAML or JSON file; - is standard input", short: "f", repeats: true, completes: .files)
  ] + changeOptions, formats: OutputFormat.all
) { invocation in
  let manifests = try readManifests(invocation)
  let change = try Change(invocation)
  let snapshot = try change.gate.snapshot()
  try refuseDefects(of: manifests, in: snapshot)
  let changes = try changes(by: manifests, in: snapshot)
  if changes.isEmpty { return }
  try change.perform(changes.map(\.intent)) { changes[$0].manifest.placed($1) }
}

/// The changes that manifests ask for, in their order; says of which all is as the file says.
func changes(
  by manifests: [Manifest], in snapshot: SiteSnapshot
) throws -> [(manifest: Manifest, intent: Intent)] {
  let all = try manifests.map { manifest in
    do {
      return (manifest, try DefinedChange(manifest.record, generation: manifest.statedGeneration, in: snapshot))
    } catch let error as EaselError { throw manifest.placed(error) }
  }
  return all.compactMap { manifest, change in
    if let intent = change.intent { return (manifest, intent) }
    Terminal.out("\(change.kind.rawValue.lowercased())/\(change.name) is as the file says")
    return nil
  }
}

/// Everything that is wrong with the definitions themselves, of all files, before anything changes.
func refuseDefects(of manifests: [Manifest], in snapshot: SiteSnapshot) throws {
  let problems = manifests.flatMap { manifest in
    DefinedChange.defects(of: manifest.record, in: snapshot).flatMap { manifest.placed($0).each }
  }
  if let all = EaselError.all(problems) { throw all }
}

func readManifests(_ invocation: Invocation) throws -> [Manifest] {
  let files = invocation.all("filename")
  if files.isEmpty { throw invocation.usage("\(invocation.path) needs -f FILE") }
  var manifests: [Manifest] = []
  var problems: [EaselError] = []
  for file in files {
    do { manifests += try readManifests(file) } catch let error as EaselError { problems += error.each }
  }
  if let all = EaselError.all(problems) { throw all }
  guard !manifests.isEmpty else {
    let names = files.map { $0 == "-" ? "standard input" : $0 }.joined(separator: ", ")
    throw EaselError(
      .usage, "NoObjects", "no objects passed to \(invocation.command.name): \(names) holds none",
      advice: "see what a file holds with: easel get clusters -o yaml")
  }
  return manifests
}

private func readManifests(_ file: String) throws -> [Manifest] {
  if file == "-" { return try ManifestReader.read(bytes: readAll(0, "standard input"), file: "standard input") }
  func failure(_ why: String, _ category: EaselError.Category = .notFound) -> EaselError {
    EaselError(category, "FileUnreadable", "reading \(file): \(why)", advice: "check -f")
  }
  let descriptor = open(file, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw failure(errno == ENOENT ? "it is not there" : String(cString: strerror(errno)))
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
  switch status.st_mode & S_IFMT {
  case S_IFDIR: throw failure("it is a directory; name the files in it", .usage)
  // A device may never end; one that ends at once, such as /dev/null, holds nothing either.
  case S_IFCHR where isatty(descriptor) == 0, S_IFBLK: throw failure("it is a device, which holds no objects", .usage)
  default: return try ManifestReader.read(bytes: readAll(descriptor, file), file: file)
  }
}

/// All that comes out of a file or a pipe; one byte more than is taken says that it is too long.
private func readAll(_ descriptor: Int32, _ name: String) throws -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while bytes.count <= YAMLReader.mostBytes {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else {
      throw EaselError(.failed, "FileUnreadable", "reading \(name): \(String(cString: strerror(errno)))")
    }
    if count == 0 { break }
    bytes += buffer[..<count]
  }
  return bytes
}
