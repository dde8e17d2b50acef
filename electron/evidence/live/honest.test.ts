import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolmentOf, makeCredential, verifyEvidence } from '../index.ts';
import { GEO_INDEX, nameOf } from '../testing/host.ts';
import { activate, createAk, createEk, flush } from '../testing/live/commands.ts';
import { answerOf, boot, measure, provision } from '../testing/live/host.ts';
import { SoftwareTpm, TpmError, noSoftwareTpm } from '../testing/live/software-tpm.ts';
import type { EvidenceResult } from '../types.ts';

const failed = (result: EvidenceResult): readonly string[] =>
  result.checks.filter((check) => check.outcome === 'fail').map((check) => `${check.code}: ${check.message}`);
const outcome = (result: EvidenceResult, code: string): string | undefined => result.checks.find((check) => check.code === code)?.outcome;

describe.skipIf(noSoftwareTpm !== '')(`a software TPM${noSoftwareTpm}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-tpm-'));
  const tpm = new SoftwareTpm(path.join(folder, 'one'));
  const other = new SoftwareTpm(path.join(folder, 'two'));
  let ima: Buffer;

  beforeAll(async () => {
    await tpm.powerOn();
    await other.powerOn();
    ima = await boot(tpm);
    await provision(tpm);
  }, 60_000);
  afterAll(async () => {
    await tpm.powerOff('none');
    await other.powerOff('none');
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['rsassa', 'rsapss', 'ecdsa256', 'ecdsa384'] as const)('an honest answer signed with %s passes every check', async (kind) => {
    const result = verifyEvidence(await answerOf(tpm, { kind, nonce: randomBytes(20), ima, tagIndex: GEO_INDEX }));
    expect(failed(result)).toEqual([]);
    for (const code of [
      'signature',
      'pcr-digest',
      'ak-attributes',
      'ak-binding',
      'log-replay',
      'ima-replay',
      'boot-aggregate',
      'qualified-signer',
    ])
      expect([code, outcome(result, code)]).toEqual([code, 'pass']);
    for (const code of ['geo-type', 'geo-signer', 'geo-nonce', 'geo-index']) expect([code, outcome(result, code)]).toEqual([code, 'pass']);
    expect(Buffer.from(result.geoTag ?? []).toString()).toContain('"site":"ber1"');
  });

  it('a list is continued from the state of the quote before, while the TPM measures on', async () => {
    const first = verifyEvidence(await answerOf(tpm, { nonce: randomBytes(20), ima }));
    const state = first.ima?.state;
    if (!state || !first.quote) throw new Error('no state');
    const line = await measure(tpm, '/usr/bin/new-program');
    const whole = Buffer.concat([ima, Buffer.from(line)]);
    const input = await answerOf(tpm, { nonce: randomBytes(20), ima: whole.subarray(state.byteLength), previous: first.quote.clock });
    const result = verifyEvidence({ ...input, imaFrom: { resetCount: first.quote.clock.resetCount, state } }, { imaMode: 'fast' });
    expect(failed(result)).toEqual([]);
    expect([...(result.ima?.entries ?? [])].map((entry) => [entry.index, entry.path, entry.proven])).toEqual([
      [4, '/usr/bin/new-program', true],
    ]);
    expect(outcome(result, 'clock-rollback')).toBe('pass');
    ima = whole;
  });

  it.each(['rsa', 'ecc'] as const)(
    'a credential for its %s endorsement key is activated by it, for this attestation key alone',
    async (kind) => {
      const ak = await createAk(tpm, 'ecdsa256');
      const ek = await createEk(tpm, kind);
      const secret = randomBytes(32);
      const made = makeCredential(ek.area, nameOf(ak.area), secret, randomBytes(32));
      if (!made.ok) throw new Error(made.problem.message);
      const answer = await activate(tpm, ak.handle, ek.handle, made.value);
      expect(enrolmentOf(nameOf(ak.area), secret, answer)).toMatchObject({ akName: nameOf(ak.area) });
      expect(enrolmentOf(nameOf(ak.area), secret, Buffer.alloc(32))).toBe(null);

      const wrong = makeCredential(ek.area, `000b${'ab'.repeat(32)}`, secret, randomBytes(32));
      if (!wrong.ok) throw new Error(wrong.problem.message);
      await expect(activate(tpm, ak.handle, ek.handle, wrong.value)).rejects.toThrow(TpmError);
      await flush(tpm, ek.handle);
      await flush(tpm, ak.handle);

      const otherAk = await createAk(other, 'ecdsa256');
      const otherEk = await createEk(other, kind);
      await expect(activate(other, otherAk.handle, otherEk.handle, made.value)).rejects.toThrow(TpmError);
      await flush(other, otherEk.handle);
      await flush(other, otherAk.handle);
    },
  );

  it('a resume counts as restart and keeps the boot; a reset counts as reboot and starts the list anew', async () => {
    const before = verifyEvidence(await answerOf(tpm, { nonce: randomBytes(20), ima }));
    const clock = before.quote?.clock;
    if (clock === undefined) throw new Error('no clock');
    await tpm.powerOff('state');
    await tpm.powerOn('state');
    const resumed = verifyEvidence(await answerOf(tpm, { nonce: randomBytes(20), ima, previous: clock }));
    expect(failed(resumed)).toEqual([]);
    expect([resumed.quote?.clock.resetCount, resumed.quote?.clock.restartCount]).toEqual([clock.resetCount, clock.restartCount + 1]);
    expect(outcome(resumed, 'reboot-detected')).toBe('pass');

    await tpm.powerOff();
    await tpm.powerOn();
    const list = await boot(tpm);
    const rebooted = await answerOf(tpm, { nonce: randomBytes(20), ima: list, previous: clock });
    const result = verifyEvidence(rebooted);
    expect(failed(result)).toEqual([]);
    expect(outcome(result, 'reboot-detected')).toBe('notice');
    // The list of the boot before proves nothing about this one, as a whole or continued.
    const state = before.ima?.state;
    if (!state) throw new Error('no state');
    expect(failed(verifyEvidence({ ...rebooted, ima: Buffer.alloc(0), imaFrom: { resetCount: clock.resetCount, state } }))).toEqual([
      expect.stringContaining('ima-replay: The IMA list continues one of another boot'),
    ]);
    ima = list;
  });
});
