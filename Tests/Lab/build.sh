# build.sh: the cache. Three parts, each keyed by the hash of its inputs, built under a lock, published by rename; sourced.
# shellcheck shell=bash

LAB_BASE_PACKAGES=(systemd systemd-sysv dbus udev openssh-server iproute2 iptables nftables ebtables conntrack ethtool socat kmod
  containerd runc containernetworking-plugins procps sudo zstd iputils-ping ca-certificates)

# package_versions PACKAGE...: asked once for all, as apt-cache takes a second each time.
package_versions() { awk 'FNR == NR { wanted[$1 ":"] = 1; next } $1 in wanted' <(printf '%s\n' "$@") <(echo "$LAB_PACKAGE_VERSIONS"); }
ask_package_versions() {
  [[ -z ${LAB_PACKAGE_VERSIONS:-} ]] || return 0
  refresh_package_lists
  LAB_PACKAGE_VERSIONS=$(apt-cache policy "${LAB_BASE_PACKAGES[@]}" kubernetes-client golang-go golang-github-modern-go-reflect2-dev \
    etcd-server etcd-client 2>/dev/null | awk '/^[^ ]/ { name = $1 } /Candidate:/ { print name, $2 }' | sort -u)
}

# part_key INPUT...: prints 16 hex digits; inputs that are files count by content, others as text.
part_key() {
  local input
  for input in "$@"; do
    if [[ -f $input ]]; then basename "$input"; cat "$input"; else echo "$input"; fi
  done | sha256sum | cut -c1-16
}

base_key() {
  part_key base "$LAB_SUITE" "$(dpkg --print-architecture)" "${LAB_BASE_PACKAGES[*]}" "$(package_versions "${LAB_BASE_PACKAGES[@]}")" \
    "$LAB_DIR"/build-base.sh "$LAB_DIR"/host/*
}
kubernetes_key() {
  part_key kubernetes "$LAB_SUITE" "${LAB_VERSIONS[*]}" \
    "$(package_versions kubernetes-client golang-go golang-github-modern-go-reflect2-dev)" "$LAB_DIR"/build-kubernetes.sh
}
content_key() {
  part_key content "$(base_key)" "$(kubernetes_key)" "$(package_versions etcd-server etcd-client)" \
    "$LAB_DIR"/build-content.sh "$LAB_DIR"/make-image.py "$LAB_DIR"/content/*
}

# build_part PART KEY SCRIPT ARGUMENT...: sets the variable LAB_<PART> to the published directory; builds it when missing.
build_part() {
  local part=$1 key=$2 script=$3 published=$LAB_CACHE/$1/$2 scratch=$LAB_CACHE/$1/.building
  shift 3
  mkdir -p "$LAB_CACHE/$part"
  declare -g "LAB_${part^^}=$published"
  if [[ -d $published ]]; then say "$(printf '%-34s   cached   %s' "$part" "$key")"; return; fi
  (
    flock --nonblock 9 || { say "another build of $part is running; waiting for it"; flock 9; }
    [[ ! -d $published ]] || exit 0    # built by another one meanwhile
    rm -rf "$scratch"
    mkdir -p "$scratch"
    step "$part: built" bash "$LAB_DIR/$script" "$scratch" "$@"
    sync -f "$scratch"
    mv -T "$scratch" "$published"
  ) 9>"$LAB_CACHE/$part.lock"
}

build_all() {
  install_missing "${LAB_COMMANDS[@]}"
  ask_package_versions
  local base kubernetes content
  base=$(base_key) kubernetes=$(kubernetes_key) content=$(content_key)
  build_part base "$base" build-base.sh "$LAB_SUITE" "${LAB_BASE_PACKAGES[@]}"
  [[ -d $LAB_CACHE/kubernetes/$kubernetes ]] || install_missing "${LAB_BUILD_COMMANDS[@]}" "${LAB_BUILD_FILES[@]}"
  build_part kubernetes "$kubernetes" build-kubernetes.sh "$LAB_CACHE/gocache" "${LAB_VERSIONS[@]}"
  [[ -d $LAB_CACHE/content/$content ]] || install_missing "${LAB_BUILD_COMMANDS[@]}" "${LAB_BUILD_FILES[@]}"
  build_part content "$content" build-content.sh "$LAB_BASE" "$LAB_KUBERNETES" "${LAB_VERSIONS[@]}"
}
