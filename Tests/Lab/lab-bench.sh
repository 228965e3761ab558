#!/bin/bash
# lab-bench.sh: creates 1 control plane + 2 workers on the lab's hosts, by Easel and by the same kubeadm commands run by hand, and
# prints both. Each run starts on fresh hosts; each ends when three nodes are Ready. Adding the hosts is not counted.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# A lab of its own, so that one that is up is not touched.
EASEL_LAB_ID=${EASEL_LAB_ID:-$(printf 'bench %s' "$here" | sha256sum | cut -c1-8)}
export EASEL_LAB_ID
for part in common cgroups network; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done
EASEL=${EASEL:-$LAB_CHECKOUT/bin/easel}
RUNS=${LAB_RUNS:-3}
VERSION=v${LAB_VERSIONS[0]}
HOSTS=(lab1 lab2 lab3)
ENDPOINT=api.edge.easel.internal

on() { local host=$1; shift; in_lab ssh -F "$LAB_SSH_CONFIG" -o BatchMode=yes "$host" "$@"; }
fresh_lab() {
  "$here/lab.sh" down >/dev/null
  "$here/lab.sh" up >/dev/null
  # shellcheck source=/dev/null
  . "$LAB_STATE/lab-env"
  WORK=$LAB_STATE/bench
  rm -rf "$WORK"
  mkdir -p "$WORK"
}
seconds_of() {                          # runs a command quietly and prints how long it took
  local started=$EPOCHREALTIME
  "$@" >"$WORK/output" 2>&1 || { tail -n 30 "$WORK/output" >&2; return 1; }
  awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", b - a }'
}

# --- by Easel ------------------------------------------------------------------------------------------------------------

easel() { in_lab "$EASEL" --state "$WORK/site" "$@"; }
add_hosts() {
  easel site init --name bench --content "$LAB_CONTENT"
  local host key
  for host in "${HOSTS[@]}"; do
    key=LAB_HOST_KEY_$host
    easel host add "$host" --address "$(lab_address "$host")" --user root --ssh-config "$LAB_SSH_CONFIG" --host-key "${!key}" --yes --wait
  done
}
create_by_easel() { easel create cluster edge --control-plane 1 --workers 2 --version "$VERSION" --yes --wait; }

# --- by hand -------------------------------------------------------------------------------------------------------------

# The files that a host in this role needs, and the same settings that Easel makes.
prepare_by_hand() {
  local host=$1 number=${1#lab} images=(images/pause.tar "images/kube-proxy-$VERSION.tar") other
  [[ $host != lab1 ]] || images+=(images/etcd.tar images/kube-{apiserver,controller-manager,scheduler}-"$VERSION".tar)
  # shellcheck disable=SC2086
  tar -C "$LAB_CONTENT" -cf - $(cd "$LAB_CONTENT" && echo "bin/$VERSION" bin/etcdctl* bin/crictl cni ${images[*]}) |
    on "$host" 'mkdir -p /root/content && tar -C /root/content -xf -'
  on "$host" "NUMBER=$number VERSION=$VERSION ENDPOINT=$ENDPOINT bash -s" <"$here/by-hand.sh"
  for other in "${HOSTS[@]}"; do
    [[ $other == "$host" ]] || on "$host" "ip route replace 10.244.${other#lab}.0/24 via $(lab_address "$other")"
  done
}
create_by_hand() {
  local host pids=() pid join
  for host in "${HOSTS[@]}"; do prepare_by_hand "$host" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid"; done
  on lab1 'kubeadm init --config /root/kubeadm.yaml --skip-phases=addon/coredns --ignore-preflight-errors=ImagePull'
  join=$(on lab1 'kubeadm token create --print-join-command --kubeconfig /etc/kubernetes/admin.conf' 2>/dev/null)
  pids=()
  for host in lab2 lab3; do on "$host" "$join --cri-socket /run/containerd/containerd.sock" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid"; done
  until [[ $(on lab1 'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers' | awk '$2 == "Ready"' | wc -l) == 3 ]]; do
    sleep 1
  done
}

# --- report --------------------------------------------------------------------------------------------------------------

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

[[ $EUID == 0 ]] || die "the lab needs root (user id 0), this is user id $EUID"
[[ -x $EASEL ]] || die "there is no $EASEL; run 'make build' first"
trap '"$here/lab.sh" down >/dev/null' EXIT
by_easel=() by_hand=()
for ((run = 1; run <= RUNS; run++)); do
  fresh_lab
  seconds_of add_hosts >/dev/null
  by_easel+=("$(seconds_of create_by_easel)")
  fresh_lab
  by_hand+=("$(seconds_of create_by_hand)")
done
easel_median=$(printf '%s\n' "${by_easel[@]}" | median)
hand_median=$(printf '%s\n' "${by_hand[@]}" | median)
echo
echo "Lab: create 1 control plane + 2 workers, $VERSION (median of $RUNS runs on fresh hosts)"
echo "  by Easel                     $easel_median s  (${by_easel[*]})"
echo "  the same commands by hand    $hand_median s  (${by_hand[*]})"
awk -v a="$easel_median" -v b="$hand_median" 'BEGIN { printf "  ratio                        %.2f    goal 1.2\n", a / b }'
