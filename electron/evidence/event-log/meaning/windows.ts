import { asBuffer, toHex } from '../../hashing.ts';
import { type Attempt, attempt, readerOf } from '../../reader.ts';
import { MAX_FACTS, draft, valueFact } from './draft.ts';
import type { DraftFact, DraftMeaning } from './types.ts';
import { WINDOWS_CONTAINERS, WINDOWS_TAGS, WINDOWS_TEXTS, WINDOWS_WARNINGS } from './windows-tags.ts';

const MAX_DEPTH = 4;
const MAX_ITEMS = 4096;

export const isWindowsTag = (tag: number): boolean => WINDOWS_TAGS.has(tag) || WINDOWS_CONTAINERS.has(tag);

const valueOf = (tag: number, body: Uint8Array): string => {
  if (WINDOWS_TEXTS.has(tag)) return asBuffer(body.subarray(0, 1024)).toString('utf16le').replace(/\0+$/u, '');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.length === 1) return String(body[0]);
  if (body.length === 2) return String(view.getUint16(0, true));
  if (body.length === 4) return String(view.getUint32(0, true));
  if (body.length === 8) return String(view.getBigUint64(0, true));
  return body.length <= 64 ? toHex(body) : `${body.length} bytes`;
};

type Walk = { facts: DraftFact[]; items: number; modules: number };

const walk = (body: Uint8Array, where: string, depth: number, state: Walk): void => {
  const reader = readerOf(body, 'little');
  while (reader.remaining() > 0) {
    state.items += 1;
    if (state.items > MAX_ITEMS) reader.fail(`more than ${MAX_ITEMS} items`);
    const tag = reader.u32('SIPA tag');
    const content = reader.bytes(reader.u32('SIPA size'), 'SIPA content');
    const container = WINDOWS_CONTAINERS.get(tag);
    if (container !== undefined) {
      if (depth >= MAX_DEPTH) reader.fail(`more than ${MAX_DEPTH} containers inside one another`);
      if (container === 'LoadedModule') state.modules += 1;
      const place = container === 'LoadedModule' ? `module ${state.modules}` : container;
      walk(content, depth === 0 && container === 'TrustBoundary' ? '' : `${place} `, depth + 1, state);
      continue;
    }
    if (state.facts.length > MAX_FACTS) continue;
    const name = WINDOWS_TAGS.get(tag) ?? `tag 0x${tag.toString(16).padStart(8, '0')}`;
    state.facts.push(valueFact(`${where}${name}`, valueOf(tag, content)));
    const warning = WINDOWS_WARNINGS.get(tag);
    if (warning !== undefined && content.some((byte) => byte !== 0)) state.facts.push(valueFact('attention', warning));
  }
};

/** Windows boot configuration log entry: nested tag, length, value (wbcl.h). Its names say what Windows wrote; only the bytes are covered. */
export const windowsMeaning = (data: Uint8Array, pcr: number): Attempt<DraftMeaning> =>
  attempt(() => {
    const state: Walk = { facts: [], items: 0, modules: 0 };
    walk(data, '', 0, state);
    const path = state.facts.find((fact) => fact.label.endsWith('FilePath'))?.value;
    return draft('windows', path ?? `Windows boot record in PCR ${pcr}`, state.facts);
  });
