# by-hand.sh: runs on a host, for lab-bench.sh; what an operator with a terminal would do before kubeadm.
set -eu
cd /root/content
address=10.79.0.2$NUMBER
mkdir -p /opt/cni/bin /etc/cni/net.d /etc/systemd/system/kubelet.service.d
install -m 0755 "bin/$VERSION"/* /usr/local/bin/
install -m 0755 bin/crictl /usr/local/bin/crictl
install -m 0755 bin/etcdctl* /usr/local/bin/etcdctl
install -m 0755 cni/* /opt/cni/bin/
printf 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n' >/etc/sysctl.d/90-hand.conf
sysctl -q -p /etc/sysctl.d/90-hand.conf
cat >/etc/containerd/config.toml <<END
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "k8s.gcr.io/pause:3.2"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
END
systemctl restart containerd
for image in images/*.tar; do ctr -n k8s.io images import "$image" >/dev/null; done
cat >/etc/cni/net.d/10-hand.conflist <<END
{"cniVersion": "0.4.0", "name": "hand", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.$NUMBER.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
cat >/etc/systemd/system/kubelet.service <<END
[Unit]
After=network-online.target containerd.service
[Service]
ExecStart=/usr/local/bin/kubelet
Restart=always
RestartSec=2
[Install]
WantedBy=multi-user.target
END
cat >/etc/systemd/system/kubelet.service.d/10-kubeadm.conf <<'END'
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
END
systemctl daemon-reload
systemctl -q enable kubelet
echo "10.79.0.21 $ENDPOINT" >>/etc/hosts
cat >/root/kubeadm.yaml <<END
apiVersion: kubeadm.k8s.io/v1beta2
kind: InitConfiguration
nodeRegistration: {name: lab$NUMBER, criSocket: /run/containerd/containerd.sock, kubeletExtraArgs: {node-ip: $address}}
localAPIEndpoint: {advertiseAddress: $address, bindPort: 6443}
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterConfiguration
kubernetesVersion: $VERSION
controlPlaneEndpoint: $ENDPOINT:6443
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}
apiServer: {timeoutForControlPlane: 6m0s}
controllerManager: {extraArgs: {allocate-node-cidrs: "false"}}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: {maxPerCore: 0}
END
