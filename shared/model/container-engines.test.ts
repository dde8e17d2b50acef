import { describe, expect, it } from 'vitest';
import { engineProgramOf } from './container-engines.ts';

describe('which measured programs belong to containers', () => {
  it.each([
    ['/usr/bin/containerd', 'engine', 'containerd'],
    ['/usr/bin/dockerd', 'engine', 'dockerd'],
    ['/usr/bin/crio', 'engine', 'crio'],
    ['/usr/bin/podman', 'engine', 'podman'],
    ['/usr/bin/containerd-shim-runc-v2', 'shim', 'containerd-shim'],
    ['/usr/bin/conmon', 'shim', 'conmon'],
    ['/usr/sbin/runc', 'runtime', 'runc'],
    ['/usr/bin/crun', 'runtime', 'crun'],
    ['/usr/bin/youki', 'runtime', 'youki'],
    ['/usr/local/bin/runsc', 'runtime', 'runsc'],
    ['/opt/kata/bin/kata-runtime', 'runtime', 'kata-runtime'],
    ['/usr/bin/firecracker', 'runtime', 'firecracker'],
    ['/usr/bin/docker-proxy', 'network', 'docker-proxy'],
    ['/usr/bin/kubelet', 'orchestrator', 'kubelet'],
    ['/usr/local/bin/k3s', 'orchestrator', 'k3s'],
    ['/usr/local/bin/rke2', 'orchestrator', 'rke2'],
    ['/usr/local/bin/k0s', 'orchestrator', 'k0s'],
    ['/usr/bin/nomad', 'orchestrator', 'nomad'],
  ])('%s is %s %s', (path, role, name) => {
    expect(engineProgramOf(path)).toEqual({ role, name });
  });

  it.each(['/usr/bin/bash', 'runc', '/etc/runc/config', '/usr/bin/runc.bak', `/usr/bin/${'k'.repeat(500)}`])('%s is none', (path) => {
    expect(engineProgramOf(path)).toBeNull();
  });
});
