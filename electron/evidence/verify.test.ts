import { describe, expect, it } from 'vitest';
import { CHECK_CODES, type CheckCode, type CheckOutcome } from '../../shared/model/check.ts';
import { parseBundle, verifyEvidence } from './index.ts';
import {
  agileEvent,
  digest,
  imaNgLine,
  u16,
  BANK,
  FILES,
  type HostOptions,
  type KeyKind,
  NONCE,
  REQUIRED,
  bootLog,
  makeEvidence,
  makeKey,
  nameOf,
  quoteOf,
  specId,
} from './testing/host.ts';
import type { ClockFacts, EvidenceInput } from './types.ts';

const key = makeKey('ecdsa256');
const other = makeKey('ecdsa256');
const make = (options: HostOptions = {}) => makeEvidence({ key, ...options });

const codes = (input: EvidenceInput, outcome: CheckOutcome): readonly CheckCode[] =>
  verifyEvidence(input)
    .checks.filter((check) => check.outcome === outcome)
    .map((check) => check.code);

const messageOf = (input: EvidenceInput, code: CheckCode): string =>
  verifyEvidence(input).checks.find((check) => check.code === code)?.message ?? '';
const without = <K extends keyof EvidenceInput>(input: EvidenceInput, field: K): EvidenceInput =>
  Object.fromEntries(Object.entries(input).filter(([name]) => name !== field)) as EvidenceInput;

describe('coherent evidence', () => {
  it.each<KeyKind>(['rsassa', 'rsapss', 'ecdsa256', 'ecdsa384'])('passes with an attestation key of kind %s', (kind) => {
    const result = verifyEvidence(makeEvidence({ key: makeKey(kind) }));
    expect(result.checks.filter((check) => check.outcome === 'fail')).toEqual([]);
    expect(result.verdict).toBe('pass');
    expect(result.provenLogPcrs).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(result.ima?.provenCount).toBe(4);
    expect(Buffer.from(result.geoTag ?? []).toString()).toBe('{"country":"DE"}');
  });

  it('reports every code exactly once, in the order of the list', () => {
    expect(verifyEvidence(make()).checks.map((check) => check.code)).toEqual([...CHECK_CODES]);
  });

  it('says which checks were not evaluated, and why', () => {
    const result = verifyEvidence(without(make(), 'enrolment'));
    expect(result.verdict).toBe('pass');
    expect(result.checks.find((check) => check.code === 'ak-binding')).toMatchObject({
      outcome: 'not-evaluated',
      message: expect.stringContaining('any TPM'),
    });
  });

  it('fails an unenrolled host where enrolment is required', () => {
    const result = verifyEvidence(without(make(), 'enrolment'), { enrolmentRequired: true });
    expect(result.checks.find((check) => check.code === 'ak-binding')?.outcome).toBe('fail');
  });
});

