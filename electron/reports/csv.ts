import { cell } from './csv-cell.ts';
import { type Columns, ENTRY_COLUMNS, FINDING_COLUMNS, HOST_COLUMNS } from './csv-columns.ts';
import { headLines } from './export-head.ts';
import type { Format, Sink } from './port.ts';

/** Without it spreadsheets read UTF-8 as the code page of the machine. Readers of CSV know it as utf-8-sig. */
const BYTE_ORDER_MARK = '\uFEFF';
const END = '\r\n';
/** Rows that are given to the sink at once. */
const TOGETHER = 16 * 1024;

const writeRows = <Row>(columns: Columns<Row>, rows: Iterable<Row>, sink: Sink): void => {
  sink.write(columns.map(([name]) => name).join(',') + END);
  const cells = columns.map(([, read]) => read);
  let text = '';
  for (const row of rows) {
    for (let at = 0; at < cells.length; at += 1) text += at === 0 ? (cells[at]?.(row) ?? '') : `,${cells[at]?.(row) ?? ''}`;
    text += END;
    if (text.length < TOGETHER) continue;
    sink.write(text);
    text = '';
  }
  sink.write(text);
};

/**
 * CSV (RFC 4180) for spreadsheets: UTF-8 with a byte order mark. Above the names of the columns stand the lines of the head, each one cell that
 * begins with `# `. For people; what cannot be seen is escaped, so texts are not what they were byte by byte.
 */
export const csv: Format = {
  id: 'csv',
  write: ({ head, rows }, sink) => {
    sink.write(BYTE_ORDER_MARK);
    for (const [label, value] of headLines(head)) sink.write(cell(`# ${label}: ${value}`) + END);
    if (rows.of === 'hosts') writeRows(HOST_COLUMNS, rows.each, sink);
    else if (rows.of === 'findings') writeRows(FINDING_COLUMNS, rows.each, sink);
    else writeRows(ENTRY_COLUMNS, rows.each, sink);
  },
};
