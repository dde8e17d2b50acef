import { hasInvisible } from '../../shared/model/hostile-text.ts';
import type { EntryRow, Format } from './port.ts';

const ASCII = /^[ -~]*$/u;

/**
 * What cannot be seen, or turns the direction of what is around it, as an escape of JSON: the value is the same, and a terminal shows what is
 * there. JSON has escapes inside of texts only, and nothing else of it is not ASCII.
 */
export const visibleJson = (json: string): string => {
  if (ASCII.test(json) || !hasInvisible(json)) return json;
  return Array.from(json, (char) => (hasInvisible(char) ? escaped(char) : char)).join('');
};
/** The same on several lines, for people. */
export const visibleLines = (value: unknown): string => `${JSON.stringify(value, null, 1).split('\n').map(visibleJson).join('\n')}\n`;

const escaped = (char: string): string => char.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const entryLine = ({ seq, bytes, entry }: EntryRow): string =>
  entry === null ? JSON.stringify({ seq, unreadable: bytes.toString('base64') }) : visibleJson(bytes.toString('utf8'));

/**
 * JSON Lines for machines: the head, then each row in a line of its own. Nothing is lost: texts are as they were recorded, times are Unix
 * milliseconds. A line of the ledger is the entry as it was hashed; where it holds an escape `\uXXXX`, its canonical form (RFC 8785) is.
 */
export const jsonLines: Format = {
  id: 'json-lines',
  write: ({ head, rows }, sink) => {
    const { cutOffMs, ...said } = head;
    sink.write(`${visibleJson(JSON.stringify({ v: 1, ...said, cutOffMs, cutOff: new Date(cutOffMs).toISOString(), timeZone: 'UTC' }))}\n`);
    if (rows.of === 'ledger') for (const row of rows.each) sink.write(`${entryLine(row)}\n`);
    else for (const row of rows.each) sink.write(`${visibleJson(JSON.stringify(row))}\n`);
  },
};
