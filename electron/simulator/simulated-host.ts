import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { BootDeviation } from './boot-log.ts';
import type { ClassImage } from './class-image.ts';
import { endorsementIssuer } from './endorsement-authority.ts';
import { createCertificate, pemOf, spkiOf } from './certificates.ts';
import { disguised, extend, measuredEntry, type MeasuredEntry } from './ima-list.ts';
import type { Assignment, IncidentName } from './incidents.ts';
import { type LocationWord, wordFor } from './location-word.ts';
import { hostName, siteOf, workloadsOf, type Site, type Workload } from './places.ts';
import type { Seeded } from './seeded.ts';
import {
  akPublic,
  ekPublic,
  nvAttest,
  pcrBlob,
  qualifiedName,
  quoteAttest,
  quoteString,
  signAttest,
  type AkScheme,
  type AttestFacts,
} from './tpm-structures.ts';
import { sized } from './wire.ts';

export const GEO_INDEX = 0x01500010;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Machines boot on a fixed grid from here on, so that any two runs agree about their reboots. */
const EPOCH = Date.UTC(2024, 0, 1);
const REPAIRED_BEFORE_MS = 60_000;
const REPLAYED_NONCE = Buffer.from('Q7kfreshOnceLongAgo1', 'ascii');

export type HostKeys = { readonly rsa: KeyObject | null; readonly ekIssuer: KeyObject };

export type QuoteAnswer = {
  readonly quote: string;
  readonly eventLog: Buffer;
  readonly ima: string;
  readonly imaCount: number;
  readonly publicKeyPem: string;
};
export type GeoAnswer = { readonly attest: Buffer; readonly signature: Buffer; readonly signerPem: string };

export type SimulatedHost = {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly image: ClassImage;
  readonly site: Site;
  readonly workloads: readonly Workload[];
  readonly hasGeoTag: boolean;
  readonly locationWord: LocationWord;
  readonly locationIssuer: () => KeyObject;
  readonly scheme: AkScheme;
  readonly assignment: Assignment | null;
  /** When its incident begins. */
  readonly onsetMs: number;
  /** The incident, once its time has come. */
  readonly active: (nowMs: number) => IncidentName | null;
  readonly akTpm2b: () => Buffer;
  readonly ekTpm2b: () => Buffer;
  readonly ekCertificate: () => Buffer;
  readonly quote: (nonce: Buffer, mask: number, nowMs: number) => QuoteAnswer;
  readonly geoTag: (nonce: Buffer, nowMs: number) => GeoAnswer | null;
};

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const DEVIATIONS: Partial<Record<IncidentName, BootDeviation>> = {
  'boot-loader-changed': 'boot-loader',
  'log-forged': 'boot-loader',
  'secure-boot-off': 'secure-boot-off',
  'firmware-changed': 'firmware',
  'kernel-changed': 'kernel',
};

const schemeOf = (index: number, rsa: KeyObject | null): AkScheme => {
  if (rsa !== null) return index % 16 < 8 ? 'rsassa' : 'rsapss';
  return index % 5 === 4 ? 'ecdsa-p384' : 'ecdsa-p256';
};

export type HostInput = {
  readonly seeded: Seeded;
  readonly index: number;
  readonly image: ClassImage;
  readonly keys: HostKeys;
  readonly assignment: Assignment | null;
  readonly fleetStartMs: number;
  /** When this run began, and how many runs there were before it: incidents of a story play again at every start. */
  readonly runStartMs: number;
  readonly earlierRuns: number;
  /** Whether hosts of the demo rest on different words about their place. */
  readonly demo: boolean;
};

