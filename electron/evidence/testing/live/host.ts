import { parseEventLog } from '../../index.ts';
import type { ClockFacts, EvidenceInput } from '../../types.ts';
import { FILES, GEO_INDEX, REQUIRED, bootLog, digest, imaNgData, imaNgLine, nameOf } from '../host.ts';
import { type Attested, type LiveKind, type LoadedKey, certifyTag, createAk, extend, flush, quote, readPcr, writeTag } from './commands.ts';
import type { SoftwareTpm } from './software-tpm.ts';

export const TAG = Buffer.from('{"v":1,"country":"DE","site":"ber1"}');
const BOOT_PCRS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Measures a boot into a TPM as firmware, boot loader and kernel do; returns the IMA list. */
export const boot = async (tpm: SoftwareTpm, log = bootLog()): Promise<Buffer> => {
  const parsed = parseEventLog(log);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  for (const event of parsed.value.events)
    if (event.claimedType !== 'EV_NO_ACTION') await extend(tpm, event.pcr, { sha256: Buffer.from(event.digests.sha256 ?? '', 'hex') });
  const values: Buffer[] = [];
  for (const pcr of BOOT_PCRS) values.push(await readPcr(tpm, 'sha256', pcr));
  const files = [{ path: 'boot_aggregate', digest: digest('sha256', ...values) }, ...FILES];
  for (const file of files) await extend(tpm, 10, { sha256: digest('sha256', imaNgData(file.path, file.digest)) });
  return Buffer.from(files.map((file) => imaNgLine(file.path, file.digest)).join(''));
};

export const measure = async (tpm: SoftwareTpm, path: string): Promise<string> => {
  const content = digest('sha256', Buffer.from(path));
  await extend(tpm, 10, { sha256: digest('sha256', imaNgData(path, content)) });
  return imaNgLine(path, content);
};

export const pcrsOf = async (tpm: SoftwareTpm, bank = 'sha256', pcrs: readonly number[] = REQUIRED): Promise<Record<number, string>> => {
  const values: Record<number, string> = {};
  for (const pcr of pcrs) values[pcr] = (await readPcr(tpm, bank, pcr)).toString('hex');
  return values;
};

export type Asked = {
  readonly kind?: LiveKind;
  readonly nonce: Buffer;
  readonly ima: Buffer;
  readonly log?: Buffer;
  readonly tagIndex?: number;
  readonly previous?: ClockFacts;
};

/** Everything a host answers to one question, with the key that the kind names enrolled. */
export const answerOf = async (tpm: SoftwareTpm, asked: Asked): Promise<EvidenceInput> => {
  const ak = await createAk(tpm, asked.kind ?? 'ecdsa256');
  const quoted = await quote(tpm, ak.handle, asked.nonce, REQUIRED);
  const tag = asked.tagIndex === undefined ? null : await certifyTag(tpm, ak.handle, asked.tagIndex, TAG.length, asked.nonce);
  const pcrs = { sha256: await pcrsOf(tpm) };
  await flush(tpm, ak.handle);
  return { ...bundle(ak, quoted, asked), pcrs, ...(tag === null ? {} : { geo: { ...tag, nvIndex: asked.tagIndex ?? 0 } }) };
};

export const bundle = (ak: LoadedKey, quoted: Attested, asked: Asked): EvidenceInput => ({
  host: 'live',
  nonce: asked.nonce,
  akTpm2bPublic: ak.area,
  quote: quoted,
  pcrs: {},
  eventLog: asked.log ?? bootLog(),
  ima: asked.ima,
  requiredSelection: { sha256: REQUIRED },
  enrolment: { akName: nameOf(ak.area), source: 'a test' },
  ...(asked.previous === undefined ? {} : { previous: asked.previous }),
});

export const provision = (tpm: SoftwareTpm): Promise<void> => writeTag(tpm, GEO_INDEX, TAG);