/** [what is spoiled, the evidence, the codes that must fail: all of them and no others] */
const SPOILED: readonly (readonly [string, () => EvidenceInput, readonly CheckCode[]])[] = [
  ['a quote for another nonce', () => ({ ...make(), nonce: Buffer.alloc(16) }), ['nonce', 'geo-nonce']],
  ['a nonce that only starts alike', () => ({ ...without(make(), 'geo'), nonce: NONCE.subarray(0, 15) }), ['nonce']],
  ['a wrong magic', () => make({ magic: 0x54504d21 }), ['magic']],
  [
    'a signature by another key',
    () => ({ ...make(), quote: { ...make().quote, signature: other.sign(make().quote.attest) } }),
    ['signature'],
  ],
  ['an RSASSA label on an ECDSA signature', () => make({ label: { scheme: 0x0014 } }), ['signature-format']],
  ['a SHA-1 label on a SHA-256 signature', () => make({ label: { hash: 'sha1' } }), ['signature-hash']],
  [
    'bytes after the signature',
    () => ({ ...make(), quote: { ...make().quote, signature: Buffer.concat([make().quote.signature, u16(0)]) } }),
    ['signature-format'],
  ],
  ['an unrestricted key', () => make({ attributes: 0x00040072 }), ['ak-attributes']],
  ['a decryption key', () => make({ attributes: 0x00070072 }), ['ak-attributes']],
  ['a key that may leave its TPM', () => make({ attributes: 0x00050070 }), ['ak-attributes']],
  ['a PEM of another key', () => ({ ...make(), akPem: other.pem }), ['ak-mismatch']],
  [
    'a key that is not the enrolled one',
    () => ({ ...make(), enrolment: { akName: nameOf(other.area()), source: 'a test' } }),
    ['ak-binding', 'geo-signer'],
  ],
  [
    'a selection without PCR 7',
    () => without(make({ selection: { sha256: REQUIRED.filter((pcr) => pcr !== 7) } }), 'claimedSelection'),
    ['pcr-selection'],
  ],
  ['an empty selection', () => make({ selection: { sha256: [] } }), ['pcr-selection']],
  ['a claimed selection wider than the signed one', () => ({ ...make(), claimedSelection: { sha256: [0, 16] } }), ['pcr-selection']],
  ['a false PCR value', () => falsePcr(), ['pcr-digest', 'log-replay']],
  ['no event log', () => without(make(), 'eventLog'), ['log-missing']],
  ['a log cut short', () => ({ ...make(), eventLog: make().eventLog.subarray(0, -40) }), ['log-parse', 'log-replay']],
  [
    'an event that was never extended',
    () => ({ ...make(), eventLog: Buffer.concat([bootLog(), agileEvent(BANK, 9, 0x0d, Buffer.from('x'))]) }),
    ['log-replay'],
  ],
  ['an event without a digest in the quoted bank', () => ({ ...make(), eventLog: looseLog() }), ['log-replay']],
  ['a changed variable under an unchanged digest', () => ({ ...make(), eventLog: flipSecureBoot(bootLog()) }), ['event-data-digest']],
  ['a relabelled event in PCR 7', () => ({ ...make(), eventLog: relabel(bootLog(), 0x0d) }), ['event-type']],
  ['configuration of PCR 7 labelled an authority', () => ({ ...make(), eventLog: relabel(bootLog(), 0x800000e0) }), ['event-type']],
  ['an IMA list without its second entry', () => ({ ...make(), ima: dropLine(make().ima, 1) }), ['ima-replay']],
  [
    'an IMA entry whose path was changed',
    () => ({ ...make(), ima: Buffer.from(make().ima.toString().replace('/bin/bash', '/bin/bosh')) }),
    ['ima-template-hash', 'ima-replay'],
  ],
  ['a torn IMA list', () => ({ ...make(), ima: make().ima.subarray(0, -30) }), ['ima-parse', 'ima-replay']],
  ['an IMA list of another boot', () => make({ aggregatePcrs: [1, 0, 2, 3, 4, 5, 6, 7] }), ['boot-aggregate']],
  ['no IMA list although PCR 10 was extended', () => without(make(), 'ima'), ['ima-missing']],
  ['a geo tag certified for another nonce', () => make({ geo: { nonce: Buffer.alloc(16) } }), ['geo-nonce']],
  ['a geo tag certified by another key', () => make({ geo: { key: other } }), ['geo-signer']],
  ['a geo tag from another index', () => make({ geo: { index: 0x01500011 } }), ['geo-index']],
  ['a geo tag from an index that is not write-locked', () => make({ geo: { attributes: 0x2006200a } }), ['geo-index']],
  ['a geo tag certified in part', () => make({ geo: { offset: 4 } }), ['geo-index']],
  ['a quote in place of a geo tag', () => ({ ...make(), geo: { ...make().quote, nvIndex: 1 } }), ['geo-type']],
];

/** The same log with both banks declared, and one event that carries SHA-1 only. */
const looseLog = (): Buffer => {
  const head = specId(BANK).length;
  return Buffer.concat([
    specId(['sha1', 'sha256']),
    bootLog().subarray(head),
    agileEvent(['sha1'], 8, 0x0d, Buffer.from('grub_cmd: harmless')),
  ]);
};

