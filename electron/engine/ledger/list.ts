import type { Handlers } from '../../../shared/contract/contract.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { LedgerReader } from '../../store/ledger-reader.ts';
import { sentenceOf } from './sentence.ts';

/** Entries of the ledger, newest first, with what each says to people. */
export const ledgerList =
  (ledger: Pick<LedgerReader, 'list'>): Handlers['ledger.list'] =>
  ({ kind, subject, offset, limit }) => {
    const { total, rows } = ledger.list({ kind, subject }, offset, limit);
    return {
      total,
      rows: rows.map((entry) => ({
        seq: entry.seq,
        atMs: Date.parse(entry.at),
        who: { kind: entry.who.kind, name: visibleText(entry.who.name) },
        kind: entry.kind,
        subject: visibleText(entry.subject, 1_024),
        sentence: visibleText(sentenceOf(entry), 5_000),
        body: visibleText(JSON.stringify(entry.body), 70_000),
      })),
    };
  };
