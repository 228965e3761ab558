# hosts.sh: one host: its tree, its identity, its supervisor; sourced.
# shellcheck shell=bash

# host_tree HOST: the base tree below, the host's own changes above; containers, kubelet and etcd on the disk itself (an overlay
# on an overlay fails).
host_tree() {
  local host=$1 dir root
  dir=$(lab_host_dir "$host")
  root=$dir/root
  mkdir -p "$dir"/{upper,work,root,containerd,kubelet,etcd}
  # what lies above belongs to the base that it began with, even when a newer one has been built since
  [[ -f $dir/base ]] || echo "$LAB_BASE" >"$dir/base"
  mountpoint -q "$root" || mount -t overlay overlay -o "lowerdir=$(cat "$dir/base")/root,upperdir=$dir/upper,workdir=$dir/work" "$root"
  [[ ! -f $dir/identity ]] || return 0
  ssh-keygen -q -A -f "$root" >/dev/null
  echo "$host" >"$root/etc/hostname"
  printf '%s-%s' "$LAB_ID" "$host" | sha256sum | cut -c1-32 >"$root/etc/machine-id"
  echo "$(lab_address "$host") $host" >>"$root/etc/hosts"
  local home
  for home in root home/admin home/op; do
    install -d -m 0700 "$root/$home/.ssh"
    install -m 0600 "$LAB_STATE/id_ed25519.pub" "$root/$home/.ssh/authorized_keys"
    chown -R --reference="$root/$home" "$root/$home/.ssh"
  done
  touch "$dir/identity"
}

host_running() { recorded_process "$(lab_host_dir "$1")/supervisor.pid" >/dev/null; }

host_start() {
  local host=$1 dir
  host_running "$host" && return 0
  dir=$(lab_host_dir "$host")
  cgroup_remove "$host"
  host_network_down "$host"
  host_network_up "$host"
  host_tree "$host"
  rm -f "$dir"/{supervisor,nspawn,init}.pid
  setsid bash "$LAB_DIR/supervise.sh" "$host" </dev/null >>"$dir/console.log" 2>&1 7>&- &
  disown
  local try
  for try in {1..100}; do host_running "$host" && return 0; sleep 0.05; done
  die "$host did not start; see $dir/console.log"
}

# host_stop HOST: pulls the plug. The supervisor first, so that nothing starts again; the host's process 1 takes all others along.
host_stop() {
  local host=$1 dir try record
  dir=$(lab_host_dir "$host")
  [[ -d $dir ]] || return 0
  for try in {1..200}; do
    for record in supervisor init nspawn; do end_recorded "$dir/$record.pid" KILL || true; done
    if ! host_running "$host" && cgroup_empty "$host"; then return 0; fi
    sleep 0.05
  done
  die "the processes of $host do not end"
}

host_remove() {
  local host=$1 dir
  dir=$(lab_host_dir "$host")
  cgroup_remove "$host"
  while mountpoint -q "$dir/root"; do umount "$dir/root" 2>/dev/null || umount -l "$dir/root"; done
  rm -rf "/run/systemd/nspawn/propagate/$LAB_PREFIX-$host" "/run/systemd/nspawn/unix-export/$LAB_PREFIX-$host"
  rm -rf --one-file-system "$dir"
}

# wait_ready HOST...: until sshd lets us in and containerd runs.
wait_ready() {
  local host deadline=$((SECONDS + 90))
  for host in "$@"; do
    until in_lab ssh -F "$LAB_STATE/ssh_config" -o BatchMode=yes -o ConnectTimeout=2 "$host" \
      systemctl is-active --quiet containerd 2>/dev/null; do
      host_running "$host" || { tail -n 20 "$(lab_host_dir "$host")/console.log" >&2; die "$host ended while starting; its console is above"; }
      ((SECONDS < deadline)) || { tail -n 20 "$(lab_host_dir "$host")/console.log" >&2; die "$host is not reachable by ssh after 90 s"; }
      sleep 0.2
    done
  done
}
