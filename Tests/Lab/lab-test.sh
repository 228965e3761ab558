#!/bin/bash
# lab-test.sh: drives Easel from hosts to a cluster and back on real hosts, and prints what each phase took.
# Every client runs inside the lab's namespace. The lab is brought up, and taken down again, if it was not up.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in common cgroups network; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done
EASEL=${EASEL:-$LAB_CHECKOUT/bin/easel}
CLUSTER=edge
FIRST=v${LAB_VERSIONS[0]} SECOND=v${LAB_VERSIONS[1]}
ENDPOINT=api.$CLUSTER.easel.internal
STEP_LIMIT=${LAB_STEP_LIMIT:-900}      # seconds that one command of Easel may take
phases=() passed=0 failed=0 failure=
brought_up=

# --- tools ---------------------------------------------------------------------------------------------------------------

easel() { in_lab timeout --foreground "$STEP_LIMIT" "$EASEL" --state "$WORK/site" "$@"; }
second_site() { in_lab timeout --foreground "$STEP_LIMIT" "$EASEL" --state "$WORK/site-2" "$@"; }
on() { local host=$1; shift; in_lab ssh -F "$LAB_SSH_CONFIG" -o BatchMode=yes -o ConnectTimeout=5 "$host" "$@"; }
host_root() { echo "$(lab_host_dir "$1")/root"; }
fail() { echo "    $*" >&2; return 1; }
equal() { [[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"; }

# eventually SECONDS WHAT COMMAND...: polls until the command succeeds.
eventually() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < limit)) || { fail "$what did not happen in time"; return 1; }
    sleep 0.5
  done
}

# The kubeconfig names the endpoint, which only members resolve: the client goes to whichever API server answers.
kubectl() {
  local address
  for address in $(control_plane_addresses); do
    in_lab curl -sk -o /dev/null --max-time 2 "https://$address:6443/readyz" || continue
    in_lab "$LAB_CONTENT/bin/$FIRST/kubectl" --kubeconfig "$WORK/kubeconfig" --server "https://$address:6443" "$@"
    return
  done
  fail "no API server answers"
}
# The hosts whose kubelet runs an API server, as their own disks say.
control_plane_hosts() {
  local host
  for host in "${LAB_HOSTS[@]}"; do [[ ! -f $(host_root "$host")/etc/kubernetes/manifests/kube-apiserver.yaml ]] || echo "$host"; done
}
control_plane_addresses() { local host; for host in $(control_plane_hosts); do lab_address "$host"; done; }
workers() {
  local host
  for host in "${LAB_HOSTS[@]}"; do
    [[ ! -f $(host_root "$host")/etc/kubernetes/kubelet.conf || -f $(host_root "$host")/etc/kubernetes/manifests/kube-apiserver.yaml ]] || echo "$host"
  done
}
ready_nodes() { kubectl get nodes --no-headers | awk '$2 == "Ready"' | wc -l; }
nodes_at() { kubectl get nodes -o 'jsonpath={range .items[*]}{.status.nodeInfo.kubeletVersion}{"\n"}{end}' | grep -cxF "$1"; }
voting_members() {
  on "$(control_plane_hosts | head -n 1)" etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \
    --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key member list -w simple |
    awk -F', ' '$2 == "started" && $6 == "false"' | wc -l
}
cluster_phase() { easel get cluster "$CLUSTER" -o json | jq -r .status.phase; }
members_are() {                        # members_are CONTROL-PLANES WORKERS VERSION
  equal "the cluster's phase" "$(cluster_phase)" Running &&
    easel kubeconfig "$CLUSTER" >"$WORK/kubeconfig" &&
    equal "the number of control planes" "$(control_plane_hosts | wc -l)" "$1" &&
    equal "the number of workers" "$(workers | wc -l)" "$2" &&
    equal "the number of Ready nodes" "$(ready_nodes)" $(($1 + $2)) &&
    equal "the number of nodes at $3" "$(nodes_at "$3")" $(($1 + $2)) &&
    equal "the number of voting etcd members" "$(voting_members)" "$1"
}
pod_runs() {
  kubectl delete pod probe --ignore-not-found --wait=false >/dev/null 2>&1
  kubectl apply -f - >/dev/null <<<'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"probe"},"spec":{"containers":[{"name":"pause",
    "image":"k8s.gcr.io/pause:3.2","imagePullPolicy":"IfNotPresent"}]}}' || return 1
  eventually 120 "the pod 'probe' running" pod_is_running
}
pod_is_running() { kubectl get pod probe -o 'jsonpath={.status.phase}' | grep -qx Running; }

