# cgroups.sh: a cgroup per host in every hierarchy, for cgroup v1, hybrid and v2; sourced.
# shellcheck shell=bash

# The mounted hierarchies, one directory a line.
cgroup_roots() {
  if [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; then echo /sys/fs/cgroup; return; fi
  awk '($3 == "cgroup" || $3 == "cgroup2") && $2 ~ "^/sys/fs/cgroup/" { print $2 }' /proc/mounts | sort -u
}

# cgroup_join HOST PID: makes the host's cgroups and moves a process into them.
cgroup_join() {
  local root dir file
  for root in $(cgroup_roots); do
    dir=$root/$LAB_PREFIX-$1
    mkdir -p "$dir"
    if [[ -f $root/cpuset.cpus && -f $dir/cpuset.cpus && ! -f $dir/cgroup.controllers ]]; then
      for file in cpuset.cpus cpuset.mems; do cat "$root/$file" >"$dir/$file"; done
    fi
    if [[ -f $root/cgroup.controllers ]]; then
      for file in $(cat "$root/cgroup.controllers"); do echo "+$file" >"$root/cgroup.subtree_control" 2>/dev/null || true; done
    fi
    echo "$2" >"$dir/cgroup.procs"
  done
}

# cgroup_remove HOST: waits for the last processes to be gone (the kernel needs about a second) and removes the directories.
cgroup_remove() {
  local root dir try
  for root in $(cgroup_roots); do
    dir=$root/$LAB_PREFIX-$1
    for try in {1..60}; do
      [[ -d $dir ]] || break
      find "$dir" -depth -type d -exec rmdir {} \; 2>/dev/null || true
      [[ ! -d $dir ]] || sleep 0.1
    done
    [[ ! -d $dir ]] || { say "cgroup $dir is still in use by: $(cat "$dir"/cgroup.procs "$dir"/*/cgroup.procs 2>/dev/null | xargs)"; return 1; }
  done
}

# cgroup_empty HOST: no process is left in any of its cgroups.
cgroup_empty() {
  local root
  for root in $(cgroup_roots); do
    [[ ! -d $root/$LAB_PREFIX-$1 ]] || [[ -z $(find "$root/$LAB_PREFIX-$1" -name cgroup.procs -exec cat {} + 2>/dev/null) ]] || return 1
  done
}
