import EaselModel
import EaselStore
import Glibc
import Testing

/// What an object costs in memory: a console holds tens of thousands.
@Suite struct MemoryTests {
  @Test func anObjectIsOnePointer() {
    #expect(MemoryLayout<Host>.size == 8)
    #expect(MemoryLayout<Machine>.size == 8)
    #expect(MemoryLayout<Cluster>.size == 8)
    #expect(MemoryLayout<EaselModel.Operation>.size == 8)
    #expect(MemoryLayout<DurableTask>.size == 8)
    #expect(MemoryLayout<Packed<Host>>.size == 8)
    #expect(MemoryLayout<UID>.size <= 17)
    #expect(MemoryLayout<KubernetesVersion>.size <= 24)
  }

  @Test func aChangedCopyLeavesTheOriginal() {
    let original = host(1)
    var copy = original
    copy.status.phase = .notReady
    copy.metadata.labels["a"] = "b"
    #expect(original.status.phase == .ready && original.metadata.labels.isEmpty)
    #expect(copy.status.phase == .notReady && copy != original && copy.uid == original.uid)
  }

  @Test func anIdentityIsItsTextAndTheSamePathGivesTheSame() {
    for text in [
      "", "a", "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF",
      "g123456789abcdef0123456789abcdef",
    ] {
      #expect(UID(text).text == text)
    }
    let texts = ["00000000000000000000000000000001", "f0000000000000000000000000000000", "host-1", "z", "1"]
    #expect(texts.map { UID($0) }.sorted().map(\.text) == texts.sorted())
    let one = UID("operation").derived("machine-1")
    #expect(one == UID("operation").derived("machine-1") && one.text.utf8.count == 32)
    #expect(one != UID("operation").derived("machine-2") && one != UID("operation/machine-1").derived(""))
  }

  /// Measured as growth of the process, so it runs in one of its own.
  @Test func aSiteInMemoryTakesLessThanAKilobyteAnObject() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let count = 6000
      let directory = TemporaryDirectory()
      let writer = try SQLiteStore.open(directory: directory.path, create: true)
      for start in stride(from: 0, to: count, by: 500) {
        try writer.write(epoch: nil) { store in
          for number in start..<start + 500 { try store.put(.host(host(number)), expecting: 0) }
        }
      }
      let reader = try SQLiteStore.open(directory: directory.path, create: false, memory: .follower)
      _ = try reader.latestVersion()
      let before = residentBytes()
      var hosts: [Packed<Host>] = []
      try reader.read { try $0.each(.host) { if case .host(let host) = $0 { hosts.append(Packed(host)) } } }
      let each = (residentBytes() - before) / count
      precondition(hosts.count == count && each < 1000, "\(each) bytes a host")
      exit(0)
    }
  }
}

private func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, 128, file) != nil else { return 0 }
  let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
    separator: " ")
  return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
}

/// A host as a real one is: identities of its own, long ones.
private func host(_ number: Int) -> Host {
  let id = UID("site").derived("host-\(number)").text
  var host = Host(
    metadata: Metadata(name: "rack-\(number / 40)-node-\(number)", uid: UID(id), createdAt: .zero),
    spec: Host.Spec(
      transport: .ssh, address: "10.1.\(number / 250).\(number % 250)", hostKey: "SHA256:\(id)\(id.prefix(11))"))
  host.status.phase = .ready
  host.status.bootID = String(id.reversed())
  host.status.cluster = "cluster-\(number / 10)"
  host.status.conditions.set("Reachable", .yes, reason: "Answers", at: Timestamp(milliseconds: Int64(number)))
  host.status.inventory = Inventory(
    hostname: host.name, architecture: "x86_64", operatingSystem: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.1.0-31-amd64", cpuCount: 8, memoryBytes: 64 << 30, cgroupMode: "v2", canSetOOMScore: true, swapBytes: 0,
    hasKernelModules: true, machineID: id, productUUID: "\(id.prefix(16))-\(id.suffix(16))",
    disks: [
      .init(mountPoint: "/", totalBytes: 500 << 30, freeBytes: Int64(number) << 20),
      .init(mountPoint: "/var/lib", totalBytes: 900 << 30, freeBytes: Int64(number) << 21),
    ],
    interfaces: [
      .init(
        name: "eth0", hardwareAddress: "02:00:\(id.prefix(2)):00:00:01",
        addresses: ["10.1.0.1/16", "fe80::\(id.prefix(4))/64"], up: true)
    ], clockSkewSeconds: 0.01)
  return host
}
