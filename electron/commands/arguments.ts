import { type ParseArgsConfig, parseArgs } from 'node:util';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { CommandIo } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

export type Parsed =
  | { readonly ok: true; readonly values: Readonly<Record<string, string | boolean | undefined>>; readonly files: readonly string[] }
  | { readonly ok: false; readonly message: string };

const single = (value: unknown): string | boolean | undefined =>
  typeof value === 'string' || typeof value === 'boolean' ? value : undefined;

/** Parses the arguments of one command; every mistake becomes one line. */
export const parseCommandLine = (args: readonly string[], options: Options): Parsed => {
  try {
    const parsed = parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean' } }, allowPositionals: true, strict: true });
    const values = Object.fromEntries(Object.entries(parsed.values).map(([key, value]) => [key, single(value)]));
    return { ok: true, values, files: parsed.positionals };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'the arguments cannot be read';
    return { ok: false, message: visibleText(message, 300) };
  }
};

export const textValue = (value: string | boolean | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** 0 = done, 1 = the thing examined is bad, 2 = bad usage or unreadable input. */
export type ExitStatus = 0 | 1 | 2;

/** Says on one line what is wrong and what to do. */
export const refuse = (io: CommandIo, message: string): 2 => {
  io.stderr(`plumbline: ${message}\n`);
  return 2;
};
