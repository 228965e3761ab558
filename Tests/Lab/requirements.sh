# requirements.sh: installs what is missing and names the privilege that is; sourced by lab.sh.
# shellcheck shell=bash

LAB_COMMANDS=(systemd-nspawn:systemd-container mmdebstrap:mmdebstrap ssh:openssh-client ip:iproute2 flock:util-linux
  python3:python3 curl:curl jq:jq pgrep:procps)
LAB_BUILD_COMMANDS=(go:golang-go dpkg-source:dpkg-dev make:make rsync:rsync gcc:gcc)
LAB_BUILD_FILES=(/usr/share/gocode/src/github.com/modern-go/reflect2:golang-github-modern-go-reflect2-dev
  /usr/lib/x86_64-linux-gnu/libc.a:libc6-dev)

# Installs the packages of all COMMAND:PACKAGE or /PATH:PACKAGE pairs whose command or path is not there.
install_missing() {
  local pair packages=()
  for pair in "$@"; do
    if [[ $pair == /* ]]; then [[ -e ${pair%%:*} ]]; else command -v "${pair%%:*}" >/dev/null; fi || packages+=("${pair##*:}")
  done
  [[ ${#packages[@]} -gt 0 ]] || return 0
  command -v apt-get >/dev/null || die "needs the Debian packages ${packages[*]}, and there is no apt-get to install them with"
  [[ $EUID == 0 ]] || die "needs root to install the Debian packages ${packages[*]}"
  say "installing ${packages[*]}"
  refresh_package_lists
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}" >/dev/null ||
    die "apt-get could not install ${packages[*]}; run it by hand to see why"
}

# A fresh machine has no package lists, and the cache keys are made of them.
refresh_package_lists() {
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt-get update -q >/dev/null ||
    die "apt-get update failed; the lab is built from Debian packages"
}

# probe PRIVILEGE COMMAND...: the command must succeed, or the privilege is named and nothing is started.
probe() {
  local privilege=$1 output
  shift
  output=$("$@" 2>&1) && return 0
  printf 'lab: not permitted here: %s\nlab:   tried: %s\nlab:   it said: %s\n' "$privilege" "$*" "${output:-nothing}" >&2
  LAB_MISSING+=("$privilege")
}

probe_route() { ip route add unreachable 10.79.255.255/32 && ip route del unreachable 10.79.255.255/32; }
probe_veth() {
  unshare --net sh -c 'ip link add br0 type bridge && ip link add v0 type veth peer name v1 && ip link set v0 master br0'
}
probe_netns() {
  ip netns add "$LAB_PREFIX-probe" && ip netns exec "$LAB_PREFIX-probe" true && ip netns del "$LAB_PREFIX-probe"
}
probe_overlay() {
  local dir=$LAB_STATE/probe status=0
  mkdir -p "$dir"/{lower,upper,work,root}
  unshare --mount mount -t overlay overlay -o "lowerdir=$dir/lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root" || status=1
  rm -rf "$dir"
  return "$status"
}
probe_cgroups() {
  local root
  for root in $(cgroup_roots); do
    mkdir "$root/$LAB_PREFIX-probe" && rmdir "$root/$LAB_PREFIX-probe" || return 1
  done
}
probe_nspawn() {                       # needs the base tree
  nspawn_runtime
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network systemd-nspawn -q -D "$1" -M "$LAB_PREFIX-probe" --register=no --keep-unit \
    --volatile=yes --resolv-conf=off --timezone=off --link-journal=no --private-network --console=pipe /usr/bin/true </dev/null
}

# Everything that starting hosts takes, tried before anything is started.
check_privileges() {
  LAB_MISSING=()
  [[ $EUID == 0 ]] || die "not permitted here: the lab needs root (user id 0), this is user id $EUID"
  mkdir -p "$LAB_STATE"
  probe "network namespaces (CAP_SYS_ADMIN)" unshare --net true
  probe "mount namespaces and mounts (CAP_SYS_ADMIN)" unshare --mount mount -t tmpfs tmpfs /mnt
  probe "named network namespaces below /run/netns (mount --bind, mount propagation)" probe_netns
  probe "veth pairs and bridges (CAP_NET_ADMIN, kernel: veth, bridge)" probe_veth
  probe "routes in the machine's own namespace (CAP_NET_ADMIN)" probe_route
  probe "overlay mounts below $LAB_STATE (kernel: overlay, on a disk that is no overlay itself)" probe_overlay
  probe "cgroups: a directory in every hierarchy below /sys/fs/cgroup (read-write cgroup mounts)" probe_cgroups
  [[ ${#LAB_MISSING[@]} == 0 ]] || die "cannot start: ${#LAB_MISSING[@]} missing privilege(s), named above"
}
