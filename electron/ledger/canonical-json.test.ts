import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, encodeCanonical, parseCanonical } from './canonical-json.ts';

const text = (value: unknown): string => {
  const encoded = canonicalText(value);
  if (!encoded.ok) throw new Error(encoded.problem.message);
  return encoded.value;
};
const why = (result: ReturnType<typeof parseCanonical>): string => (result.ok ? 'ok' : result.problem.code);
const bytes = (json: string): Buffer => Buffer.from(json, 'utf8');

describe('RFC 8785', () => {
  it('§3.2.2: primitive values', () => {
    const input = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(text(JSON.parse(input))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('§3.2.3: keys by UTF-16 code units, so an emoji stands before U+FB33', () => {
    const input = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
      "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`;
    const order = [...text(JSON.parse(input)).matchAll(/:"([^"]*)"/g)].map(([, value]) => value);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  // Appendix B: the bits of an IEEE 754 double, and its text.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B: %s is %s', (bits, expected) => {
    expect(text(Buffer.from(bits, 'hex').readDoubleBE(0))).toBe(expected);
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udead': 1 }],
    ['undefined', undefined],
    ['undefined inside', { a: undefined }],
    ['a hole', [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['a map', new Map()],
  ])('refuses %s instead of writing something else', (_, value) => {
    expect(canonicalText(value)).toMatchObject({ ok: false, problem: { code: 'ledger-not-json' } });
  });

  it('bounds depth and size', () => {
    const nested = JSON.parse('['.repeat(65) + ']'.repeat(65));
    expect(canonicalText(nested).ok).toBe(false);
    expect(why(parseCanonical(bytes('['.repeat(65) + ']'.repeat(65))))).toBe('ledger-not-json');
    expect(why(parseCanonical(bytes('['.repeat(500_000) + ']'.repeat(500_000))))).toBe('ledger-not-json');
    expect(parseCanonical(bytes('['.repeat(64) + ']'.repeat(64))).ok).toBe(true);
    expect(encodeCanonical('x'.repeat(100), { maxBytes: 100, maxDepth: 1 }).ok).toBe(false);
    expect(why(parseCanonical(bytes('"xx"'), { maxBytes: 3, maxDepth: 1 }))).toBe('ledger-not-json');
  });
});

describe('reading canonical JSON', () => {
  it.each([
    ['a space', '{"a": 1}'],
    ['an end of line', '{"a":1}\n'],
    ['keys in another order', '{"b":1,"a":2}'],
    ['keys that look like numbers in numeric order', '{"9":1,"10":2}'],
    ['a repeated key', '{"a":1,"a":1}'],
    ['a number spelled otherwise', '[1.0]'],
    ['an exponent spelled otherwise', '[1e21]'],
    ['minus zero', '[-0]'],
    ['an escape that need not be', String.raw`"\u0041"`],
    ['an escape in capitals', String.raw`"\u000F"`],
    ['an escaped surrogate pair', String.raw`"\ud83d\ude00"`],
  ])('says that %s is not canonical', (_, json) => {
    expect(why(parseCanonical(bytes(json)))).toBe('ledger-not-canonical');
  });

  it.each([
    ['a lone surrogate', String.raw`"\ud800"`],
    ['a byte order mark', '\ufeff1'],
    ['nothing', ''],
    ['two values', '1 1'],
    ['NaN', 'NaN'],
  ])('refuses %s', (_, json) => {
    expect(why(parseCanonical(bytes(json)))).toBe('ledger-not-json');
  });

  it('refuses what is not UTF-8', () => {
    expect(why(parseCanonical(Buffer.from([0x22, 0xff, 0x22])))).toBe('ledger-not-json');
    expect(why(parseCanonical(Buffer.from([0x22, 0xc0, 0x80, 0x22])))).toBe('ledger-not-json');
  });

  it('takes keys that look like numbers in the order of their texts, and a key named __proto__', () => {
    for (const json of ['{"10":1,"9":2}', '{"1":1,"__proto__":{"a":1},"a":2}', '{"a":"\\\\ud800"}'])
      expect(why(parseCanonical(bytes(json)))).toBe('ok');
  });

  it('reads back whatever it wrote, and writes back whatever it read', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const encoded = encodeCanonical(value);
        if (!encoded.ok) return;
        const parsed = parseCanonical(encoded.value);
        expect(parsed.ok && text(parsed.value)).toBe(encoded.value.toString());
      }),
      { numRuns: 500 },
    );
  });

  it('never takes two spellings: whatever bytes it takes are those it would write', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(' ', '0', '"', ',', '\\u0041', '1e2'), (json, at, insert) => {
        const changed = bytes(json.slice(0, at % (json.length + 1)) + insert + json.slice(at % (json.length + 1)));
        const parsed = parseCanonical(changed);
        expect(parsed.ok ? text(parsed.value) : changed.toString()).toBe(changed.toString());
      }),
      { numRuns: 500 },
    );
  });
});
