import { array, assert, constantFrom, property, record, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIma, parseImaInSteps, streamIma } from '../index.ts';
import { digest } from '../testing/host.ts';
import type { ImaEntry } from '../types.ts';
import { readAsciiEntry } from './parse-ascii.ts';
import { createSlot, sourceOf } from './template.ts';

const line = record({
  pcr: constantFrom('10', '10', '10', '11', '9', '07', '99', 'x'),
  hash: constantFrom('a'.repeat(40), '0'.repeat(40), 'b'.repeat(64), 'zz'.repeat(20), 'c'.repeat(39)),
  template: constantFrom('ima-ng', 'ima-ng', 'ima-sig', 'ima-buf', 'ima-modsig', 'ima', 'ima-ngv2', 'unknown'),
  digest: constantFrom(
    `sha256:${'d'.repeat(64)}`,
    `sha256:${'e'.repeat(64)}`,
    `sha1:${'f'.repeat(40)}`,
    `ima:sha256:${'1'.repeat(64)}`,
    'sha256:zz',
    '',
  ),
  path: string({ unit: constantFrom('a', '/', ' ', 'ä', '\t', ':'), maxLength: 12 }),
  tail: constantFrom('', ' ', ' 0302', ' 03', ' 0', ' aa sha256:bb cc'),
});

