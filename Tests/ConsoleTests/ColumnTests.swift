import EaselModel
import EaselPlans
import EaselTerminal
import Testing

@testable import EaselConsole

/// No number of a list is cut, however large it is, at the widths that terminals have.
struct ColumnTests {
  /// A site whose numbers are as long as they get.
  private static var site: SiteView {
    var snapshot = Fixture.site.snapshot
    let long = Fixture.ago(86_399)
    for index in snapshot.hosts.indices {
      snapshot.hosts[index].spec.address = "192.168.100.20\(index)"
      snapshot.hosts[index].status.lastSeen = long
      var inventory = snapshot.hosts[index].status.inventory
      inventory?.memoryBytes = [25_233_000_000, 1_099_000_000_000, 107_269_000_000, 549_755_813_888][index % 4]
      inventory?.cpuCount = 128
      inventory?.disks = [.init(mountPoint: "/", totalBytes: 1 << 40, freeBytes: 0)]
      snapshot.hosts[index].status.inventory = inventory
    }
    for index in snapshot.clusters.indices {
      snapshot.clusters[index].metadata.createdAt = long
      snapshot.clusters[index].status.observedAt = long
      snapshot.clusters[index].status.kubernetesVersion = KubernetesVersion("v1.31.12")
      snapshot.clusters[index].spec.controlPlane.replicas = 7
      snapshot.clusters[index].status.workersReady = 100
    }
    for index in snapshot.machines.indices { snapshot.machines[index].spec.address = "192.168.100.20\(index)" }
    for index in snapshot.operations.indices {
      snapshot.operations[index].spec.requestedAt = long
      snapshot.operations[index].status.startedAt = long
      snapshot.operations[index].status.finishedAt = Fixture.now
    }
    for index in snapshot.tasks.indices {
      snapshot.tasks[index].status.startedAt = long
      snapshot.tasks[index].status.finishedAt = Fixture.now
    }
    return SiteView(
      snapshot, events: Fixture.site.events,
      audit: Fixture.site.audit.map { record in
        var record = record
        record.sequence += 123_456
        return record
      })
  }

  /// Columns that hold a number, a time, an address or a version, by their ids.
  private static let numbers: Set<String> = [
    "cpu", "memory", "disk", "seen", "address", "done", "took", "asked", "version", "control", "workers", "age", "time",
    "number", "hash", "size", "digest", "layers", "since", "try",
  ]

  private func check<Row>(_ columns: [ListColumn<Row>], _ rows: some Sequence<Row>, _ list: String) {
    var seen = 0
    for width in [80, 100, 120, 200] {
      let fitted = Column.fit(columns.map(\.shownLayout), width: width - 3)
      for (place, room) in fitted where Self.numbers.contains(columns[place].layout.id) {
        seen += 1
        for row in rows {
          let text = columns[place].cell(row).text
          #expect(CellText.width(of: text) <= room, "\(list) \(columns[place].layout.id) at \(width): \(text)")
        }
        let title = columns[place].shownLayout.title
        #expect(CellText.width(of: title) <= room, "\(list): \(title) at \(width)")
      }
    }
    #expect(seen > 0, "\(list) has numbers")
  }

  @Test func `numbers, times, addresses and versions are whole at every width`() throws {
    let site = Self.site
    check(HostsScreen.columns, HostsScreen.rows(site), "hosts")
    check(ClustersScreen.columns, ClustersScreen.rows(site), "clusters")
    check(OperationsScreen.columns, OperationsScreen.rows(site), "operations")
    check(EventsScreen.columns, EventsScreen.rows(site), "events")
    check(AuditScreen.columns, AuditScreen.rows(site), "audit")
    check(ProfilesScreen.columns, ProfilesScreen.rows(site), "profiles")
    check(NodeRow.columns, NodeRow.rows(try #require(site.cluster("edge")), site), "nodes")
    let since = Fixture.ago(86_399)
    let unit = HostUnit(name: "kubelet.service", title: "kubelet", state: "active", detail: "running", since: since)
    check(UnitList.columns, [UnitList.Row(unit: unit, now: Fixture.now)], "units")
    check(
      HostDetailScreen.taskColumns,
      site.snapshot.tasks.map { HostDetailScreen.TaskRow(task: $0, now: Fixture.now) }, "tasks")
    let item = ContentIndex.Item(
      path: "a", sha256: String(repeating: "a", count: 64), size: 1_072_693_248, role: "image", name: "kube-apiserver",
      version: "v1.31.12")
    check(ContentRow.columns, [ContentRow(item: item, verified: nil)], "content")
  }

  @Test(arguments: [80, 100, 120])
  func `the memory of hosts is read on the screen`(width: Int) async {
    let player = Player(FrozenSite(Self.site), size: Size(width: width, height: 24))
    await player.user.settle()
    await player.press(.c("3"))
    #expect(player.shows("23.5 GiB") && player.shows("99.9 GiB") && player.shows("512 GiB"), "\(player.screen)")
  }
}