const falsePcr = (): EvidenceInput => {
  const input = make();
  return { ...input, pcrs: { sha256: { ...input.pcrs.sha256, 7: 'ab'.repeat(32) } } };
};

const flipSecureBoot = (log: Buffer): Buffer => {
  const at = log.indexOf(Buffer.from('SecureBoot', 'utf16le')) + 20;
  const changed = Buffer.from(log);
  changed[at] = 0;
  return changed;
};

/** SecureBoot's event under another label: replay still holds. */
const relabel = (log: Buffer, type: number): Buffer => {
  const changed = Buffer.from(log);
  const at = log.indexOf(Buffer.from('SecureBoot', 'utf16le')) - 32 - 4 - 32 - 2 - 4 - 4;
  changed.writeUInt32LE(type, at);
  return changed;
};

const dropLine = (list: Buffer, index: number): Buffer =>
  Buffer.from(
    list
      .toString()
      .split('\n')
      .filter((_, i) => i !== index)
      .join('\n'),
  );

describe('spoiled evidence', () => {
  it.each(SPOILED)('%s fails exactly where it should', (_, spoil, expected) => {
    const input = spoil();
    expect(verifyEvidence(input).verdict).toBe('fail');
    expect([...codes(input, 'fail')].sort()).toEqual([...expected].sort());
  });

  it.each(SPOILED.filter(([, , expected]) => expected.includes('signature') || expected.includes('pcr-digest')))(
    '%s leaves no quoted PCRs and no proof',
    (_, spoil) => {
      const result = verifyEvidence(spoil());
      expect(result.quotedPcrs).toEqual({});
      expect(result.provenLogPcrs).toEqual([]);
      expect([...(result.ima?.entries ?? [])].some((entry) => entry.proven)).toBe(false);
    },
  );

  it('names the PCR, both values and the stage in one sentence', () => {
    const log = Buffer.concat([bootLog(), agileEvent(BANK, 4, 0x80000003, Buffer.alloc(32), Buffer.from('evil'))]);
    expect(messageOf({ ...make(), eventLog: log }, 'log-replay')).toMatch(
      /^sha256 PCR 4 replays to [0-9a-f]{12}….* but the quote says [0-9a-f]{12}….*boot loader\.$/u,
    );
  });
});

describe('clock', () => {
  const before: ClockFacts = { resetCount: 3, restartCount: 1, clockMs: 4000n, safe: true, firmwareVersion: 7n };
  const outcomes = (clock: HostOptions['clock'], previous: ClockFacts = before): readonly (string | undefined)[] => {
    const { checks } = verifyEvidence({ ...make(clock === undefined ? {} : { clock }), previous });
    return ['clock-rollback', 'reboot-detected'].map((code) => checks.find((check) => check.code === code)?.outcome);
  };

  it('must grow while the counts stay', () => {
    expect(outcomes({ clock: 4001n })).toEqual(['pass', 'pass']);
    expect(outcomes({ clock: 4000n })).toEqual(['fail', 'pass']);
  });
  it('sees a reboot in a higher reset count, whatever the restart count', () =>
    expect(outcomes({ reset: 4, restart: 0, clock: 6000n })).toEqual(['pass', 'notice']));
  it('sees a rollback in a lower reset count', () => expect(outcomes({ reset: 2, clock: 9000n })).toEqual(['fail', 'pass']));
  it('sees a rollback in a lower restart count', () => expect(outcomes({ restart: 0, clock: 9000n })).toEqual(['fail', 'pass']));
  it('refuses an older firmware version and remarks on a newer one', () => {
    expect(outcomes({ firmware: 6n })).toEqual(['fail', 'pass']);
    expect(outcomes({ firmware: 8n })).toEqual(['notice', 'pass']);
  });
  it('remarks on a clock that is not safe', () => expect(outcomes({ safe: 0 })).toEqual(['notice', 'pass']));

  it('verifies an earlier quote before it uses its clock', () => {
    const previousQuote = quoteOf(key, {}, { clock: { reset: 9 } });
    expect(codes({ ...make(), previousQuote }, 'fail')).toEqual(['clock-rollback']);
    const forged = { ...previousQuote, signature: other.sign(previousQuote.attest) };
    expect(codes({ ...make(), previousQuote: forged }, 'fail')).toEqual([]);
    expect(messageOf({ ...make(), previousQuote: forged }, 'clock-rollback')).toContain('does not verify');
  });
});