# What a host's disk and kernel hold that a cluster could have left. Easel's own agent and what a running system writes are not it.
traces() {
  local root
  root=$(host_root "$1")
  (cd "$root" && find etc usr/local opt root var/lib var/log/pods var/log/containers usr/libexec -xdev \
    \( -path var/lib/easel -o -path 'var/lib/easel*' -o -path var/lib/systemd -o -path var/lib/containerd -o -path '*/easel-agent*' \
    -o -path var/lib/sudo -o -path var/lib/private \) -prune -o -type f -print 2>/dev/null | LC_ALL=C sort)
  find "$(lab_host_dir "$1")"/{kubelet,etcd} -mindepth 1 -maxdepth 1 2>/dev/null | LC_ALL=C sort
  on "$1" 'iptables-save 2>/dev/null | grep -oE "^:(KUBE|CNI)-[A-Z-]+" ; ip -br link | grep -oE "^(cni0|veth[^ ]*)"; ip route show | grep -E "^10\.244\."
    findmnt -rno TARGET | grep -E "^/var/lib/kubelet/|/sandboxes/|/run/netns/cni-"; ls -d /sys/fs/cgroup/*/kubepods* 2>/dev/null
    pgrep -a "kube|etcd" ; grep easel.internal /etc/hosts; sha256sum /etc/containerd/config.toml'
}

# The processes of this test's engine or ssh, inside the lab's namespace and with this test's own state directory or control path.
easel_processes() {
  local pid command
  for pid in $(ip netns pids "$LAB_NETNS"); do
    # A process may end between the listing and the look.
    command=$({ tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null) || continue
    case $1:$command in
      engine:*"$EASEL"*"$WORK/site "*engine* | engine:*engine*"$WORK/site "*) echo "$pid" ;;
      second:*"$EASEL"*"$WORK/site-2 "*engine*) echo "$pid" ;;
      ssh:ssh\ * | ssh:/usr/bin/ssh\ *) [[ $command != *"$LAB_SSH_CONFIG -o BatchMode=yes -o ConnectTimeout=5"* ]] && echo "$pid" ;;
    esac
  done
}
kill_easel() {
  local pid count=0
  for pid in $(easel_processes "$1"); do
    record_process "$pid" "$WORK/victim.pid" && end_recorded "$WORK/victim.pid" KILL && count=$((count + 1))
  done
  echo "    killed $count $1 process(es)"
  [[ $count -gt 0 ]]
}

# --- phases --------------------------------------------------------------------------------------------------------------

phase() {
  local title=$1 started=$EPOCHREALTIME result
  shift
  if [[ -n $failure ]]; then phases+=("$title|not run|"); failed=$((failed + 1)); return; fi
  echo "==> $title"
  if "$@"; then result=passed passed=$((passed + 1)); else result=FAILED failed=$((failed + 1)) failure=$title; fi
  phases+=("$title|$result|$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }')")
}

machine_is_refused() {
  local output
  route_refuses || fail "not tried: the machine's own namespace has a route to the lab" || return 1
  output=$(LC_ALL=C timeout 2 bash -c "exec 3<>/dev/tcp/$(lab_address lab1)/22" 2>&1) && { fail "connected"; return 1; }
  [[ $output == *"No route to host"* || $output == *"Network is unreachable"* ]] || fail "$output"
}
hosts_added() {
  easel site init --name lab || return 1
  # Not through a function: a background function is a subshell. This engine leads until the upgrade kills it.
  ip netns exec "$LAB_NETNS" "$EASEL" --state "$WORK/site" engine >"$WORK/leader.log" 2>&1 &
  ! easel host add lab1 --address "$(lab_address lab1)" --user root --ssh-config "$LAB_SSH_CONFIG_UNKNOWN" \
    --host-key SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA --yes 2>"$WORK/refused" || { fail "a wrong host key was accepted"; return 1; }
  local host user key
  for host in "${LAB_HOSTS[@]}"; do
    case $host in lab2) user=admin ;; lab3) user=op ;; *) user=root ;; esac
    key=LAB_HOST_KEY_$host
    easel host add "$host" --address "$(lab_address "$host")" --user "$user" --ssh-config "$LAB_SSH_CONFIG_UNKNOWN" \
      --host-key "${!key}" $([[ $user != op ]] || echo --sudo-password-stdin) --yes --wait <<<"$LAB_SUDO_PASSWORD" || return 1
  done
  equal "the number of Ready hosts" "$(easel get hosts -o json | jq '[.items[] | select(.status.phase == "Ready")] | length')" 4 || return 1
  for host in "${LAB_HOSTS[@]}"; do traces "$host" >"$WORK/before-$host"; done
  ! easel create cluster "$CLUSTER" --control-plane 1 --version "$FIRST" --yes 2>"$WORK/refused" || { fail "a cluster of nothing was accepted"; return 1; }
  grep -q "no content folder" "$WORK/refused" && easel site set --content "$LAB_CONTENT"
}
created() {
  easel create cluster "$CLUSTER" --control-plane 1 --workers 1 --version "$FIRST" --yes --wait || return 1
  members_are 1 1 "$FIRST" && pod_runs
}
scaled() {
  easel scale cluster "$CLUSTER" --control-plane 3 --yes --wait || return 1
  members_are 3 1 "$FIRST"
}
image_is() { grep -q "kube-apiserver:$2" "$(host_root "$1")/etc/kubernetes/manifests/kube-apiserver.yaml"; }
any_image_is() { local host; for host in $(control_plane_hosts); do image_is "$host" "$1" && return; done; return 1; }
upgrading_host() {                     # a control-plane host still on the old version whose new kubeadm is already at work
  local host
  for host in $(control_plane_hosts); do
    image_is "$host" "$FIRST" && on "$host" pgrep -f "'[k]ubeadm upgrade'" >/dev/null && { echo "$host"; return; }
  done
  return 1
}
disturbed_upgrade() {
  local worker follower victim status
  worker=$(workers | head -n 1)
  # not through a function: a background function is a subshell, and the record would be of that
  ip netns exec "$LAB_NETNS" bash "$here/poll.sh" "$(host_root "$worker")" "$ENDPOINT" $(control_plane_addresses) >"$WORK/poll" &
  local poll=$!
  record_process "$poll" "$WORK/poll.pid"
  easel upgrade cluster "$CLUSTER" --version "$SECOND" --yes || return 1

  eventually 300 "work on the first host" any_upgrade_at_work || return 1
  kill_easel engine || { fail "no engine was running"; return 1; }
  easel engine --until-idle >"$WORK/engine.log" 2>&1 &
  follower=$!

  eventually 300 "the first control plane at $SECOND" any_image_is "$SECOND" || return 1
  kill_easel ssh || { fail "no ssh was running"; return 1; }
  eventually 300 "an upgrade running on another control plane" upgrading_host || return 1
  victim=$(upgrading_host)
  echo "    kill -9 the agent on $victim"
  on "$victim" systemctl kill --kill-who=all --signal=KILL easel-agent

  eventually 300 "an upgrade running again" upgrading_host || return 1
  victim=$(upgrading_host)
  echo "    reboot $victim"
  on "$victim" systemctl reboot

  wait "$follower" || { fail "the engine ended with status $?"; tail -n 20 "$WORK/engine.log" >&2; }
  eventually "$STEP_LIMIT" "the end of the upgrade" upgrade_is_over
  status=$?
  end_recorded "$WORK/poll.pid" TERM
  wait "$poll" 2>/dev/null
  outages
  [[ $status == 0 ]] && members_are 3 1 "$SECOND"
}
any_upgrade_at_work() { local host; for host in $(control_plane_hosts); do on "$host" pgrep -f "'[k]ubeadm upgrade'" && return; done; return 1; }
upgrade_is_over() { [[ $(cluster_phase) == Running && $(nodes_at "$SECOND") == 4 ]]; }
outages() {
  awk 'function close_gap(k) { if (since[k]) { d = last - since[k]; total[k] += d; n[k]++; if (d > longest[k]) longest[k] = d; since[k] = 0 } }
    NF == 3 { last = $1; for (k = 2; k <= 3; k++) if ($k) close_gap(k); else if (!since[k]) since[k] = $1 }
    END { for (k = 2; k <= 3; k++) close_gap(k)
      printf "    outage of the endpoint: %d times, %.1f s in all, longest %.1f s\n", n[2], total[2], longest[2]
      printf "    outage of every member: %d times, %.1f s in all, longest %.1f s (%d polls)\n", n[3], total[3], longest[3], NR }' "$WORK/poll" |
    tee "$WORK/outages"
}
# The log is followed over the reboot: what the kubelet says in the new boot must come through the same command.
rebooted_worker() {
  local worker before status=0
  worker=$(workers | head -n 1)
  before=$(on "$worker" cat /proc/sys/kernel/random/boot_id) || return 1
  # not through a function: a background function is a subshell, and the record would be of that
  ip netns exec "$LAB_NETNS" timeout --foreground "$STEP_LIMIT" "$EASEL" --state "$WORK/site" logs "$worker/kubelet.service" --follow \
    >"$WORK/kubelet.log" 2>"$WORK/kubelet.err" &
  record_process "$!" "$WORK/follow.pid"
  eventually 60 "the kubelet's log" test -s "$WORK/kubelet.log" || return 1
  easel host reboot "$worker" --yes --wait || status=1
  if [[ $status == 0 ]]; then
    [[ $(on "$worker" cat /proc/sys/kernel/random/boot_id) != "$before" ]] || { fail "$worker is in the same boot"; status=1; }
    last_word=$(on "$worker" journalctl -q --no-pager -n 1 -o short-iso -u kubelet.service | cut -c1-60)
    [[ -n $last_word ]] && eventually 60 "the last word of the new boot in the followed log" followed_word || status=1
  fi
  end_recorded "$WORK/follow.pid" TERM
  [[ $status == 0 ]] && members_are 3 1 "$SECOND" && easel host units "$worker" | grep -E '^kubelet +active' >/dev/null &&
    equal "the number of cordoned nodes" "$(kubectl get nodes --no-headers | grep -c SchedulingDisabled)" 0
}
followed_word() { grep -qF -e "$last_word" "$WORK/kubelet.log"; }
host_field() { easel get host "$1" -o json | jq -r "$2"; }
# Off on request is no trouble of the cluster's; what comes back, comes back cordoned, until the operator says otherwise.
shut_down_worker() {
  local worker
  worker=$(workers | head -n 1)
  easel host shutdown "$worker" --yes --wait || return 1
  recorded_process "$(lab_host_dir "$worker")/supervisor.pid" >/dev/null && { fail "$worker is still running"; return 1; }
  equal "why $worker is silent" "$(host_field "$worker" '.status.conditions[] | select(.type == "Reachable") | .reason')" ShutDown || return 1
  equal "the cluster's phase" "$(cluster_phase)" Running || return 1
  "$here/lab.sh" power-on "$worker" || return 1
  easel engine --until-idle 2>"$WORK/engine.log" || return 1
  equal "the phase of $worker" "$(host_field "$worker" .status.phase)" Ready || return 1
  equal "the number of cordoned nodes" "$(kubectl get nodes --no-headers | grep -c SchedulingDisabled)" 1 || return 1
  easel uncordon "$worker" --yes --wait || return 1
  equal "the number of cordoned nodes" "$(kubectl get nodes --no-headers | grep -c SchedulingDisabled)" 0 && members_are 3 1 "$SECOND"
}
worker_removed_and_back() {
  local worker
  worker=$(workers | head -n 1)
  easel scale cluster "$CLUSTER" --workers 0 --yes --wait || return 1
  members_are 3 0 "$SECOND" && host_is_clean "$worker" || return 1
  easel scale cluster "$CLUSTER" --workers 1 --yes --wait || return 1
  members_are 3 1 "$SECOND" && pod_runs
}
# Another state directory, which knows nothing but one host's address and key, takes the running cluster over and changes it. The first
# one's change is refused by the hosts and names the adopter; then it takes the cluster back.
adopted_and_taken_back() {
  local via worker key output
  via=$(control_plane_hosts | head -n 1) worker=$(workers | head -n 1)
  key=LAB_HOST_KEY_$via
  second_site site init --name second --content "$LAB_CONTENT" || return 1
  second_site adopt cluster "$CLUSTER" --via "$via=$(lab_address "$via")" --host-key "$via=${!key}" \
    --user "$([[ $via == lab2 ]] && echo admin || { [[ $via == lab3 ]] && echo op || echo root; })" \
    --ssh-config "$LAB_SSH_CONFIG_UNKNOWN" --yes --wait || return 1
  equal "the adopted cluster's phase" "$(second_site get cluster "$CLUSTER" -o json | jq -r .status.phase)" Running || return 1
  second_site cordon "$worker" --yes --wait || return 1
  equal "the worker's cordon" "$(kubectl get node "$worker" -o 'jsonpath={.spec.unschedulable}')" true || return 1
  output=$(easel uncordon "$worker" --yes --wait 2>&1) && { fail "the former owner's change went through"; return 1; }
  [[ $output == *"site second"* ]] || { fail "the adopter is not named: $output"; return 1; }
  equal "the worker's cordon" "$(kubectl get node "$worker" -o 'jsonpath={.spec.unschedulable}')" true || return 1
  easel adopt cluster "$CLUSTER" --via "$via" --yes --wait || return 1
  easel uncordon "$worker" --yes --wait || return 1
  output=$(second_site cordon "$worker" --yes --wait 2>&1) && { fail "the second site's change went through"; return 1; }
  [[ $output == *"site lab"* ]] || { fail "the owner is not named: $output"; return 1; }
  members_are 3 1 "$SECOND"
}
host_is_clean() { diff "$WORK/before-$1" <(traces "$1") || fail "$1 is not as it was (< before, > now)"; }
deleted() {
  local host status=0
  easel delete cluster "$CLUSTER" --yes --wait || return 1
  for host in "${LAB_HOSTS[@]}"; do host_is_clean "$host" || status=1; done
  equal "the number of free Ready hosts" "$(easel get hosts -o json |
    jq '[.items[] | select(.status.phase == "Ready" and .status.cluster == null)] | length')" 4 && return "$status"
}
reused() {
  easel create cluster "$CLUSTER" --control-plane 1 --workers 1 --version "$SECOND" --yes --wait || return 1
  members_are 1 1 "$SECOND" && pod_runs && easel delete cluster "$CLUSTER" --yes --wait && easel audit verify
}

# --- report --------------------------------------------------------------------------------------------------------------

show_logs() {
  local host
  echo "--- what Easel says"
  easel get operations 2>&1 | tail -n 20
  easel describe cluster "$CLUSTER" 2>&1 | tail -n 60
  easel events 2>&1 | tail -n 40
  find "$WORK/site" -name '*.log' -exec sh -c 'echo "--- $1"; tail -n 60 "$1"' sh {} \; 2>/dev/null
  for host in "${LAB_HOSTS[@]}"; do
    echo "--- $host"
    on "$host" 'systemctl --failed --no-legend; journalctl -q --no-pager -n 60 -u easel-agent; journalctl -q --no-pager -n 15 -p warning -u kubelet -u containerd | cut -c1-400' 2>&1
  done
}
finish() {
  [[ ! -f ${WORK:-/nonexistent}/poll.pid ]] || end_recorded "$WORK/poll.pid" TERM
  [[ ! -f ${WORK:-/nonexistent}/follow.pid ]] || end_recorded "$WORK/follow.pid" TERM
  kill_easel engine >/dev/null 2>&1
  kill_easel second >/dev/null 2>&1
  kill_easel ssh >/dev/null 2>&1
  if [[ -n $brought_up && -z ${LAB_KEEP:-} ]]; then "$here/lab.sh" down; rm -rf "$WORK"; fi
}

[[ $EUID == 0 ]] || die "not permitted here: the lab needs root (user id 0), this is user id $EUID"
[[ -x $EASEL ]] || die "there is no $EASEL; run 'make build' first"
if ! recorded_process "$(lab_host_dir lab4)/supervisor.pid" >/dev/null; then brought_up=yes; fi
"$here/lab.sh" up || exit 1
# shellcheck source=/dev/null
. "$LAB_STATE/lab-env"
WORK=$LAB_STATE/test
rm -rf "$WORK"
mkdir -p "$WORK"
trap finish EXIT

phase "the machine itself cannot reach the lab" machine_is_refused
phase "four hosts added over ssh" hosts_added
phase "cluster created, 1 + 1, a pod runs" created
phase "scaled to 3 control planes" scaled
phase "upgraded to $SECOND under kill and reboot" disturbed_upgrade
phase "adopted by another site and taken back" adopted_and_taken_back
phase "worker rebooted, its kubelet's log followed" rebooted_worker
phase "worker shut down and powered on" shut_down_worker
phase "worker removed and added back" worker_removed_and_back
phase "cluster deleted, hosts clean" deleted
phase "hosts used again" reused

[[ -z $failure ]] || { echo; echo "==> logs, as this failed: $failure"; show_logs; }
echo
printf '%-48s %-8s %10s\n' PHASE RESULT TIME
for line in "${phases[@]}"; do IFS='|' read -r title result time <<<"$line"; printf '%-48s %-8s %10s\n' "$title" "$result" "$time"; done
[[ ! -f $WORK/outages ]] || cat "$WORK/outages"
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
