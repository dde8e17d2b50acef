import { generateKeyPair, createPrivateKey, type KeyObject } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a fleet keeps between runs: keys that cannot be derived from the seed, and when it first started. */
const stateSchema = z.object({
  version: z.literal(1),
  seed: z.number().int(),
  startedAtMs: z.number(),
  runs: z.number().int(),
  caKey: z.string(),
  firmwareRootKey: z.string(),
  endorsementKey: z.string(),
  rsaKeys: z.record(z.string(), z.string()),
});

export type FleetState = {
  readonly seed: number;
  readonly startedAtMs: number;
  /** Runs before this one. */
  readonly earlierRuns: number;
  readonly caKey: KeyObject;
  readonly firmwareRootKey: KeyObject;
  readonly endorsementKey: KeyObject;
  /** RSA attestation keys by host index. */
  readonly rsaKeys: ReadonlyMap<number, KeyObject>;
};

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsaPem = (): Promise<string> =>
  new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: 2048 }, (error, _publicKey, privateKey) =>
      error === null ? resolve(pemOf(privateKey)) : reject(error),
    );
  });
const ecPem = (): Promise<string> =>
  new Promise((resolve, reject) => {
    generateKeyPair('ec', { namedCurve: 'prime256v1' }, (error, _publicKey, privateKey) =>
      error === null ? resolve(pemOf(privateKey)) : reject(error),
    );
  });

/** One host in eight has an RSA attestation key, the first 24 of them only: making such keys is slow. */
const rsaIndexes = (hosts: number): readonly number[] => Array.from({ length: 24 }, (_, at) => 3 + at * 8).filter((index) => index < hosts);

const readState = (file: string): z.infer<typeof stateSchema> | null => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  // A file that is there but unreadable is not overwritten: it may be another fleet's identity.
  const parsed = stateSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file} is not a fleet state of this version; remove it or choose another folder`);
  return parsed.data;
};

export const writeSecret = (file: string, text: string): void => {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
};

/** Reads or makes the state of the fleet in this folder. Another seed in the same folder starts a new fleet. */
export const openState = async (folder: string, seed: number, hosts: number, nowMs: number): Promise<FleetState> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'fleet-state.json');
  const found = readState(file);
  const known = found !== null && found.seed === seed ? found : null;
  const missing = rsaIndexes(hosts).filter((index) => known?.rsaKeys[String(index)] === undefined);
  const [caKey, firmwareRootKey, endorsementKey, ...fresh] = await Promise.all([
    known?.caKey ?? ecPem(),
    known?.firmwareRootKey ?? rsaPem(),
    known?.endorsementKey ?? rsaPem(),
    ...missing.map(rsaPem),
  ]);
  const rsaKeys = { ...known?.rsaKeys, ...Object.fromEntries(missing.map((index, at) => [String(index), fresh[at] ?? ''])) };
  const runs = (known?.runs ?? 0) + 1;
  const state = {
    version: 1 as const,
    seed,
    runs,
    startedAtMs: known?.startedAtMs ?? nowMs,
    caKey,
    firmwareRootKey,
    endorsementKey,
    rsaKeys,
  };
  writeSecret(file, JSON.stringify(state));
  return {
    seed,
    startedAtMs: state.startedAtMs,
    earlierRuns: runs - 1,
    caKey: createPrivateKey(caKey),
    firmwareRootKey: createPrivateKey(firmwareRootKey),
    endorsementKey: createPrivateKey(endorsementKey),
    rsaKeys: new Map(Object.entries(rsaKeys).map(([index, pem]) => [Number(index), createPrivateKey(pem)])),
  };
};
