import { type Alert, type AlertSeverity, SEVERITY } from './alert.ts';

export type Origin = {
  /** Of this machine. */
  readonly host: string;
  readonly version: string;
  readonly process: number;
};

/** Security and authorisation messages (RFC 5424 §6.2.1). */
const FACILITY = 10;
/** What a receiver should be able to take (RFC 5425 §4.3.1). */
const MAX_BYTES = 8_192;
/** A message that is plain ASCII needs no mark; ours may not be (RFC 5424 §6.4). */
const UTF8_MARK = '\uFEFF';

/** Printable ASCII without spaces, and never empty (RFC 5424 §6). */
const token = (text: string, max: number): string => text.replaceAll(/[^!-~]/gu, '').slice(0, max) || '-';
/** RFC 5424 §6.3.3. */
const value = (text: string): string => text.replaceAll(/["\\\]]/gu, (char) => `\\${char}`);
/** Cuts at the end of a character, so that it stays UTF-8. */
const cutBytes = (text: string, max: number): string => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= max) return text;
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
};

const CEF_SEVERITY: Readonly<Record<AlertSeverity, number>> = { critical: 10, error: 8, warning: 6, notice: 3 };
const cefHeader = (text: string): string => text.replaceAll(/[\\|]/gu, (char) => `\\${char}`).replaceAll(/[\r\n]/gu, ' ');
const cefValue = (text: string): string => text.replaceAll(/[\\=]/gu, (char) => `\\${char}`).replaceAll(/[\r\n]/gu, ' ');

/** ArcSight Common Event Format, version 0: seven fields, then pairs. */
const cefOf = (alert: Alert, { version }: Origin): string => {
  const head = ['CEF:0', 'Plumbline', 'Plumbline', version, alert.kind, alert.sentence.slice(0, 500), String(CEF_SEVERITY[alert.severity])];
  const pairs: readonly (readonly [string, string])[] = [
    ['externalId', String(alert.seq)],
    ['rt', String(Date.parse(alert.at))],
    ['cat', alert.kind],
    ['suser', alert.who],
    ['cs1Label', 'subject'],
    ['cs1', alert.subject],
    ['msg', alert.sentence],
  ];
  return `${head.map((part, at) => (at === 0 ? part : cefHeader(part))).join('|')}|${pairs.map(([name, text]) => `${name}=${cefValue(text)}`).join(' ')}`;
};

/** One message of RFC 5424, in RFC 5425's frame: its length in bytes, a space, the message. */
export const syslogFrame = (alert: Alert, format: 'rfc5424' | 'cef', origin: Origin): Buffer => {
  const priority = FACILITY * 8 + SEVERITY[alert.severity];
  // Both ids are registered (RFC 5424 §7.2, §7.3), so that no number of an enterprise has to be borrowed.
  const data = `[origin software="Plumbline" swVersion="${value(origin.version)}"][meta sequenceId="${(alert.seq % 2_147_483_647) + 1}"]`;
  const head = `<${priority}>1 ${alert.at} ${token(origin.host, 255)} plumbline ${origin.process} ${token(alert.kind, 32)} ${data} `;
  const text = format === 'cef' ? cefOf(alert, origin) : `${alert.sentence} (${alert.subject}, entry ${alert.seq}, by ${alert.who})`;
  const message = Buffer.from(cutBytes(`${head}${UTF8_MARK}${text}`, MAX_BYTES), 'utf8');
  return Buffer.concat([Buffer.from(`${message.length} `, 'ascii'), message]);
};
