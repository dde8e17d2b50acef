import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { GEO_INDEX, REQUIRED, bootLog, digest, makeKey, nameOf } from '../testing/host.ts';
import {
  OWNER,
  UNRESTRICTED,
  certify,
  certifyTag,
  createAk,
  extend,
  flush,
  getTime,
  quote,
  signDigest,
  writeTag,
} from '../testing/live/commands.ts';
import { TAG, answerOf, boot, bundle, pcrsOf, provision } from '../testing/live/host.ts';
import { SoftwareTpm, noSoftwareTpm } from '../testing/live/software-tpm.ts';
import type { EvidenceInput } from '../types.ts';

const failing = (input: EvidenceInput): readonly string[] =>
  verifyEvidence(input)
    .checks.filter((check) => check.outcome === 'fail')
    .map((check) => check.code);

const SIXTEEN = [16, 23] as const;

/** Every attack is made with the commands that an attacker with root on the machine has; the TPM itself stays honest. */
describe.skipIf(noSoftwareTpm !== '')(`attacks on a software TPM${noSoftwareTpm}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-attack-'));
  const tpm = new SoftwareTpm(path.join(folder, 'own'));
  const other = new SoftwareTpm(path.join(folder, 'other'));
  let ima: Buffer;
  let nonce: Buffer;
  let honest: EvidenceInput;

  beforeAll(async () => {
    await tpm.powerOn();
    await other.powerOn();
    ima = await boot(tpm);
    await boot(other);
    await provision(tpm);
    await provision(other);
    nonce = randomBytes(20);
    honest = await answerOf(tpm, { nonce, ima, tagIndex: GEO_INDEX });
  }, 60_000);
  afterAll(async () => {
    await tpm.powerOff('none');
    await other.powerOff('none');
    rmSync(folder, { recursive: true, force: true });
  });

  it('none: the answer that the attacks start from is honest', () => {
    expect(failing(honest)).toEqual([]);
  });

  it('a quote replayed for a new nonce', () => {
    expect(failing({ ...honest, nonce: randomBytes(20) })).toEqual(['nonce', 'geo-nonce']);
  });

  it('the quote of another TPM under the name of this host', async () => {
    const foreign = await answerOf(other, { nonce, ima });
    const { enrolment } = honest;
    if (enrolment === undefined) throw new Error('no enrolment');
    expect(failing({ ...foreign, enrolment })).toEqual(['ak-binding']);
  });

  it('a structure forged to the byte and signed by an unrestricted key of the same TPM', async () => {
    const key = await createAk(tpm, 'ecdsa256', UNRESTRICTED, OWNER);
    const forged = Buffer.from(honest.quote.attest);
    const signature = await signDigest(tpm, key.handle, digest('sha256', forged));
    await flush(tpm, key.handle);
    const enrolment = { akName: nameOf(key.area), source: 'a careless enrolment' };
    const forgery = { ...bundle(key, { attest: forged, signature }, { nonce, ima }), pcrs: honest.pcrs, enrolment };
    expect(failing(forgery)).toEqual(['ak-attributes']);
  });

  it('a key in software that claims the attributes of a TPM key', () => {
    const key = makeKey('ecdsa256');
    const forged = {
      ...honest,
      akTpm2bPublic: key.area(),
      quote: { attest: honest.quote.attest, signature: key.sign(honest.quote.attest) },
    };
    expect(failing(forged)).toEqual(['ak-binding', 'geo-signer']);
  });

  it('another restricted key of the same TPM, which nobody enrolled', async () => {
    const unenrolled = await answerOf(tpm, { kind: 'rsassa', nonce, ima });
    const { enrolment } = honest;
    if (enrolment === undefined) throw new Error('no enrolment');
    expect(failing({ ...unenrolled, enrolment })).toEqual(['ak-binding']);
  });

  it('good values replayed into resettable PCRs, and the quote of those presented as one of the boot PCRs', async () => {
    const ak = await createAk(tpm, 'ecdsa256');
    for (const pcr of SIXTEEN) await extend(tpm, pcr, { sha256: digest('sha256', Buffer.from('replayed')) });
    const quoted = await quote(tpm, ak.handle, nonce, SIXTEEN);
    const values = await pcrsOf(tpm, 'sha256', [...SIXTEEN, ...REQUIRED]);
    await flush(tpm, ak.handle);
    const claimed = { ...bundle(ak, quoted, { nonce, ima }), pcrs: { sha256: values } };
    expect(failing({ ...claimed, claimedSelection: { sha256: REQUIRED } })).toEqual(['pcr-selection']);
  });

  it('TPM2_GetTime, TPM2_Certify and TPM2_NV_Certify as quotes', async () => {
    const ak = await createAk(tpm, 'ecdsa256');
    const second = await createAk(tpm, 'ecdsa256', UNRESTRICTED, OWNER);
    const attested = [
      await getTime(tpm, ak.handle, nonce),
      await certify(tpm, second.handle, ak.handle, nonce),
      await certifyTag(tpm, ak.handle, GEO_INDEX, TAG.length, nonce),
    ];
    await flush(tpm, second.handle);
    await flush(tpm, ak.handle);
    for (const one of attested) expect(failing({ ...honest, quote: one })).toContain('attest-type');
    for (const one of attested) expect(verifyEvidence({ ...honest, quote: one }).quotedPcrs).toEqual({});
  });

  it('a quote of the SHA-1 bank, which the firmware left alone', async () => {
    const ak = await createAk(tpm, 'ecdsa256');
    const quoted = await quote(tpm, ak.handle, nonce, REQUIRED, 'sha1');
    const values = { sha1: await pcrsOf(tpm, 'sha1') };
    await flush(tpm, ak.handle);
    expect(failing({ ...bundle(ak, quoted, { nonce, ima }), pcrs: values })).toContain('pcr-selection');
  });

  it("a register value that is not the TPM's", () => {
    const pcrs = { sha256: { ...honest.pcrs.sha256, 7: '11'.repeat(32) } };
    expect(failing({ ...honest, pcrs })).toEqual(['pcr-digest', 'log-replay']);
  });

  it('the tag of another TPM, another index, an old certification, a tag that can be rewritten', async () => {
    const foreignAk = await createAk(other, 'ecdsa256');
    const foreign = await certifyTag(other, foreignAk.handle, GEO_INDEX, TAG.length, nonce);
    await flush(other, foreignAk.handle);
    expect(failing({ ...honest, geo: { ...foreign, nvIndex: GEO_INDEX } })).toEqual(['geo-signer']);

    const elsewhere = GEO_INDEX + 1;
    await writeTag(tpm, elsewhere, TAG);
    const open = GEO_INDEX + 2;
    await writeTag(tpm, open, TAG, false);
    const ak = await createAk(tpm, 'ecdsa256');
    const otherIndex = await certifyTag(tpm, ak.handle, elsewhere, TAG.length, nonce);
    const stale = await certifyTag(tpm, ak.handle, GEO_INDEX, TAG.length, randomBytes(20));
    const rewritable = await certifyTag(tpm, ak.handle, open, TAG.length, nonce);
    const part = await certifyTag(tpm, ak.handle, GEO_INDEX, TAG.length - 1, nonce);
    await flush(tpm, ak.handle);
    expect(failing({ ...honest, geo: { ...otherIndex, nvIndex: GEO_INDEX } })).toEqual(['geo-index']);
    expect(failing({ ...honest, geo: { ...stale, nvIndex: GEO_INDEX } })).toEqual(['geo-nonce']);
    expect(failing({ ...honest, geo: { ...rewritable, nvIndex: open } })).toEqual(['geo-index']);
    expect(failing({ ...honest, geo: { ...part, nvIndex: GEO_INDEX } })).toEqual(['geo-index']);
  });

  it('an event cut from the log, an entry cut from the list, the log of another boot', () => {
    const list = ima.toString().split('\n');
    const cut = Buffer.from([...list.slice(0, 2), ...list.slice(3)].join('\n'));
    expect(failing({ ...honest, ima: cut })).toEqual(['ima-replay']);
    expect(failing({ ...honest, eventLog: bootLog(0) })).toEqual(['log-replay']);
  });

  it('a program run between the list and the quote without being listed', async () => {
    await extend(tpm, 10, { sha256: randomBytes(32) });
    expect(failing(await answerOf(tpm, { nonce: randomBytes(20), ima }))).toEqual(['ima-replay']);
  });

  it('a boot loader loaded after the log was written', async () => {
    await extend(tpm, 4, { sha256: randomBytes(32) });
    expect(failing(await answerOf(tpm, { nonce: randomBytes(20), ima }))).toEqual(['log-replay', 'ima-replay', 'boot-aggregate']);
  });

  it('a TPM whose state was rolled back to a snapshot', async () => {
    await tpm.powerOff();
    tpm.saveState('snapshot');
    await tpm.powerOn();
    const list = await boot(tpm);
    const accepted = verifyEvidence(await answerOf(tpm, { nonce: randomBytes(20), ima: list })).quote?.clock;
    if (accepted === undefined) throw new Error('no clock');
    await tpm.powerOff();
    await tpm.powerOn();
    const later = verifyEvidence(await answerOf(tpm, { nonce: randomBytes(20), ima: await boot(tpm) })).quote?.clock;
    if (later === undefined) throw new Error('no clock');
    await tpm.powerOff();
    tpm.restoreState('snapshot');
    await tpm.powerOn();
    const again = await boot(tpm);
    expect(failing(await answerOf(tpm, { nonce: randomBytes(20), ima: again, previous: later }))).toEqual(['clock-rollback']);
  });
});
