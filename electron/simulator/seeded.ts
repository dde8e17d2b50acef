import { createECDH, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Everything about a simulated fleet that need not be secret is a function of its seed and a label. */
export type Seeded = {
  readonly bytes: (label: string, length: number) => Buffer;
  /** Whole number in [0, below). */
  readonly int: (label: string, below: number) => number;
  readonly pick: <T>(label: string, from: readonly T[]) => T;
  readonly digest: (label: string) => string;
  readonly uuid: (label: string) => string;
  readonly ecKey: (label: string, curve: 'P-256' | 'P-384') => KeyObject;
  /** A key that fifty neighbouring hosts share, for what proves nothing about a host: making keys costs start time. */
  readonly sharedKey: (label: string, index: number) => KeyObject;
};

const HOSTS_PER_SHARED_KEY = 50;

const CURVES = {
  'P-256': { name: 'prime256v1', bytes: 32, order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  'P-384': {
    name: 'secp384r1',
    bytes: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
} as const;

export const createSeeded = (seed: number): Seeded => {
  const bytes = (label: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', String(seed), 'plumbline simulated fleet', label, length));
  const int = (label: string, below: number): number => bytes(label, 6).readUIntBE(0, 6) % below;
  const ecKey = (label: string, curve: 'P-256' | 'P-384'): KeyObject => {
    const facts = CURVES[curve];
    // 16 extra bytes make the bias of the reduction negligible.
    const wide = BigInt(`0x${bytes(`key ${label}`, facts.bytes + 16).toString('hex')}`);
    const scalar = (wide % (facts.order - 1n)) + 1n;
    const d = Buffer.from(scalar.toString(16).padStart(facts.bytes * 2, '0'), 'hex');
    const ecdh = createECDH(facts.name);
    ecdh.setPrivateKey(d);
    const point = ecdh.getPublicKey();
    const part = (from: number): string => point.subarray(from, from + facts.bytes).toString('base64url');
    const jwk = { kty: 'EC', crv: curve, x: part(1), y: part(1 + facts.bytes), d: d.toString('base64url') };
    return createPrivateKey({ key: jwk, format: 'jwk' });
  };
  const shared = new Map<string, KeyObject>();
  const sharedKey = (label: string, index: number): KeyObject => {
    const group = `${label} ${Math.floor(index / HOSTS_PER_SHARED_KEY)}`;
    const key = shared.get(group) ?? ecKey(group, 'P-256');
    shared.set(group, key);
    return key;
  };
  return {
    bytes,
    sharedKey,
    int,
    ecKey,
    pick: (label, from) => {
      const found = from[int(label, from.length)];
      if (found === undefined) throw new RangeError(`nothing to pick for ${label}`);
      return found;
    },
    digest: (label) => bytes(`digest ${label}`, 32).toString('hex'),
    uuid: (label) => {
      const raw = bytes(`uuid ${label}`, 16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      return raw.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
};
