import { X509Certificate } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { certificateBlocks } from '../../shared/model/pem.ts';
import { isLoopback } from './endpoint-config.ts';
import type { AnchorConfig } from './endpoint-types.ts';
import type { AnchorEntry } from './endpoints-schema.ts';

export type AnchorContext = {
  /** A path beside the endpoints file, absolute. */
  readonly resolve: (path: string) => string;
  /** Of an absolute path; throws where it cannot be read. */
  readonly readFile: (path: string) => string;
  readonly faultOfWitnessKey: (key: string) => string | null;
  readonly report: (path: readonly string[], message: string, nextStep: string) => void;
};

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MIN_EVERY_MS = UNITS.m;
const MAX_EVERY_MS = 31 * UNITS.d;
/** A time stamp is some 5 KB that are kept for good, and authorities count requests; the others cost little. */
const EVERY_MS = { folder: UNITS.h, 'time-stamp': UNITS.d, witness: UNITS.h } as const;

const everyOf = ({ kind, every }: AnchorEntry, { report }: AnchorContext): number => {
  const match = /^(\d+)([smhd])$/.exec(every ?? '');
  const unit = match?.[2];
  if (match === null || (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd')) return EVERY_MS[kind];
  const everyMs = Number(match[1]) * UNITS[unit];
  if (everyMs < MIN_EVERY_MS || everyMs > MAX_EVERY_MS)
    report(['every'], 'every must lie between 1m and 31d.', 'Choose a duration such as 1h or 1d.');
  return everyMs;
};

/** The address is never quoted in a message, and may carry no secret: it is entered into the ledger. */
export const checkUrl = (
  { url: text, allowPlaintextLoopback }: { readonly url: string; readonly allowPlaintextLoopback?: boolean | undefined },
  { report }: Pick<AnchorContext, 'report'>,
): void => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    report(['url'], 'url is not an address.', 'Write it as https://HOST/PATH.');
    return;
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    report(['url'], 'url carries a user name, a password, a query or a fragment.', 'Remove it; the address is entered into the ledger.');
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:') report(['url'], 'url must be an https address.', 'Write it as https://HOST/PATH.');
  else if (!isLoopback(url.hostname))
    report(['url'], 'url uses plain http, which is refused: anyone on the way could read and suppress it unseen.', 'Use https.');
  else if (allowPlaintextLoopback !== true)
    report(['url'], 'url uses plain http.', 'Use https, or set allowPlaintextLoopback: true for this loopback address.');
};

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
};

/** Certificates of a file that the entry names; an empty list where something was reported. */
export const readCertificates = (
  part: string,
  path: string,
  { resolve, readFile, report }: Pick<AnchorContext, 'resolve' | 'readFile' | 'report'>,
): readonly string[] => {
  let text: string;
  try {
    text = readFile(resolve(path));
  } catch {
    const next = 'Paths are relative to the endpoints file; check the path and the rights of the file.';
    report([part], `${part}: the file ${visibleText(path, 160)} cannot be read.`, next);
    return [];
  }
  const blocks = certificateBlocks(text);
  if (blocks?.every(isCertificate) === true) return blocks;
  report([part], `${part}: the file is not one of PEM certificates.`, 'Name the file that begins with -----BEGIN CERTIFICATE-----.');
  return [];
};

/** Checks one anchor of the file beyond its shape and reads its certificates. */
export const checkAnchor = (entry: AnchorEntry, context: AnchorContext): AnchorConfig => {
  const everyMs = everyOf(entry, context);
  if (entry.kind === 'folder') return { kind: 'folder', path: context.resolve(entry.path), everyMs };
  checkUrl(entry, context);
  const ca = entry.ca === undefined ? null : readCertificates('ca', entry.ca, context).join('\n');
  const service = { url: entry.url, ca, everyMs };
  if (entry.kind === 'time-stamp') return { kind: 'time-stamp', ...service, roots: readCertificates('roots', entry.roots, context) };
  const fault = context.faultOfWitnessKey(entry.key);
  if (fault !== null) context.report(['key'], `key: ${fault}`, 'Copy the whole line that whoever runs the witness gives: name+hex+base64.');
  return { kind: 'witness', ...service, key: entry.key };
};

export const targetOf = (anchor: AnchorConfig): string => (anchor.kind === 'folder' ? anchor.path : anchor.url);

/** What is known of an anchor is kept under its kind and target. */
export const repeatedAnchors = (
  anchors: readonly AnchorConfig[],
): readonly { readonly at: number; readonly message: string; readonly nextStep: string }[] => {
  const names = anchors.map((anchor) => `${anchor.kind} ${targetOf(anchor)}`);
  return names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [{ at, message: `Anchor ${at + 1} is the same as anchor ${names.indexOf(name) + 1}.`, nextStep: 'Name every anchor once.' }],
  );
};
