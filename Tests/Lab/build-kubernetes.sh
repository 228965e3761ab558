#!/bin/bash
# build-kubernetes.sh OUT GOCACHE VERSION...: Kubernetes from Debian's source package, stamped as each VERSION, in OUT/VERSION/.
# The first build takes about 6 minutes on 2 cores, each further stamp 10 s: only the link differs. GOCACHE outlives the build.
set -euo pipefail
out=$1 gocache=$2
shift 2
source_version=1.20.2
commands=(kubeadm kubelet kubectl kube-proxy kube-apiserver kube-controller-manager kube-scheduler)

# Debian's own source entry in a private list: the machine's sources stay as they are.
work=$out/.work
mkdir -p "$work"/{lists/partial,cache/archives/partial,gopath/src/k8s.io} "$gocache"
mirror=$(awk '/^URIs/ { print $2; exit } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ "^https?:") { print $i; exit } }' \
  /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} bookworm main" \
  >"$work/sources.list"
options=(-oDir::Etc::SourceList="$work/sources.list" -oDir::Etc::SourceParts=/dev/null -oDir::State::Lists="$work/lists"
  -oDir::Cache="$work/cache" -oAPT::Sandbox::User=root)
apt-get "${options[@]}" update -q >/dev/null
(cd "$work" && apt-get "${options[@]}" source -q --download-only kubernetes >/dev/null)

root=$work/gopath/src/k8s.io/kubernetes
tar xzf "$work"/kubernetes_*.orig.tar.gz -C "$work/gopath/src/k8s.io"
mv "$work/gopath/src/k8s.io/kubernetes-$source_version" "$root"
# The vendored reflect2 1.0.1 crashes when built with Go 1.18 or later; Debian's own 1.0.2 does not.
rm -rf "$root/vendor/github.com/modern-go/reflect2"
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 "$root/vendor/github.com/modern-go/"

export GO111MODULE=off GOCACHE=$gocache GOPATH=$work/gopath GOTOOLCHAIN=local PATH=/usr/bin:$PATH
export KUBE_GIT_VERSION=v$source_version KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 KUBE_GIT_TREE_STATE=clean KUBE_GIT_COMMIT=unknown
export FORCE_HOST_GO=y
cd "$root"
make generated_files >"$work/generated.log" 2>&1 || { tail -n 30 "$work/generated.log" >&2; exit 1; }

export CGO_ENABLED=0
for version in "$@"; do
  flags=()
  for package in component-base/version client-go/pkg/version; do
    package=k8s.io/kubernetes/vendor/k8s.io/$package
    flags+=(-X "$package.gitVersion=v$version" -X "$package.gitMajor=1" -X "$package.gitMinor=20" -X "$package.gitTreeState=clean")
  done
  mkdir "$out/$version"
  # -trimpath: the build's own directory is no part of what is compiled, so GOCACHE serves the next build as well
  go build -trimpath -ldflags "-s -w ${flags[*]}" -o "$out/$version/" "${commands[@]/#/./cmd/}"
done
rm -rf "$work"
