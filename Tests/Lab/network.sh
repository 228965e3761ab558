# network.sh: the bridge's namespace, the hosts' namespaces, and the guard in the machine's own namespace; sourced.
# shellcheck shell=bash

registry_locked() { ( flock 8; "$@" ) 8>"$LAB_REGISTRY/lock"; }

# True if the machine's own namespace refuses to send to the lab at once.
route_refuses() { ! ip route get "$LAB_GATEWAY" >/dev/null 2>&1 && ! ip route get "$(lab_address lab1)" >/dev/null 2>&1; }

# The lab's addresses exist only inside its namespaces. Without this route the machine would send what is meant for them out of
# its default route: so it is there, and tried, before any host starts. Makes the bridge as well.
guard_route() {
  mkdir -p "$LAB_REGISTRY/labs"
  registry_locked guard_route_locked
  route_refuses || die "the machine's own namespace still has a route to $LAB_SUBNET: no host is started"
}
guard_route_locked() {
  if ! ip route show "unreachable $LAB_SUBNET" 2>/dev/null | grep -q . && ! ip route show type unreachable | grep -qF "$LAB_SUBNET"; then
    ip route add unreachable "$LAB_SUBNET" || return 1
    touch "$LAB_REGISTRY/route-added"
  fi
  echo "$LAB_STATE" >"$LAB_REGISTRY/labs/$LAB_ID"
  bridge_up                            # a registered lab counts only while its bridge is there: both under one lock
}

# The last lab to go takes away what labs share: the route, if one of them added it, and nspawn's tmpfs.
unguard_route() { [[ ! -d $LAB_REGISTRY ]] || registry_locked unguard_route_locked; }
unguard_route_locked() {
  local other
  rm -f "$LAB_REGISTRY/labs/$LAB_ID"
  for other in "$LAB_REGISTRY"/labs/*; do
    [[ -e $other ]] || continue
    # a lab whose bridge is gone did not end well, and does not count
    if [[ -e /run/netns/easel-${other##*/}-net ]]; then return 0; fi
    rm -f "$other"
  done
  if [[ -e $LAB_REGISTRY/route-added ]]; then
    ip route del unreachable "$LAB_SUBNET" 2>/dev/null || true
    rm -f "$LAB_REGISTRY/route-added"
  fi
  if [[ -e $LAB_REGISTRY/nspawn-mounted ]]; then
    umount -l /run/systemd/nspawn 2>/dev/null || true
    rm -f "$LAB_REGISTRY/nspawn-mounted"
  fi
}

# nspawn wants a mount of its own there, which a machine whose init is not systemd does not have.
nspawn_runtime() { mkdir -p "$LAB_REGISTRY/labs"; registry_locked nspawn_runtime_locked; }
nspawn_runtime_locked() {
  mountpoint -q /run/systemd/nspawn && return 0
  [[ $(stat -fc %T /run) != tmpfs || ! -d /run/systemd/system ]] || return 0
  mkdir -p /run/systemd/nspawn
  mount -t tmpfs -o mode=0755 tmpfs /run/systemd/nspawn
  touch "$LAB_REGISTRY/nspawn-mounted"
}

netns_exists() { [[ -e /run/netns/$1 ]]; }

bridge_up() {
  netns_exists "$LAB_NETNS" && return 0
  ip netns add "$LAB_NETNS"
  ip netns exec "$LAB_NETNS" sysctl -qw net.ipv4.ip_forward=0
  ip -n "$LAB_NETNS" link set lo up
  ip -n "$LAB_NETNS" link add br0 type bridge
  ip -n "$LAB_NETNS" addr add "$LAB_GATEWAY/24" dev br0
  ip -n "$LAB_NETNS" link set br0 up
}

# Both ends of the cable are made inside the namespaces: the machine's own never has a link to the lab.
host_network_up() {
  local host=$1 netns port=v${1#lab}
  netns=$(lab_host_netns "$host")
  netns_exists "$netns" || ip netns add "$netns"
  ip -n "$netns" link show eth0 >/dev/null 2>&1 && return 0
  ip -n "$netns" link set lo up
  # the address of the card stays the same over a reboot, as a real one's does: nobody's neighbour table goes stale
  ip -n "$LAB_NETNS" link add "$port" type veth peer name eth0 address "02:00:0a:4f:00:0${host#lab}" netns "$netns"
  ip -n "$LAB_NETNS" link set "$port" master br0 up
  ip -n "$netns" addr add "$(lab_address "$host")/24" dev eth0
  ip -n "$netns" link set eth0 up
  # leads to the bridge's namespace and ends there; without it a host could not even route to a service address
  ip -n "$netns" route add default via "$LAB_GATEWAY"
}

# The cable goes first, and at once: the kernel takes a namespace apart later, when it has time, and until then the name of the port
# is taken.
host_network_down() {
  ip -n "$LAB_NETNS" link del "v${1#lab}" 2>/dev/null || true
  ip netns del "$(lab_host_netns "$1")" 2>/dev/null || true
}

network_down() {
  local host
  for host in "${LAB_HOSTS[@]}"; do host_network_down "$host"; done
  ip netns del "$LAB_NETNS" 2>/dev/null || true
  ip netns del "$LAB_PREFIX-probe" 2>/dev/null || true
}
