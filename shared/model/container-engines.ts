/** What a program has to do with containers. Told from its file name alone, which says nothing about its content. */
export type EngineRole = 'engine' | 'shim' | 'runtime' | 'network' | 'orchestrator';
export type EngineProgram = { readonly role: EngineRole; readonly name: string };

/** The one list of container programs, by file name (last part of the path). */
const NAMES: Readonly<Record<EngineRole, string>> = {
  engine: 'containerd dockerd docker-init crio podman buildkitd lxd incusd nerdctl cri-dockerd systemd-nspawn',
  shim: 'conmon conmonrs docker-containerd-shim kata-shim',
  runtime:
    'runc crun youki runsc lxc-start sysbox-runc kata-runtime kata-agent nvidia-container-runtime firecracker jailer cloud-hypervisor',
  network: 'docker-proxy slirp4netns pasta netavark aardvark-dns flanneld calico-node cilium-agent rootlesskit',
  orchestrator:
    'kubelet kube-proxy kube-apiserver kube-scheduler kube-controller-manager kubeadm k3s k3s-agent k3s-server rke2 k0s microk8s nomad',
};

const ROLES: readonly EngineRole[] = ['engine', 'shim', 'runtime', 'network', 'orchestrator'];
const PROGRAMS: ReadonlyMap<string, EngineProgram> = new Map(
  ROLES.flatMap((role) => NAMES[role].split(' ').map((name): [string, EngineProgram] => [name, { role, name }])),
);

/** containerd-shim, containerd-shim-runc-v2, containerd-shim-kata-v2 … */
const SHIM = /^containerd-shim[\w.-]*$/u;
const CONTAINERD_SHIM: EngineProgram = { role: 'shim', name: 'containerd-shim' };

/** Null for everything that is no container program. Cheap: it is asked about every file of a list. */
export const engineProgramOf = (path: string): EngineProgram | null => {
  const slash = path.lastIndexOf('/');
  if (slash < 0 || path.length - slash > 64) return null;
  const file = path.slice(slash + 1);
  return PROGRAMS.get(file) ?? (file.startsWith('containerd-shim') && SHIM.test(file) ? CONTAINERD_SHIM : null);
};
