#!/bin/bash
# supervise.sh HOST: runs one host for as long as it wants to run, and starts it again when it reboots. Started by lab.sh.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cgroups.sh
. "$here/cgroups.sh"
# shellcheck source=network.sh
. "$here/network.sh"
host=$1
dir=$(lab_host_dir "$host")

# record_init NSPAWN: nspawn's death would leave the host running, so its process 1 is recorded as well: it takes all with it.
record_init() {
  local child
  while [[ -d /proc/$1 ]]; do
    for child in $(pgrep -P "$1"); do
      [[ $(awk '/^NSpid:/ { print $3 }' "/proc/$child/status" 2>/dev/null) == 1 ]] || continue
      record_process "$child" "$dir/init.pid"
      return
    done
    sleep 0.02
  done
}

record_process $BASHPID "$dir/supervisor.pid"
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
kmsg=()
[[ ! -e /dev/kmsg ]] || kmsg=(--bind=/dev/kmsg)

while :; do
  # nspawn runs in cgroups of the host's own; the subshell moves itself there and becomes nspawn
  (
    cgroup_join "$host" $BASHPID
    record_process $BASHPID "$dir/nspawn.pid"
    exec systemd-nspawn --quiet --directory="$dir/root" --machine="$LAB_PREFIX-$host" --hostname="$host" \
      --register=no --keep-unit --boot --console=pipe \
      --network-namespace-path="/run/netns/$(lab_host_netns "$host")" \
      --resolv-conf=off --timezone=off --link-journal=no \
      --capability=all --system-call-filter='@known @keyring bpf perf_event_open' "${kmsg[@]}" \
      --bind="$dir/containerd:/var/lib/containerd" --bind="$dir/kubelet:/var/lib/kubelet" --bind="$dir/etcd:/var/lib/etcd"
  ) &
  record_init $!
  wait $!
  status=$?
  echo "lab: $host ended with status $status at $(date +%T)"
  [[ $status == 133 ]] || break        # 133: a reboot was asked for from inside
  cgroup_remove "$host" || true
  host_network_down "$host"            # routes and firewall rules do not survive a reboot, as on a real host
  host_network_up "$host"
done
rm -f "$dir"/{supervisor,nspawn,init}.pid