describe('IMA list against the quote', () => {
  it('proves a prefix and holds back what was measured after the quote', () => {
    const input = make();
    const late = imaNgLine('/usr/bin/late', digest('sha256', Buffer.from('late')));
    const result = verifyEvidence({ ...input, ima: Buffer.concat([input.ima, Buffer.from(late)]) });
    expect(result.verdict).toBe('pass');
    expect(result.checks.find((check) => check.code === 'ima-partial')?.outcome).toBe('notice');
    expect([...(result.ima?.entries ?? [])].map((entry) => entry.proven)).toEqual([true, true, true, true, false]);
  });

  it('accepts kernels that extend the padded SHA-1', () => {
    expect(codes(make({ paddedIma: true }), 'fail')).toEqual([]);
  });

  it.each([[[0, 1, 2, 3, 4, 5, 6, 7]], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]])('accepts a boot_aggregate over PCRs %j', (aggregatePcrs) => {
    expect(codes(make({ aggregatePcrs }), 'pass')).toContain('boot-aggregate');
  });

  it('does not take an untouched PCR 10 for proof of a list', () => {
    const input = make();
    const pcrs = Object.fromEntries(Object.entries(input.pcrs.sha256 ?? {}).map(([pcr, hex]) => [pcr, Buffer.from(hex, 'hex')]));
    pcrs[10] = Buffer.alloc(32);
    const quote = quoteOf(key, pcrs, {});
    const spoiled = { ...input, quote, pcrs: { sha256: { ...input.pcrs.sha256, 10: '00'.repeat(32) } } };
    expect(codes(spoiled, 'fail')).toEqual(['ima-replay']);
  });

  it('keeps several spaces in a path', () => {
    expect(verifyEvidence(make()).ima?.entries.at(2)?.path).toBe(FILES[1]?.path);
  });
});

describe('event log against the quote', () => {
  it('fails when all events of a quoted PCR were removed', () => {
    const kept = [agileEvent(BANK, 0, 4, Buffer.alloc(4))];
    const log = Buffer.concat([bootLog().subarray(0, 65), ...kept]);
    expect(codes({ ...make(), eventLog: log }, 'fail')).toContain('log-replay');
  });

  it('is not evaluated where no valid quote covers the values', () => {
    const input = { ...make(), quote: { ...make().quote, signature: other.sign(make().quote.attest) } };
    expect(codes(input, 'not-evaluated')).toContain('log-replay');
  });
});

describe('bundle', () => {
  it.each([
    ['not JSON', '{', 'not JSON'],
    ['not an object', '[]', 'the bundle is not an object'],
    ['no host', '{}', 'host is not text'],
    ['a nonce that is not hexadecimal', '{"host":"h","nonce":"zz"}', 'nonce is not hexadecimal'],
    ['a quote that is not base64', '{"host":"h","nonce":"00","quote":{"attest":"*"}}', 'quote.attest is not base64'],
    [
      'a PCR value of the wrong size',
      '{"host":"h","nonce":"00","quote":{"attest":"","signature":""},"pcrs":{"sha256":{"0":"00"}}}',
      'pcrs.sha256.0 has 1 bytes',
    ],
    [
      'a PCR twice',
      `{"host":"h","nonce":"00","quote":{"attest":"","signature":""},"pcrs":{"sha1":{"00":"${'00'.repeat(20)}","0":"${'11'.repeat(20)}"}}}`,
      'pcrs.sha1 names PCR 0 twice',
    ],
    ['PCR 24', '{"host":"h","nonce":"00","quote":{"attest":"","signature":""},"pcrs":{"sha1":{"24":"00"}}}', 'pcrs.sha1 names PCR 24'],
  ])('refuses %s and names the field', (_, text, reason) => {
    const parsed = parseBundle(text);
    expect(parsed.ok ? '' : parsed.problem.message).toContain(reason);
  });
});
