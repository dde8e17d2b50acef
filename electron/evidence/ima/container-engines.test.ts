import { describe, expect, it } from 'vitest';
import { parseIma } from '../index.ts';
import { digest, imaNgLine, replayIma } from '../testing/host.ts';
import { containerEngines } from './container-engines.ts';

const file = (path: string, content = path): { readonly path: string; readonly digest: Buffer } => ({
  path,
  digest: digest('sha256', Buffer.from(content)),
});
const files = [
  file('/usr/bin/bash'),
  file('/usr/bin/containerd'),
  file('/usr/bin/runc'),
  file('/usr/bin/runc'),
  file('/usr/bin/runc', 'other'),
  file('/usr/bin/kubelet'),
];

describe('container engines in an IMA list', () => {
  const parsed = parseIma(Buffer.from(files.map((one) => imaNgLine(one.path, one.digest)).join('')), {
    quoted: { sha256: replayIma(files.slice(0, 5)).toString('hex') },
  });
  const engines = parsed.ok ? containerEngines(parsed.value.entries) : [];

  it('are named with role, digest and place, every content once', () => {
    expect(engines.map(({ role, name, index }) => [role, name, index])).toEqual([
      ['engine', 'containerd', 1],
      ['runtime', 'runc', 2],
      ['runtime', 'runc', 4],
      ['orchestrator', 'kubelet', 5],
    ]);
    expect(engines[0]).toMatchObject({ path: '/usr/bin/containerd', alg: 'sha256', digest: files[1]?.digest.toString('hex') });
  });

  it('are proven only where the quoted PCR 10 covers them', () => {
    expect(engines.map((engine) => engine.proven)).toEqual([true, true, true, false]);
  });
});
