import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { Bank, PcrSelection, PcrValues } from '../../evidence/types.ts';
import { fromBase64 } from './bytes.ts';

const BANKS: Readonly<Record<number, { readonly bank: Bank; readonly size: number }>> = {
  0x0004: { bank: 'sha1', size: 20 },
  0x000b: { bank: 'sha256', size: 32 },
  0x000c: { bank: 'sha384', size: 48 },
  0x000d: { bank: 'sha512', size: 64 },
  0x0012: { bank: 'sm3', size: 32 },
};

export type QuoteParts = {
  readonly attest: Uint8Array;
  readonly signature: Uint8Array;
  readonly pcrs: PcrValues;
  readonly selection: PcrSelection;
};

const malformed = (detail: string): Result<never> =>
  fail('wrong-shape', `The agent's quote is malformed: ${detail}.`, 'Check the version of the agent; report this if it is a current one.');

/**
 * PCR values in the layout of the TPM tools' memory, little-endian: a selection of 16 slots, then lists of eight digests in slots of 64 bytes.
 * The values are claims until the signed digest covers them.
 */
export const parsePcrBlob = (blob: Uint8Array): Result<{ readonly pcrs: PcrValues; readonly selection: PcrSelection }> => {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.length < 136) return malformed('the PCR values end early');
  const count = view.getUint32(0, true);
  if (count > 16) return malformed('it selects more banks than there can be');
  const wanted: { readonly bank: Bank; readonly size: number; readonly pcr: number }[] = [];
  const selection: PcrSelection = {};
  for (let at = 0; at < count; at += 1) {
    const start = 4 + at * 8;
    const known = BANKS[view.getUint16(start, true)];
    if (known === undefined) return malformed('it selects an unknown hash algorithm');
    if (selection[known.bank] !== undefined) return malformed(`it selects the ${known.bank} bank twice`);
    const select = blob.subarray(start + 3, start + 3 + Math.min(4, view.getUint8(start + 2)));
    const pcrs = Array.from({ length: select.length * 8 }, (_, pcr) => pcr).filter(
      (pcr) => (((select[pcr >> 3] ?? 0) >> (pcr & 7)) & 1) === 1,
    );
    selection[known.bank] = pcrs;
    wanted.push(...pcrs.map((pcr) => ({ ...known, pcr })));
  }
  const lists = view.getUint32(132, true);
  if (lists > 64 || blob.length !== 136 + lists * 532) return malformed('the PCR values have a wrong length');
  const found: Uint8Array[] = [];
  for (let list = 0; list < lists; list += 1) {
    const start = 136 + list * 532;
    const held = view.getUint32(start, true);
    if (held > 8) return malformed('a list of PCR values is too long');
    for (let slot = 0; slot < held; slot += 1) {
      const at = start + 4 + slot * 66;
      const size = view.getUint16(at, true);
      if (size > 64) return malformed('a PCR value is too long');
      found.push(blob.subarray(at + 2, at + 2 + size));
    }
  }
  if (found.length !== wanted.length) return malformed('the number of PCR values differs from the selection');
  const pcrs: PcrValues = {};
  for (const [at, { bank, size, pcr }] of wanted.entries()) {
    const value = found[at];
    if (value?.length !== size) return malformed(`PCR ${pcr} has a wrong length`);
    pcrs[bank] = { ...pcrs[bank], [pcr]: Buffer.from(value).toString('hex') };
  }
  return ok({ pcrs, selection });
};

/** "r" + base64 attestation ":" base64 signature ":" base64 PCR values */
export const parseQuoteString = (text: string): Result<QuoteParts> => {
  if (!text.startsWith('r')) return malformed('it does not start with "r"');
  const [attest, signature, blob, ...more] = text.slice(1).split(':').map(fromBase64);
  if (attest === undefined || signature === undefined || blob === undefined || more.length > 0)
    return malformed('it does not have three parts');
  if (attest === null || signature === null || blob === null) return malformed('a part is not base64');
  const values = parsePcrBlob(blob);
  return values.ok ? ok({ attest, signature, ...values.value }) : values;
};