export const createSimulatedHost = ({ seeded, index, image, keys, assignment, ...run }: HostInput): SimulatedHost => {
  const incident = assignment?.incident.name ?? null;
  const storied = (assignment?.afterMs ?? 0) > 0;
  const onsetMs = (storied ? run.runStartMs : run.fleetStartMs) + (assignment?.afterMs ?? 0);
  const active = (nowMs: number): IncidentName | null => (incident !== null && nowMs >= onsetMs ? incident : null);
  const abroad = incident === 'workload-abroad';
  const site = siteOf(seeded, index, abroad);
  const workloads = workloadsOf(seeded, index, site, abroad);
  const restricted = workloads.some((workload) => workload.name === 'payments-ledger');
  const hasGeoTag = restricted || seeded.int(`geo tag ${index}`, 4) !== 0;
  const scheme = schemeOf(index, keys.rsa);

  const akKey = once(() => keys.rsa ?? seeded.ecKey(`ak ${index}`, scheme === 'ecdsa-p384' ? 'P-384' : 'P-256'));
  /** A key of the same kind that nobody enrolled. */
  const strangeKey = once(() =>
    keys.rsa === null ? seeded.ecKey(`strange ak ${index}`, scheme === 'ecdsa-p384' ? 'P-384' : 'P-256') : keys.ekIssuer,
  );
  const ekKey = once(() => seeded.ecKey(`ek ${index}`, 'P-256'));
  const akArea = once(() => akPublic(akKey(), scheme));
  const ekArea = once(() => ekPublic(ekKey()));
  const signer = once(() => qualifiedName(ekArea(), akArea()));
  const transportPem = once(() => createPublicKey(seeded.sharedKey('transport', index)).export({ type: 'spki', format: 'pem' }).toString());

  const period =
    seeded.int(`reboots often ${index}`, 6) === 0
      ? 3 * HOUR + seeded.int(`period ${index}`, 6 * HOUR)
      : 6 * DAY + seeded.int(`period ${index}`, 50 * DAY);
  const phase = seeded.int(`phase ${index}`, period);
  const firstPowerOn = EPOCH - seeded.int(`age ${index}`, 500) * DAY;
  const entryEvery = 45_000 + seeded.int(`entry pace ${index}`, 45_000);
  let quotes = 0;

  const bootFacts = (nowMs: number): { readonly bootedAtMs: number; readonly resetCount: number } => {
    const turns = Math.max(0, Math.floor((nowMs - EPOCH - phase) / period));
    const regular = EPOCH + phase + turns * period;
    // Between two runs a host with a story is put right and rebooted, so that its counters never run backwards by accident.
    const repaired = storied && run.earlierRuns > 0 ? run.runStartMs - REPAIRED_BEFORE_MS : 0;
    const extra = active(nowMs) === 'reboot';
    return {
      bootedAtMs: Math.max(regular, repaired, extra ? onsetMs : 0),
      resetCount: 20 + seeded.int(`resets ${index}`, 40) + turns + (storied ? run.earlierRuns : 0) + (extra ? 1 : 0),
    };
  };

  const attestFacts = (nonce: Buffer, nowMs: number): AttestFacts => {
    const { resetCount } = bootFacts(nowMs);
    const rolledBack = active(nowMs) === 'clock-rolled-back' && (storied || quotes > 1);
    return {
      qualifiedSigner: signer(),
      extraData: active(nowMs) === 'quote-replayed' ? REPLAYED_NONCE : nonce,
      clockMs: BigInt(Math.max(1, Math.floor(nowMs - firstPowerOn))),
      resetCount: rolledBack ? resetCount - 3 : resetCount,
      restartCount: 0,
      safe: true,
      firmwareVersion: image.hostClass.tpmFirmware,
    };
  };

  /** The one entry that makes this host's list differ from its class, if any. */
  const odd = (nowMs: number): MeasuredEntry | null => {
    const entry = { path: '/tmp/.x/loader', digest: seeded.digest(`stranger ${index}`) };
    if (active(nowMs) === 'unknown-binary') return measuredEntry(entry);
    const shown = image.allowed[40];
    if (active(nowMs) === 'ima-tampered' && shown !== undefined) return disguised(entry, shown.path, shown.digest);
    return null;
  };

  const imaList = (nowMs: number, deviation: BootDeviation): { readonly text: string; readonly pcr10: Buffer; readonly count: number } => {
    const base = image.baseList(deviation, active(nowMs) === 'container-engine-changed');
    const { bootedAtMs } = bootFacts(nowMs);
    const countAt = (atMs: number): number =>
      Math.min(image.runtimeEntries.length, Math.max(0, Math.floor((atMs - bootedAtMs) / entryEvery)));
    const ordinary = image.runtimeEntries.slice(0, countAt(nowMs));
    const strange = odd(nowMs);
    // The odd entry keeps its place while the list grows.
    const place = countAt(onsetMs);
    const entries = strange === null ? ordinary : [...ordinary.slice(0, place), strange, ...ordinary.slice(place)];
    return {
      text: base.text + entries.map((entry) => `${entry.line}\n`).join(''),
      pcr10: entries.reduce<Buffer>(extend, base.pcr10),
      count: base.count + entries.length,
    };
  };

  const signerAt = (nowMs: number): KeyObject => (active(nowMs) === 'ak-swapped' ? strangeKey() : akKey());

  return {
    id: seeded.uuid(`host ${index}`),
    index,
    name: hostName(seeded, index, site),
    image,
    site,
    workloads,
    hasGeoTag,
    // An incident is told best where nothing else is unusual.
    locationWord: hasGeoTag || incident !== null || !run.demo ? 'endpoint' : wordFor(index),
    locationIssuer: once(() => seeded.ecKey('location issuer', 'P-256')),
    scheme,
    assignment,
    onsetMs,
    active,
    akTpm2b: once(() => sized(akArea())),
    ekTpm2b: once(() => sized(ekArea())),
    ekCertificate: once(() =>
      createCertificate({
        issuer: endorsementIssuer(keys.ekIssuer),
        spki: spkiOf(ekKey()),
        serial: createHash('sha256').update(`ek ${index}`).digest().subarray(0, 16),
        notBeforeMs: Date.UTC(2023, 0, 1),
        notAfterMs: Date.UTC(2049, 0, 1),
        purpose: 'endorsement',
        tpm: { manufacturer: 'id:504C4D42', model: 'SimTPM', version: 'id:00010002' },
      }),
    ),
    quote: (nonce, mask, nowMs) => {
      quotes += 1;
      const incidentNow = active(nowMs);
      const deviation = (incidentNow === null ? undefined : DEVIATIONS[incidentNow]) ?? 'none';
      const booted = image.boot(deviation);
      const ima = imaList(nowMs, deviation);
      const publicKeyPem = transportPem();
      // PCR 16 binds the transport key and is always quoted, as the real agent does.
      const pcrs = Array.from({ length: 24 }, (_, pcr) => pcr).filter((pcr) => pcr === 16 || ((mask >>> pcr) & 1) === 1);
      const bound = createHash('sha256').update(Buffer.alloc(32)).update(createHash('sha256').update(publicKeyPem).digest()).digest();
      const values = pcrs.map((pcr) => (pcr === 10 ? ima.pcr10 : pcr === 16 ? bound : (booted.pcrs[pcr] ?? Buffer.alloc(32))));
      const attest = quoteAttest(attestFacts(nonce, nowMs), scheme, pcrs, values);
      return {
        quote: quoteString(attest, signAttest(attest, signerAt(nowMs), scheme), pcrBlob(pcrs, values)),
        eventLog: incidentNow === 'log-forged' ? image.boot('none').bytes : booted.bytes,
        ima: ima.text,
        imaCount: ima.count,
        publicKeyPem,
      };
    },
    geoTag: (nonce, nowMs) => {
      if (!hasGeoTag) return null;
      const content = Buffer.from(JSON.stringify({ v: 1, country: site.country, subdivision: site.subdivision, site: site.city }), 'utf8');
      const attest = nvAttest(attestFacts(nonce, nowMs), { index: GEO_INDEX, content });
      return {
        attest,
        signature: signAttest(attest, signerAt(nowMs), scheme),
        signerPem: createPublicKey(signerAt(nowMs)).export({ type: 'spki', format: 'pem' }).toString(),
      };
    },
  };
};

/** Self-signed certificate of an agent, as it registers it. */
export const agentCertificate = (id: string, key: KeyObject, nowMs: number): string =>
  pemOf(
    createCertificate({
      issuer: { name: id, key },
      subject: id,
      spki: spkiOf(key),
      notBeforeMs: nowMs - DAY,
      notAfterMs: nowMs + 365 * DAY,
      purpose: 'both',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
    }),
  );
