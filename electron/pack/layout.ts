/**
 * What may be in an evidence pack, and under which name. The grammar is closed: names are made of numbers, digests and fixed words, never of
 * text of a host, so that none of them leads anywhere. The writer makes them by it, and whoever checks a pack refuses all others.
 */
export const PACK_FORMAT = 'plumbline-evidence-pack';

export const FILES = {
  readme: 'README.txt',
  index: 'index.json',
  csv: 'hosts.csv',
  lines: 'hosts.jsonl',
  oscal: 'oscal.json',
  pdf: 'report.pdf',
  manifest: 'policy/manifest.yaml',
  checkpoint: 'ledger/checkpoint.txt',
  key: 'ledger/key.txt',
  keyPem: 'ledger/key.pem',
  entries: 'ledger/entries.jsonl',
  proofs: 'ledger/proofs.jsonl',
  script: 'check.sh',
  page: 'check.html',
  sums: 'SHA256SUMS',
} as const;

/** What tpm2_checkquote takes of one quote, beside the text it was kept as. */
export const QUOTE_FILES = ['quote.json', 'quote.msg', 'quote.sig', 'quote.alg', 'pcrs.bin', 'ak.pem', 'nonce.hex'] as const;
export type QuoteFile = (typeof QUOTE_FILES)[number];

/** Of which observation a quote is: the one that the ledger vouches for, or the newest one. */
export const MOMENTS = ['entered', 'newest'] as const;
export type Moment = (typeof MOMENTS)[number];

export const CONTENT_KINDS = ['event-log', 'ima', 'reference', 'certificate'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

const FIXED: ReadonlySet<string> = new Set(Object.values(FILES));
const NUMBERED =
  /^(?:hosts\/\d{4,6}\/(?:(?:host|detail)\.json|(?:entered|newest)\/(?:quote\.(?:json|msg|sig|alg)|pcrs\.bin|ak\.pem|nonce\.hex))|references\/\d{4,6}\.json|evidence\/[0-9a-f]{64}\.(?:event-log|ima|reference)|certificates\/(?:(?:roots|issuers)\/)?[0-9a-f]{64}\.der)$/u;

export const isPackName = (name: string): boolean => FIXED.has(name) || NUMBERED.test(name);

const numbered = (number: number): string => String(number).padStart(4, '0');
/** `number` from 1. */
export const hostFolder = (number: number): string => `hosts/${numbered(number)}`;
/** What the page of a host shows, as it was kept. */
export const detailFile = (folder: string): string => `${folder}/detail.json`;
export const referenceFile = (number: number): string => `references/${numbered(number)}.json`;
export const contentFile = (kind: ContentKind, sha256: string): string =>
  kind === 'certificate' ? `certificates/${sha256}.der` : `evidence/${sha256}.${kind}`;
/** Whom an endorsement certificate leads to: makers that were trusted, and those between. */
export const ISSUER_KINDS = ['root', 'issuer'] as const;
export type IssuerKind = (typeof ISSUER_KINDS)[number];
export const issuerFile = (kind: IssuerKind, sha256: string): string =>
  `certificates/${kind === 'root' ? 'roots' : 'issuers'}/${sha256}.der`;

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['txt', 'text/plain; charset=utf-8'],
  ['json', 'application/json'],
  ['jsonl', 'application/jsonl'],
  ['csv', 'text/csv; charset=utf-8'],
  ['pdf', 'application/pdf'],
  ['yaml', 'application/yaml'],
  ['pem', 'application/x-pem-file'],
  ['der', 'application/pkix-cert'],
  ['sh', 'application/x-sh'],
  ['html', 'text/html; charset=utf-8'],
  ['hex', 'text/plain; charset=utf-8'],
  ['alg', 'text/plain; charset=utf-8'],
]);
export const mediaTypeOfName = (name: string): string =>
  MEDIA_TYPES.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'application/octet-stream';

/** More hosts than this are not put into one pack. */
export const MAX_PACK_HOSTS = 10_000;

/** What whoever checks a pack reads at most. */
export const PACK_LIMITS = {
  /** Of the zip file. */
  bytes: 8 * 1024 * 1024 * 1024,
  entries: 250_000,
  /** Of all files, unpacked. */
  unpacked: 32 * 1024 * 1024 * 1024,
  /** Of a text, such as the index. */
  text: 512 * 1024 * 1024,
  /** Of an event log or a list of measured programs. */
  content: 512 * 1024 * 1024,
  /** Of anything else. */
  small: 16 * 1024 * 1024,
  /** Unpacked bytes for each packed one; no deflate stream reaches 1,100. */
  ratio: 1_100,
} as const;
const TEXTS: ReadonlySet<string> = new Set([
  FILES.index,
  FILES.csv,
  FILES.lines,
  FILES.oscal,
  FILES.pdf,
  FILES.entries,
  FILES.proofs,
  FILES.sums,
]);

export const mostBytesOf = (name: string): number => {
  if (TEXTS.has(name) || name.startsWith('references/')) return PACK_LIMITS.text;
  return name.startsWith('evidence/') ? PACK_LIMITS.content : PACK_LIMITS.small;
};
