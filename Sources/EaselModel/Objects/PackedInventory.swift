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
  private let bytes: [UInt8]

  init(_ inventory: Inventory) {
    var writer = Writer()
    writer.add(inventory.architecture)
    writer.add(Int64(inventory.cpuCount))
    writer.add(inventory.memoryBytes)
    writer.add(inventory.disks) { writer, disk in
      writer.add(disk.mountPoint)
      writer.add(disk.totalBytes)
      writer.add(disk.freeBytes)
    }
    writer.add(inventory.hostname)
    writer.add(inventory.operatingSystem)
    writer.add(inventory.kernel)
    writer.add(inventory.cgroupMode)
    writer.add(inventory.canSetOOMScore)
    writer.add(inventory.swapBytes)
    writer.add(inventory.hasKernelModules)
    writer.add(inventory.machineID)
    writer.add(inventory.productUUID)
    writer.add(inventory.interfaces) { writer, interface in
      writer.add(interface.name)
      writer.add(interface.hardwareAddress)
      writer.add(interface.addresses) { $0.add($1) }
      writer.add(interface.up)
    }
    writer.add(inventory.clockSkewSeconds != nil)
    if let skew = inventory.clockSkewSeconds { writer.add(Int64(bitPattern: skew.bitPattern)) }
    // With no room to spare.
    bytes = writer.bytes.withUnsafeBufferPointer { Array($0) }
  }

  var inventory: Inventory {
    var reader = Reader(bytes: bytes)
    let architecture = reader.string()
    let cpuCount = Int(reader.integer())
    let memoryBytes = reader.integer()
    let disks = reader.list {
      Inventory.Disk(mountPoint: $0.string(), totalBytes: $0.integer(), freeBytes: $0.integer())
    }
    return Inventory(
      hostname: reader.string(), architecture: architecture, operatingSystem: reader.string(), kernel: reader.string(),
      cpuCount: cpuCount, memoryBytes: memoryBytes, cgroupMode: reader.string(), canSetOOMScore: reader.flag(),
      swapBytes: reader.integer(), hasKernelModules: reader.flag(), machineID: reader.string(),
      productUUID: reader.string(), disks: disks,
      interfaces: reader.list {
        Inventory.Interface(
          name: $0.string(), hardwareAddress: $0.string(), addresses: $0.list { $0.string() }, up: $0.flag())
      }, clockSkewSeconds: reader.flag() ? Double(bitPattern: UInt64(bitPattern: reader.integer())) : nil)
  }

  /// What is asked of many hosts at a time stands first.
  var architecture: String {
    var reader = Reader(bytes: bytes)
    return reader.string()
  }

  var hardware: Hardware {
    var reader = Reader(bytes: bytes)
    reader.skipString()
    var hardware = Hardware(cpuCount: Int(reader.integer()), memoryBytes: reader.integer())
    for _ in 0..<reader.integer() {
      reader.skipString()
      let (total, free) = (reader.integer(), reader.integer())
      hardware.diskBytes += total
      hardware.freeDiskBytes += free
      if total > 0 { hardware.fullestDisk = max(hardware.fullestDisk ?? 0, Double(total - free) / Double(total)) }
    }
    return hardware
  }

  private struct Writer {
    var bytes: [UInt8] = []

    /// Seven bits at a time, the lowest first; the sign is the lowest bit of all.
    mutating func add(_ value: Int64) {
      var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
      while rest > 127 {
        bytes.append(UInt8(rest & 127) | 128)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }

    mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func add(_ text: String) {
      add(Int64(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }

    mutating func add<Element>(_ list: [Element], _ element: (inout Writer, Element) -> Void) {
      add(Int64(list.count))
      for item in list { element(&self, item) }
    }
  }

  /// Reads what `Writer` wrote in this process, and so trusts it.
  private struct Reader {
    let bytes: [UInt8]
    var place = 0

    mutating func integer() -> Int64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while bytes[place] > 127 {
        value |= UInt64(bytes[place] & 127) << shift
        shift += 7
        place += 1
      }
      value |= UInt64(bytes[place]) << shift
      place += 1
      return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func flag() -> Bool {
      place += 1
      return bytes[place - 1] == 1
    }

    mutating func string() -> String {
      let count = Int(integer())
      place += count
      return String(decoding: bytes[place - count..<place], as: UTF8.self)
    }

    mutating func skipString() {
      let count = Int(integer())
      place += count
    }

    mutating func list<Element>(_ element: (inout Reader) -> Element) -> [Element] {
      let count = Int(integer())
      return (0..<count).map { _ in element(&self) }
    }
  }
}

extension PackedInventory: Codable {
  init(from decoder: any Decoder) throws { self.init(try Inventory(from: decoder)) }
  func encode(to encoder: any Encoder) throws { try inventory.encode(to: encoder) }
}
