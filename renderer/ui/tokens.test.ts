import { describe, expect, it } from 'vitest';

// The test runner empties style sheets on import, so the file itself is read; this side has no types of Node.
const fileSystem = 'node:fs';
const { readFileSync }: { readFileSync: (path: URL, encoding: string) => string } = await import(fileSystem);
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');

type Tokens = Readonly<Record<string, string>>;

const blockAfter = (text: string, selector: string): Tokens => {
  const start = text.indexOf(`${selector} {`);
  if (start === -1) throw new Error(`No block for ${selector}`);
  const body = text.slice(start, text.indexOf('}', start));
  return Object.fromEntries([...body.matchAll(/(--[\w-]+):\s*(#[\da-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
};

const light = blockAfter(css, ':root');
const dark = { ...light, ...blockAfter(css, ':root[data-theme="dark"]') };
const more = blockAfter(css, ':root[data-contrast="more"]');
const themes: Readonly<Record<string, Tokens>> = {
  light,
  dark,
  'light, more contrast': { ...light, ...more },
  'dark, more contrast': { ...dark, ...more, ...blockAfter(css, ':root[data-contrast="more"][data-theme="dark"]') },
};

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

const SURFACES = ['--surface-0', '--surface-1', '--surface-2', '--surface-3'];
const WASHES = ['--verdict-failed-wash', '--accent-wash'];
const TEXTS = [
  '--text-1',
  '--text-2',
  '--text-3',
  '--accent',
  '--verdict-trusted',
  '--verdict-failed',
  '--verdict-stale',
  '--verdict-inconclusive',
];
const MARKS = ['--verdict-trusted-mark', '--verdict-failed-mark', '--verdict-stale-mark', '--verdict-inconclusive-mark', '--line-2'];

const pairs = (fronts: readonly string[], backs: readonly string[]) =>
  fronts.flatMap((front) => backs.map((back) => [front, back] as const));

describe.each(Object.entries(themes))('contrast, %s', (_, tokens) => {
  const ratio = (front: string, back: string): number => contrast(tokens[front]!, tokens[back]!);

  it.each(pairs(TEXTS, [...SURFACES, ...WASHES]))('%s can be read on %s', (front, back) => {
    expect(ratio(front, back)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(MARKS, [...SURFACES, ...WASHES]))('%s can be seen on %s', (front, back) => {
    expect(ratio(front, back)).toBeGreaterThanOrEqual(3);
  });
  it('text on the accent can be read', () => {
    expect(ratio('--accent-ink', '--accent')).toBeGreaterThanOrEqual(4.5);
  });
  it('reversed labels can be read', () => {
    expect(ratio('--surface-1', '--text-1')).toBeGreaterThanOrEqual(4.5);
  });
});

const linear = (hex: string): number[] => [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
const lab = ([r = 0, g = 0, b = 0]: number[]): number[] => {
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};
const distance = (a: number[], b: number[]): number => Math.hypot(...a.map((value, index) => value - b[index]!));

const seen = (hex: string, matrix: readonly (readonly number[])[]): number[] =>
  matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, weight, index) => sum + weight * linear(hex)[index]!, 0),
      ),
    ),
  );

describe('colour for colour-vision deficiencies', () => {
  /** Machado et al. 2009, severity 1, on linear RGB. */
  const SEEN: Readonly<Record<string, readonly (readonly number[])[]>> = {
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritanopia: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };
  it.each(Object.entries(themes).flatMap(([theme, tokens]) => Object.keys(SEEN).map((kind) => [theme, kind, tokens] as const)))(
    'trusted and failed stay apart, %s, %s',
    (_, kind, tokens) => {
      const [good, bad] = ['--verdict-trusted-mark', '--verdict-failed-mark'].map((name) => lab(seen(tokens[name]!, SEEN[kind]!)));
      expect(distance(good!, bad!)).toBeGreaterThan(25);
    },
  );
});
