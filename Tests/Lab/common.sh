# common.sh: names, paths, messages, timing and process identity for the lab's scripts; sourced, never run.
# shellcheck shell=bash disable=SC2034

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_CHECKOUT=$(cd "$LAB_DIR/../.." && pwd)

# Everything that the lab makes carries this id, so that two checkouts never touch each other's.
LAB_ID=${EASEL_LAB_ID:-$(printf '%s' "$LAB_CHECKOUT" | sha256sum | cut -c1-8)}
[[ $LAB_ID =~ ^[a-z0-9]{1,8}$ ]] || { echo "lab: EASEL_LAB_ID must be 1 to 8 characters a-z0-9, not '$LAB_ID'" >&2; exit 2; }

LAB_CACHE=${EASEL_LAB_CACHE:-/var/cache/easel-lab}
LAB_STATE=${EASEL_LAB_STATE:-/var/lib/easel-lab}/$LAB_ID
LAB_REGISTRY=/run/easel-lab            # shared by all labs on this machine: who is up, who added the route
LAB_PREFIX=easel-$LAB_ID               # namespaces, cgroups and nspawn machines are $LAB_PREFIX-something
LAB_NETNS=$LAB_PREFIX-net              # the namespace of the bridge; every client runs in it
LAB_SUBNET=10.79.0.0/24
LAB_GATEWAY=10.79.0.1
LAB_HOSTS=(lab1 lab2 lab3 lab4)
LAB_SUITE=bookworm
LAB_VERSIONS=(1.20.2 1.20.4)           # the Kubernetes patch versions that the one source is stamped as

lab_address() { echo "10.79.0.2${1#lab}"; }
lab_host_netns() { echo "$LAB_PREFIX-$1"; }
lab_host_dir() { echo "$LAB_STATE/hosts/$1"; }

say() { printf 'lab: %s\n' "$*" >&2; }
die() { printf 'lab: %s\n' "$*" >&2; exit 1; }

# step TITLE COMMAND...: runs the command and prints its time. (A bare call: an `||` would switch `set -e` off inside.)
step() {
  local title=$1 start
  shift
  start=$(date +%s%N)
  LAB_STEPS+=("$title")
  "$@"
  unset 'LAB_STEPS[-1]'
  printf 'lab: %-34s %7s s\n' "$title" "$(awk -v n="$(($(date +%s%N) - start))" 'BEGIN { printf "%.1f", n / 1e9 }')" >&2
}
LAB_STEPS=()
failed_step() { local status=$?; [[ $status == 0 || ${#LAB_STEPS[@]} == 0 ]] || say "failed in: ${LAB_STEPS[*]}"; }
trap failed_step EXIT

# in_lab COMMAND...: runs a client inside the lab's namespace, the only place from which the hosts can be reached.
in_lab() { ip netns exec "$LAB_NETNS" "$@"; }

# A process is known by its pid and its start time (field 22 of /proc/PID/stat); a pid alone may have been used again.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }                    # the name in field 2 may hold blanks and parentheses
  set -- $stat
  echo "${20}"
}
record_process() { echo "$1 $(start_time "$1")" >"$2.new" && mv "$2.new" "$2"; }
recorded_process() {                   # prints the pid of a record if that very process still lives
  local pid started
  [[ -f $1 ]] && read -r pid started <"$1" || return 1
  [[ -n $started && $(start_time "$pid") == "$started" ]] || return 1
  [[ $(cut -d' ' -f3 <"/proc/$pid/stat" 2>/dev/null) != Z ]] || return 1
  echo "$pid"
}
end_recorded() {                       # end_recorded FILE SIGNAL: true if a signal was sent
  local pid
  pid=$(recorded_process "$1") || return 1
  kill -s "$2" "$pid" 2>/dev/null
}
