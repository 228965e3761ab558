#!/bin/bash
# build-base.sh OUT SUITE PACKAGE...: OUT/root is the hosts' common tree: a clean Debian with what an operator would have
# installed with apt, and nothing of Kubernetes. Keys, names and addresses are added per host, not here.
set -euo pipefail
out=$1 suite=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
include=$(IFS=,; echo "$*")
root=$out/root

mmdebstrap --quiet --variant=minbase --include="$include" "$suite" "$out/root.tar"
mkdir "$root"
tar xf "$out/root.tar" -C "$root"
rm "$out/root.tar"

rm -f "$root"/etc/ssh/ssh_host_*       # every host gets its own
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
echo 'PermitRootLogin prohibit-password' >"$root/etc/ssh/sshd_config.d/lab.conf"

# Three ways to become root: root itself, sudo without a password, sudo with one.
chroot "$root" useradd -m -s /bin/bash admin
chroot "$root" useradd -m -s /bin/bash op
echo 'op:easel-lab-op' | chroot "$root" chpasswd
echo 'admin ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/admin"
echo 'op ALL=(ALL) ALL' >"$root/etc/sudoers.d/op"
chmod 0440 "$root"/etc/sudoers.d/{admin,op}

# What this machine's kernel needs at each boot.
install -m 0755 "$here/host/lab-boot" "$root/usr/local/sbin/lab-boot"
install -m 0644 "$here/host/lab-boot.service" "$root/etc/systemd/system/lab-boot.service"
mkdir -p "$root/etc/systemd/system/sysinit.target.wants"
ln -s ../lab-boot.service "$root/etc/systemd/system/sysinit.target.wants/lab-boot.service"
