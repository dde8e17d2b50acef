import { visibleText } from '../../shared/model/hostile-text.ts';
import { toHex } from './hashing.ts';

/** One field of a binary structure, with the bytes that it was read from. `depth`: how far inside of others it stands. */
export type Field = {
  readonly depth: number;
  readonly label: string;
  readonly value: string;
  /** From the start of the bytes that were given. */
  readonly start: number;
  readonly length: number;
};

export type Fields = {
  readonly fields: readonly Field[] /** What could not be read, and from which byte on; null = all was. */;
  readonly problem: string | null;
};

const MAX_FIELDS = 400;
const MAX_SHOWN_BYTES = 32;

/** Collects fields; `note` is told where the one that was read begins. */
export const fieldList = () => {
  const fields: Field[] = [];
  return {
    fields,
    note: (depth: number, label: string, start: number, end: number, value: string): void => {
      if (fields.length < MAX_FIELDS) fields.push({ depth, label, value: visibleText(value, 300), start, length: end - start });
    },
  };
};
export type FieldList = ReturnType<typeof fieldList>;

export const hexValue = (bytes: Uint8Array): string =>
  bytes.length > MAX_SHOWN_BYTES * 2 ? `${toHex(bytes.subarray(0, MAX_SHOWN_BYTES))}… (${bytes.length} bytes)` : toHex(bytes);
