#!/bin/bash
# lab.sh up|down|status|build|exec|power-cut|power-on: four real hosts on this machine, each with systemd, sshd, containerd and an address of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for part in common cgroups requirements network hosts build; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done

# One command at a time for one lab; different labs do not wait for each other.
lab_locked() {
  mkdir -p "$LAB_STATE"
  exec 7>"$LAB_STATE/lock"
  flock --timeout 600 7 || die "another command has held $LAB_STATE/lock for 10 minutes"
}

write_keys() {
  [[ -f $LAB_STATE/id_ed25519 ]] || ssh-keygen -q -t ed25519 -N '' -C "$LAB_PREFIX" -f "$LAB_STATE/id_ed25519"
}

# What clients inside the namespace need: an ssh configuration, the hosts' keys as they are on disk, and a file to source.
write_client_files() {
  local host key
  : >"$LAB_STATE/known_hosts"
  : >"$LAB_STATE/known_hosts.empty"
  {
    echo "# Only for clients inside the namespace $LAB_NETNS."
    printf 'Host %s\n  User root\n' "${LAB_HOSTS[*]} 10.79.0.2?"
    printf '  IdentityFile %s\n  IdentitiesOnly yes\n' "$LAB_STATE/id_ed25519"
    printf '  UserKnownHostsFile %s\n  StrictHostKeyChecking yes\n' "$LAB_STATE/known_hosts"
    for host in "${LAB_HOSTS[@]}"; do printf 'Host %s\n  HostName %s\n' "$host" "$(lab_address "$host")"; done
  } >"$LAB_STATE/ssh_config"
  sed "s|known_hosts\$|known_hosts.empty|" "$LAB_STATE/ssh_config" >"$LAB_STATE/ssh_config.unknown"
  {
    printf 'LAB_ID=%q\nLAB_NETNS=%q\nLAB_STATE=%q\nLAB_CONTENT=%q\n' "$LAB_ID" "$LAB_NETNS" "$LAB_STATE" "$LAB_CONTENT"
    printf 'LAB_SSH_CONFIG=%q\nLAB_SSH_CONFIG_UNKNOWN=%q\nLAB_KEY=%q\nLAB_KNOWN_HOSTS=%q\n' "$LAB_STATE/ssh_config" \
      "$LAB_STATE/ssh_config.unknown" "$LAB_STATE/id_ed25519" "$LAB_STATE/known_hosts"
    printf 'LAB_SUDO_USER=op\nLAB_SUDO_PASSWORD=easel-lab-op\n'
    for host in "${LAB_HOSTS[@]}"; do
      key=$(lab_host_dir "$host")/root/etc/ssh/ssh_host_ed25519_key.pub
      printf '%s,%s %s\n' "$host" "$(lab_address "$host")" "$(cut -d' ' -f1,2 "$key")" >>"$LAB_STATE/known_hosts"
      printf 'LAB_ADDRESS_%s=%s\n' "$host" "$(lab_address "$host")"
      printf 'LAB_HOST_KEY_%s=%s\n' "$host" "$(ssh-keygen -lf "$key" | cut -d' ' -f2)"
    done
  } >"$LAB_STATE/lab-env"
}

lab_up() {
  [[ $EUID == 0 ]] || die "not permitted here: the lab needs root (user id 0), this is user id $EUID"
  local host waiting=()
  install_missing "${LAB_COMMANDS[@]}"
  lab_locked
  check_privileges
  build_all
  LAB_MISSING=()
  probe "systemd-nspawn containers" probe_nspawn "$LAB_BASE/root"
  [[ ${#LAB_MISSING[@]} == 0 ]] || die "cannot start: a missing privilege, named above"
  nspawn_runtime
  guard_route
  write_keys
  for host in "${LAB_HOSTS[@]}"; do
    host_running "$host" || waiting+=("$host")
    host_start "$host"
  done
  write_client_files
  step "${#waiting[@]} hosts started" wait_ready "${LAB_HOSTS[@]}"
  route_refuses || die "the machine's own namespace has a route to $LAB_SUBNET"
  say "up; source $LAB_STATE/lab-env; run clients with: ip netns exec $LAB_NETNS ..."
}

lab_down() {
  [[ $EUID == 0 ]] || die "needs root"
  if [[ ! -d $LAB_STATE && ! -e /run/netns/$LAB_NETNS ]]; then say "not up"; unguard_route; return; fi
  lab_locked
  local host
  for host in "${LAB_HOSTS[@]}"; do host_stop "$host"; done
  for host in "${LAB_HOSTS[@]}"; do host_remove "$host"; done
  network_down
  rm -rf --one-file-system "$LAB_STATE"
  unguard_route
  say "down"
}

# A host that dies without a word, and comes back with what was on its disk.
lab_power_cut() { lab_locked; host_stop "$1"; }
lab_power_on() {
  lab_locked
  route_refuses || die "the machine's own namespace has a route to $LAB_SUBNET"
  host_start "$1"
  wait_ready "$1"
}

lab_status() {
  local host pid state ssh up started
  printf '%-6s %-12s %-10s %-8s %-9s %s\n' HOST ADDRESS STATE PID UPTIME SSH
  for host in "${LAB_HOSTS[@]}"; do
    state=down pid=- up=- ssh=-
    if pid=$(recorded_process "$(lab_host_dir "$host")/nspawn.pid"); then
      state=running
      started=$(start_time "$pid")
      up=$(awk -v s="$started" -v hz="$(getconf CLK_TCK)" '{ t = int($1 - s / hz); printf "%d:%02d:%02d", t / 3600, t % 3600 / 60, t % 60 }' /proc/uptime)
      ssh=no
      if in_lab ssh -F "$LAB_STATE/ssh_config" -o BatchMode=yes -o ConnectTimeout=2 "$host" true 2>/dev/null; then ssh=yes; fi
    else
      pid=-
      if host_running "$host"; then state=rebooting; fi
    fi
    printf '%-6s %-12s %-10s %-8s %-9s %s\n' "$host" "$(lab_address "$host")" "$state" "$pid" "$up" "$ssh"
  done
}

main() {
  case ${1:-} in
    up) step "lab up" lab_up ;;
    down) step "lab down" lab_down ;;
    status) lab_status ;;
    build) install_missing "${LAB_COMMANDS[@]}"; build_all ;;
    exec) shift; in_lab "$@" ;;
    power-cut) lab_power_cut "$2" ;;
    power-on) step "$2 started" lab_power_on "$2" ;;
    *) echo "usage: lab.sh up|down|status|build|exec COMMAND...|power-cut HOST|power-on HOST" >&2; exit 2 ;;
  esac
}

main "$@"; exit  # one line: an edit of this file while it runs changes nothing