describe('reading a line like the one before', () => {
  it('gives what reading it alone gives, whatever the lines are', () => {
    assert(
      property(array(line, { minLength: 1, maxLength: 12 }), (lines) => {
        const list = Buffer.from(
          lines.map((one) => `${one.pcr} ${one.hash} ${one.template} ${one.digest} ${one.path}${one.tail}\n`).join(''),
        );
        const source = sourceOf(list);
        const [running, alone] = [createSlot(), createSlot()];
        for (let at = 0; at < list.length; ) {
          const first = readAsciiEntry(source, at, running);
          alone.layout.start = 0;
          const second = readAsciiEntry(source, at, alone);
          expect(first).toEqual(second);
          if (first !== 'entry') return;
          const seen = ({ layout: _l, data, dataView: _d, hashView: _h, dataOf: _o, hash, ...rest }: typeof running): unknown => ({
            ...rest,
            hash: hash.toString('hex', 0, rest.hashLength),
            data: data.toString('hex', 0, Math.max(0, rest.dataLength)),
          });
          expect(seen(running)).toEqual(seen(alone));
          at = running.next;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const imaLine = (path: string, text = path): string => {
  const content = digest('sha256', Buffer.from(text));
  const name = Buffer.from(`${path}\0`);
  const field = Buffer.concat([Buffer.from('sha256:\0'), content]);
  const le = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  const data = Buffer.concat([le(field.length), field, le(name.length), name]);
  return `10 ${digest('sha1', data).toString('hex')} ima-ng sha256:${content.toString('hex')} ${path}\n`;
};

const lines = ['boot_aggregate', ...Array.from({ length: 40 }, (_, i) => `/usr/bin/tool ${i}`)].map((path) => imaLine(path));
const list = Buffer.from(lines.join(''));
const pcr10After = (count: number): string => {
  const parsed = parseIma(Buffer.from(lines.slice(0, count).join('')), { banks: ['sha256'], legacyPadded: false });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value.pcr10['sha256'] ?? '';
};

describe('a list read piece by piece', () => {
  it('replays like the whole list, wherever it is cut', () => {
    const whole = parseIma(list);
    assert(
      property(array(uint8Array({ minLength: 1, maxLength: 1 }), { maxLength: 60 }), (cuts) => {
        const stream = streamIma();
        let at = 0;
        for (const [size] of cuts) {
          const piece = list.subarray(at, at + (size ?? 1));
          stream.push(Buffer.from(piece));
          at += piece.length;
        }
        stream.push(list.subarray(at));
        const streamed = stream.end();
        if (!streamed.ok || !whole.ok) throw new Error('not read');
        const { entries: _a, ...seen } = streamed.value;
        const { entries: _b, ...expected } = whole.value;
        expect(seen).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a list read in steps', () => {
  it('is the list read at once', () => {
    const long = Buffer.concat(Array.from({ length: 600 }, () => list));
    const steps = parseImaInSteps(long);
    let pauses = 0;
    let next = steps.next();
    for (; next.done !== true; next = steps.next()) pauses += 1;
    const whole = parseIma(long);
    if (!next.value.ok || !whole.ok) throw new Error('not read');
    expect(pauses).toBe(Math.ceil(long.length / (512 * 1024)) - 1);
    const { entries, ...rest } = next.value.value;
    const { entries: expected, ...others } = whole.value;
    expect(rest).toEqual(others);
    expect([...entries]).toEqual([...expected]);
  });
});

describe('a list continued from a proven state', () => {
  const from = (count: number): NonNullable<(typeof whole)['state']> => {
    const parsed = parseIma(list, { banks: ['sha256'], legacyPadded: false, quoted: { sha256: pcr10After(count) } });
    if (!parsed.ok || parsed.value.state === null) throw new Error('no state');
    return parsed.value.state;
  };
  const parsedWhole = parseIma(list, { banks: ['sha256'], legacyPadded: false, quoted: { sha256: pcr10After(41) } });
  if (!parsedWhole.ok) throw new Error('not read');
  const whole = parsedWhole.value;

  it.each([1, 20, 40, 41])('proves after %i entries what the whole list proves', (count) => {
    const state = from(count);
    expect(state).toMatchObject({ entryCount: count, byteLength: lines.slice(0, count).join('').length });
    const rest = parseIma(list.subarray(state.byteLength), {
      banks: ['sha256'],
      legacyPadded: false,
      quoted: { sha256: pcr10After(41) },
      from: state,
    });
    if (!rest.ok) throw new Error('not read');
    const entries: readonly ImaEntry[] = [...rest.value.entries];
    expect(entries).toEqual([...whole.entries].slice(count));
    const { entries: _a, continuedAt, problems: _p, ...seen } = rest.value;
    const { entries: _b, continuedAt: _c, problems: _q, ...expected } = whole;
    expect(continuedAt).toBe(count);
    expect(seen).toEqual(expected);
  });

  it('proves nothing from a state of another list', () => {
    const state = { ...from(20), pcr10: { sha256: 'ab'.repeat(32) } };
    const rest = parseIma(list.subarray(state.byteLength), {
      banks: ['sha256'],
      legacyPadded: false,
      quoted: { sha256: pcr10After(41) },
      from: state,
    });
    expect(rest.ok && rest.value.provenCount).toBe(null);
  });
});

describe('fast mode', () => {
  const modes = (text: string, quoted: string): readonly (readonly [number | null, number])[] =>
    (['full', 'fast'] as const).map((mode) => {
      const parsed = parseIma(Buffer.from(text), { banks: ['sha256'], legacyPadded: false, quoted: { sha256: quoted }, mode });
      if (!parsed.ok) throw new Error(parsed.problem.message);
      return [parsed.value.provenCount, [...parsed.value.entries].filter((entry) => entry.proven).length];
    });

  it('proves the same entries as full mode', () => {
    expect(modes(list.toString(), pcr10After(30))).toEqual([
      [30, 30],
      [30, 30],
    ]);
  });

  it('does not look at a template hash column that PCR 10 does not need, and full mode does', () => {
    const changed = list.toString().replace(/^10 [0-9a-f]/u, (start) => `10 ${start.endsWith('0') ? '1' : '0'}`);
    expect(modes(changed, pcr10After(41))).toEqual([
      [41, 40],
      [41, 41],
    ]);
  });

  it('sees violations and entries of other PCRs', () => {
    const violation = `10 ${'0'.repeat(40)} ima-ng sha256:${'0'.repeat(64)} /var/log/x\n`;
    const other = imaLine('/a').replace(/^10/u, '11') + imaLine('/b').replace(/^10/u, '11');
    for (const mode of ['full', 'fast'] as const) {
      const parsed = parseIma(Buffer.from(lines.join('') + violation + other + violation), { banks: ['sha256'], mode });
      expect(parsed.ok && [parsed.value.violations, parsed.value.templateHashMismatches]).toEqual([2, 0]);
    }
  });
});
