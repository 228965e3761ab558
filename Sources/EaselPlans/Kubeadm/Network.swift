internal import EaselHostPlan
internal import EaselModel

/// `bridge-routes`: a bridge with a /24 on each machine, and a route to every other machine's.
extension KubeadmPlan {
  /// Marks our routes in the kernel, so that those of departed members are found again.
  static let routeProtocol = "73"

  /// Lays the current member list on a member.
  func connect() -> [PlanStep] { routes() + hosts() }

  func network() -> [PlanStep] {
    [
      PlanStep(
        "write-network", "Write the pod network's configuration",
        .write(FileSpec(path: Paths.network, text: networkConfiguration)), undo: .remove([Paths.network]))
    ]
  }

  private var networkConfiguration: String {
    """
    {
      "cniVersion": "0.4.0",
      "name": "easel",
      "plugins": [
        {
          "type": "bridge",
          "bridge": "cni0",
          "isGateway": true,
          "ipMasq": false,
          "hairpinMode": true,
          "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": "\(member.podCIDR)"}]],
            "routes": [{"dst": "0.0.0.0/0"}]
          }
        },
        {"type": "portmap", "capabilities": {"portMappings": true}}
      ]
    }

    """
  }

  /// Written to be laid again at each boot, and laid now; routes of machines that are members no more are taken away.
  func routes() -> [PlanStep] {
    let lines = context.others.filter { $0.nodeName != member.nodeName }.sorted { $0.nodeName < $1.nodeName }
      .map { "route replace \($0.podCIDR) via \($0.address) proto \(Self.routeProtocol)\n" }
    return [
      PlanStep(
        "write-routes", "Write the routes to \(lines.count) other machine\(lines.count == 1 ? "" : "s")",
        .write(FileSpec(path: Paths.routes, text: lines.joined())), undo: .remove([Paths.routes])),
      PlanStep(
        "write-network-script", "Write what lays the routes",
        .write(FileSpec(path: Paths.networkScript, mode: 0o755, text: networkScript)),
        undo: .remove([Paths.networkScript])),
      PlanStep(
        "write-routes-unit", "Write the unit of the routes",
        .write(FileSpec(path: Paths.routesUnit, text: Self.routesUnit)), undo: .remove([Paths.routesUnit])),
      PlanStep("reload-routes-unit", "Tell systemd about the unit of the routes", .reloadUnits),
      PlanStep(
        "apply-routes", "Lay the routes now", .run(Command(["/bin/sh", Paths.networkScript])),
        check: .idempotent(because: "each route is replaced by itself, and only our own are ever removed")),
      PlanStep(
        "enable-routes", "Lay the routes at each boot",
        .run(Command(["systemctl", "enable", "easel-routes.service"])),
        check: .command(["systemctl", "is-enabled", "--quiet", "easel-routes.service"])),
    ]
  }

  /// Pods keep their addresses among each other; only what leaves the pod network takes the host's.
  private var networkScript: String {
    """
    #!/bin/sh
    # Lays this member's routes to the other members' pods. Written by easel.
    ip -force -batch \(Paths.routes) || exit 1
    ip -4 route show proto \(Self.routeProtocol) | while read -r net rest; do
      grep -qF -e "route replace $net via" \(Paths.routes) || ip -4 route del "$net" proto \(Self.routeProtocol)
    done
    iptables -w 30 -t nat -C POSTROUTING \(masquerade) 2>/dev/null ||
      iptables -w 30 -t nat -A POSTROUTING \(masquerade)

    """
  }

  private var masquerade: String {
    "-s \(member.podCIDR) ! -d \(context.clusterPodCIDR) -m comment --comment easel-masquerade -j MASQUERADE"
  }

  private static let routesUnit = """
    [Unit]
    Description=Routes to the other members' pods (easel)
    Wants=network-online.target
    After=network-online.target systemd-networkd.service NetworkManager.service
    ConditionPathExists=/etc/easel/network.sh

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    ExecStart=/bin/sh /etc/easel/network.sh

    [Install]
    WantedBy=multi-user.target

    """

  /// The node's own name resolves, and so does an endpoint that Easel made up.
  func hosts() -> [PlanStep] {
    var lines = "\(member.address) \(member.nodeName)\n"
    if keepsEndpointInHosts && !context.endpointAddress.isEmpty {
      lines += "\(context.endpointAddress) \(endpointHost)\n"
    }
    return [
      PlanStep(
        "write-hosts", "Let \(endpointHost) and the node's name resolve",
        .block(path: "/etc/hosts", marker: "easel", text: lines),
        undo: .block(path: "/etc/hosts", marker: "easel", text: ""))
    ]
  }
}
