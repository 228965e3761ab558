#!/bin/bash
# build-content.sh OUT BASE KUBERNETES VERSION...: the content directory for Easel: OUT/content.json, OUT/bin, OUT/images.
# Images are made here from the built binaries, Debian's etcd and the hosts' base tree; nothing is pulled.
set -euo pipefail
out=$1 base=$2/root kubernetes=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
arch=$(dpkg --print-architecture)
registry=k8s.gcr.io                    # the names that kubeadm 1.20 asks for by default
pause_tag=3.2 etcd_tag=3.4.13-0        # and the tags
triplet=$(uname -m)-linux-gnu
work=$out/.work
mkdir -p "$work" "$out/bin" "$out/images"
items=()

# item PATH ROLE NAME VERSION [IMAGE]: adds one file to content.json.
item() {
  local sum size images=
  sum=$(sha256sum "$out/$1" | cut -d' ' -f1)
  size=$(stat -c %s "$out/$1")
  [[ -z ${5:-} ]] || images="\"$5\""
  items+=("$(printf '{"path":"%s","sha256":"%s","size":%s,"role":"%s","name":"%s","version":"%s","arch":"%s","images":[%s]}' \
    "$1" "$sum" "$size" "$2" "$3" "$4" "$arch" "$images")")
}
binary() { install -D -m 0755 "$1" "$out/$2"; item "$2" "$3" "$4" "$5"; }
# image FILE ROOTDIR ENTRYPOINT NAME VERSION TAG
image() {
  python3 "$here/make-image.py" "$out/images/$1.tar" "$registry/$4:$6" "$2" "$3"
  item "images/$1.tar" image "$4" "$5" "$registry/$4:$6"
}
libraries() { ldd "$@" | grep -oE '/[^ ]+\.so[^ ]*' | sort -u; }

# Debian's etcd is taken out of its packages, not installed: an installed one would start a service on this machine.
mkdir "$work/deb"
(cd "$work/deb" && apt-get -oAPT::Sandbox::User=root download -q etcd-server etcd-client >/dev/null)
for package in "$work"/deb/*.deb; do dpkg-deb -x "$package" "$work/etcd.root"; done
etcd_version=$("$work/etcd.root/usr/bin/etcdctl" version | awk '/etcdctl version/ { print $3 }')

binary "$work/etcd.root/usr/bin/etcdctl" "bin/etcdctl-$etcd_version" binary etcdctl "v$etcd_version"
binary "$here/content/crictl" bin/crictl binary crictl v1.20.0
for plugin in bridge host-local loopback portmap; do
  binary "$base/usr/lib/cni/$plugin" "cni/$plugin" cni "$plugin" "v1.1.1"
done
for version in "$@"; do
  for command in kubeadm kubelet kubectl; do
    binary "$kubernetes/$version/$command" "bin/v$version/$command" binary "$command" "v$version"
  done
done

mkdir "$work/pause"
gcc -static -O2 -o "$work/pause/pause" "$here/content/pause.c"
image pause "$work/pause" /pause pause "" "$pause_tag"

mkdir -p "$work/etcd/usr/local/bin"
cp "$work"/etcd.root/usr/bin/{etcd,etcdctl} "$work/etcd/usr/local/bin/"
for library in $(libraries "$work"/etcd/usr/local/bin/*); do
  mkdir -p "$work/etcd$(dirname "$library")"
  cp -L "$library" "$work/etcd$library"
done
image etcd "$work/etcd" etcd etcd "" "$etcd_tag"

# kube-proxy needs iptables, conntrack and their libraries: taken from the hosts' base tree.
proxy=$work/kube-proxy
mkdir -p "$proxy"/usr/{sbin,bin,local/bin,"lib/$triplet"} "$proxy"/{run,tmp,var,etc/alternatives}
for link in sbin bin lib lib64; do ln -s "usr/$link" "$proxy/$link"; done
cp -a "$base"/usr/sbin/*tables* "$base"/usr/sbin/{conntrack,nft} "$proxy/usr/sbin/"
cp -a "$base/usr/bin/kmod" "$proxy/usr/bin/"
[[ ! -d $base/usr/lib64 ]] || cp -a "$base/usr/lib64" "$proxy/usr/"
cp -a "$base"/etc/alternatives/*tables* "$proxy/etc/alternatives/"
(cd "$base/usr/lib/$triplet" && cp -a xtables ld-linux* libc.so* libm.so* lib{xtables,ip4tc,ip6tc,nftables,nftnl,mnl,nfnetlink,netfilter,gmp}* \
  lib{jansson,edit,tinfo,bsd,md,crypto,z,lzma}.so* libzstd.so* "$proxy/usr/lib/$triplet/")

for version in "$@"; do
  for component in kube-apiserver kube-controller-manager kube-scheduler; do
    rm -rf "${work:?}/$component"
    mkdir -p "$work/$component/usr/local/bin"
    cp "$kubernetes/$version/$component" "$work/$component/usr/local/bin/"
    image "$component-v$version" "$work/$component" "$component" "$component" "v$version" "v$version"
  done
  cp "$kubernetes/$version/kube-proxy" "$proxy/usr/local/bin/"
  image "kube-proxy-v$version" "$proxy" kube-proxy kube-proxy "v$version" "v$version"
done

{
  printf '{"version":1,"items":[\n'
  for ((i = 0; i < ${#items[@]}; i++)); do
    printf '  %s%s\n' "${items[i]}" "$([[ $((i + 1)) == "${#items[@]}" ]] || echo ,)"
  done
  printf ']}\n'
} >"$out/content.json"
rm -rf "$work"
