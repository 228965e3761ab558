#!/bin/bash
# lab-selftest.sh: tests of the lab itself. Brings a lab of its own up (instance id "selftest") and takes it down again.
set -uo pipefail
export EASEL_LAB_ID=${EASEL_LAB_ID:-selftest}
here=$(cd "$(dirname "$0")" && pwd)
for part in common cgroups network; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done
passed=0 failed=0

check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1)); echo "ok      $name"
  else
    failed=$((failed + 1)); echo "FAILED  $name"; printf '%s\n' "$output" | sed 's/^/        /'
  fi
}
not() { ! "$@"; }
on() { local host=$1; shift; in_lab ssh -F "$LAB_STATE/ssh_config" -o BatchMode=yes -o ConnectTimeout=5 "$host" "$@"; }

# The errors of a connect that never left the machine; a time-out would mean that something was sent.
connect_fails_at_once() {
  local output
  route_refuses || { echo "not tried: there is a route"; return 1; }
  output=$(LC_ALL=C timeout 2 bash -c "exec 3<>/dev/tcp/$1/22" 2>&1) && { echo "connected"; return 1; }
  [[ $output == *"No route to host"* || $output == *"Network is unreachable"* ]] || { echo "$output"; return 1; }
}
distinct() {
  local host values=
  for host in "${LAB_HOSTS[@]}"; do values+=$(on "$host" cat "$1")$'\n' || return 1; done
  [[ $(printf '%s' "$values" | sort -u | wc -l) == "${#LAB_HOSTS[@]}" ]] || { echo "$values"; return 1; }
}
named_privilege() {
  local output
  output=$("$@" 2>&1) && { echo "it succeeded"; return 1; }
  [[ $output == *"not permitted here"* ]] || { echo "$output"; return 1; }
}
content_matches() {
  local bad
  bad=$(jq -r '.items[] | "\(.sha256)  \(.path)"' "$LAB_CONTENT/content.json" | (cd "$LAB_CONTENT" && sha256sum --quiet -c 2>&1)) || { echo "$bad"; return 1; }
}
sudo_with_password() {
  in_lab ssh -F "$LAB_STATE/ssh_config" -l op "$1" 'sudo -k; ! sudo -n true 2>/dev/null && sudo -S -p "" id -u' <<<"$LAB_SUDO_PASSWORD" | grep -qx 0
}
reboots() {
  local before after try
  before=$(on "$1" 'echo kept >/var/lib/kept; ip route add 10.244.99.0/24 via 10.79.0.1; cat /proc/sys/kernel/random/boot_id')
  on "$1" systemctl reboot
  for try in {1..120}; do
    after=$(on "$1" cat /proc/sys/kernel/random/boot_id 2>/dev/null) && [[ $after != "$before" ]] && break
    sleep 0.25
  done
  [[ -n $after && $after != "$before" ]] || { echo "boot id before '$before', after '$after'"; return 1; }
  [[ $(on "$1" cat /var/lib/kept) == kept ]] || { echo "a file is lost"; return 1; }
  [[ -z $(on "$1" ip route show 10.244.99.0/24) ]] || { echo "a route survived"; return 1; }
}
nothing_of_kubernetes() {
  ! on "$1" 'command -v kubeadm kubelet kubectl crictl etcdctl || ls -d /etc/kubernetes /opt/cni 2>/dev/null || iptables-save | grep KUBE'
}
only_the_recorded_process_ends() {
  local file=$LAB_STATE/decoy.pid pid
  sleep 60 & pid=$!
  echo "$pid $(($(start_time $pid) + 1))" >"$file"
  ! end_recorded "$file" KILL || { echo "another process was ended"; return 1; }
  record_process "$pid" "$file"
  end_recorded "$file" KILL
  wait "$pid" 2>/dev/null
  ! recorded_process "$file" || return 1
  rm -f "$file"
}
other_lab() {
  EASEL_LAB_ID=selftst2 "$here/lab.sh" up >/dev/null 2>&1 || { echo "a second lab does not start"; return 1; }
  EASEL_LAB_ID=selftst2 "$here/lab.sh" down >/dev/null 2>&1 || { echo "a second lab does not stop"; return 1; }
  route_refuses || { echo "the second lab took the route away"; return 1; }
  on lab1 true
}
nothing_left() {
  local left
  left=$(ip netns list | grep -F "$LAB_PREFIX"; grep -F "$LAB_STATE" /proc/mounts; ls -d /sys/fs/cgroup/*/"$LAB_PREFIX"* /sys/fs/cgroup/"$LAB_PREFIX"* \
    "$LAB_STATE" "$LAB_REGISTRY/labs/$LAB_ID" 2>/dev/null; pgrep -af "supervise.sh|machine=$LAB_PREFIX" | grep -F "$LAB_PREFIX")
  [[ -z $left ]] || { echo "$left"; return 1; }
}

check "without root it names the missing privilege" named_privilege setpriv --reuid=65534 --clear-groups "$here/lab.sh" up
check "without CAP_SYS_ADMIN it names the missing privilege" named_privilege setpriv --bounding-set=-sys_admin "$here/lab.sh" up
"$here/lab.sh" up || exit 1
# shellcheck source=/dev/null
. "$LAB_STATE/lab-env"
check "the machine's own namespace refuses a connect at once" connect_fails_at_once "$(lab_address lab1)"
check "every host has its own machine-id" distinct /etc/machine-id
check "every host has its own boot id" distinct /proc/sys/kernel/random/boot_id
check "every host has its own host key" distinct /etc/ssh/ssh_host_ed25519_key.pub
check "an unknown host key is refused" not in_lab ssh -F "$LAB_SSH_CONFIG_UNKNOWN" -o BatchMode=yes lab1 true
check "admin has sudo without a password" in_lab ssh -F "$LAB_SSH_CONFIG" -l admin lab2 sudo -n true
check "op has sudo with a password only" sudo_with_password lab3
check "a host has nothing of Kubernetes" nothing_of_kubernetes lab4
check "the content is what content.json says" content_matches
check "a host reboots, keeps its files, loses its routes" reboots lab2
check "a host whose power was cut comes back" eval '"$here/lab.sh" power-cut lab3 && not on lab3 true && "$here/lab.sh" power-on lab3 && on lab3 true'
check "only the recorded process is ended" only_the_recorded_process_ends
check "a second lab comes and goes without touching this one" other_lab
check "up again changes nothing" "$here/lab.sh" up
"$here/lab.sh" down
check "nothing is left after down" nothing_left
check "down again is no error" "$here/lab.sh" down
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
