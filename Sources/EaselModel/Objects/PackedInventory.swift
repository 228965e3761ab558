/// The size of a host: the part of its inventory that lists, sums and choices need of many hosts at a time.
package struct Hardware: Sendable, Hashable {
  package var cpuCount: Int
  package var memoryBytes: Int64
  /// Of all disks together.
  package var diskBytes: Int64 = 0
  package var freeDiskBytes: Int64 = 0
  /// The used share, 0...1, of the disk that is fullest; nil when there is none.
  package var fullestDisk: Double?
}

/// An inventory as a row of bytes, a third of its size: every host of a site has one, and few are looked at at a time.
struct PackedInventory: Hashable, Sendable {
  private let bytes: PackedRow

  init(_ inventory: Inventory) {
    var writer = PackedWriter()
    writer.add(word: inventory.architecture)
    writer.add(word: inventory.operatingSystem)
    writer.add(inventory.cpuCount)
    writer.add(inventory.memoryBytes)
    writer.add(inventory.disks) { writer, disk in
      writer.add(word: disk.mountPoint)
      writer.add(disk.totalBytes)
      writer.add(disk.freeBytes)
    }
    writer.add(inventory.hostname)
    writer.add(word: inventory.kernel)
    writer.add(word: inventory.cgroupMode)
    writer.add(inventory.canSetOOMScore)
    writer.add(inventory.swapBytes)
    writer.add(inventory.hasKernelModules)
    writer.add(UID(inventory.machineID))
    writer.add(inventory.productUUID)
    writer.add(inventory.interfaces) { writer, interface in
      writer.add(word: interface.name)
      writer.add(interface.hardwareAddress)
      writer.add(interface.addresses) { $0.add($1) }
      writer.add(interface.up)
    }
    writer.add(inventory.clockSkewSeconds != nil)
    if let skew = inventory.clockSkewSeconds { writer.add(bits: skew.bitPattern) }
    bytes = writer.packed
  }

  var inventory: Inventory {
    var reader = PackedReader(bytes)
    let (architecture, operatingSystem) = (reader.word(), reader.word())
    let cpuCount = reader.count()
    let memoryBytes = reader.integer()
    let disks = reader.list {
      Inventory.Disk(mountPoint: $0.word(), totalBytes: $0.integer(), freeBytes: $0.integer())
    }
    return Inventory(
      hostname: reader.string(), architecture: architecture, operatingSystem: operatingSystem, kernel: reader.word(),
      cpuCount: cpuCount, memoryBytes: memoryBytes, cgroupMode: reader.word(), canSetOOMScore: reader.flag(),
      swapBytes: reader.integer(), hasKernelModules: reader.flag(), machineID: UID(packed: &reader).text,
      productUUID: reader.string(), disks: disks,
      interfaces: reader.list {
        Inventory.Interface(
          name: $0.word(), hardwareAddress: $0.string(), addresses: $0.list { $0.string() }, up: $0.flag())
      }, clockSkewSeconds: reader.flag() ? Double(bitPattern: reader.bits()) : nil)
  }

  /// What is asked of many hosts at a time stands first.
  var architecture: String {
    var reader = PackedReader(bytes)
    return reader.word()
  }

  var operatingSystem: String {
    var reader = PackedReader(bytes)
    reader.skipWord()
    return reader.word()
  }

  var hardware: Hardware {
    var reader = PackedReader(bytes)
    reader.skipWord()
    reader.skipWord()
    var hardware = Hardware(cpuCount: reader.count(), memoryBytes: reader.integer())
    for _ in 0..<reader.count() {
      reader.skipWord()
      let (total, free) = (reader.integer(), reader.integer())
      hardware.diskBytes += total
      hardware.freeDiskBytes += free
      if total > 0 { hardware.fullestDisk = max(hardware.fullestDisk ?? 0, Double(total - free) / Double(total)) }
    }
    return hardware
  }
}

extension PackedInventory: Codable {
  init(from decoder: any Decoder) throws { self.init(try Inventory(from: decoder)) }
  func encode(to encoder: any Encoder) throws { try inventory.encode(to: encoder) }
}

extension PackedInventory: Packable {
  func pack(into writer: inout PackedWriter) {
    writer.add(bytes.count)
    writer.add(bytes)
  }

  init(packed reader: inout PackedReader) { bytes = reader.row() }
}
