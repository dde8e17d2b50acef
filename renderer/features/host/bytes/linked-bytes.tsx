import { useState } from 'react';
import { useQuery } from '../../../transport/query.ts';
import { Callout, Waiting } from '../../../ui/callout.tsx';
import { fieldAt } from '../../../ui/hex/hex-text.ts';
import { HexView } from '../../../ui/hex/hex-view.tsx';
import { Tree } from '../../../ui/tree/tree.tsx';
import { count } from '../../../ui/words.ts';
import { type RawOf, useBytes } from './use-bytes.ts';
import styles from './linked-bytes.module.css';

type LinkedBytesProps = {
  of: RawOf;
  /** Of the event or entry whose fields are shown; 0 where there is but one structure. */
  index: number;
  /** What it is, for the names of tree and bytes: "boot event 12". */
  label: string;
  /** Only the bytes of the structure, or all with the structure in it. */
  scope: 'structure' | 'all';
};

/** Fields and bytes side by side: choosing a field marks its bytes, and a byte its field. */
export const LinkedBytes = ({ of, index, label, scope }: LinkedBytesProps) => {
  const { total, problem, byteAt, show } = useBytes(of);
  const parsed = useQuery('hosts.fields', { ...of, index });
  const key = `${of.id} ${of.what} ${of.sha256 ?? ''} ${index}`;
  const [at, setAt] = useState<{ readonly key: string; readonly field: number; readonly cursor: number } | null>(null);
  if (problem !== undefined) return <Callout problem={problem} />;
  const { data } = parsed;
  if (total === undefined || (data === undefined && parsed.problem === undefined)) return <Waiting>Reading the bytes…</Waiting>;
  const fields = data?.fields ?? [];
  const whole = scope === 'all' || data === undefined || data.length === 0;
  const [from, to] = whole ? [0, total] : [data.start, Math.min(total, data.start + data.length)];
  const here = at?.key === key ? at : { key, field: -1, cursor: fields[0]?.start ?? from };
  const cursor = Math.min(Math.max(here.cursor, from), Math.max(from, to - 1));
  const field = fields[here.field];
  const describe = (offset: number): string => {
    const found = fields[fieldAt(fields, offset)];
    return found === undefined ? ', in no field that is shown' : `, of ${found.label}: ${found.value}`;
  };
  return (
    <div className={styles['linked']}>
      {fields.length > 0 && (
        <Tree
          label={`Fields of ${label}`}
          nodes={fields}
          selected={here.field}
          onSelect={(next) => setAt({ key, field: next, cursor: fields[next]?.start ?? cursor })}
        />
      )}
      <div className={styles['bytes']}>
        <HexView
          label={`Bytes of ${label}`}
          from={from}
          to={to}
          byteAt={byteAt}
          onVisible={show}
          cursor={cursor}
          onCursor={(next) => setAt({ key, field: fieldAt(fields, next), cursor: next })}
          marked={field === undefined ? null : { start: field.start, length: field.length }}
          describe={describe}
        />
        <p className={styles['note']}>
          {whole ? `${count(total)} bytes.` : `Bytes ${count(from)} to ${count(Math.max(from, to - 1))} of ${count(total)}.`} What a field
          says is a claim unless a digest or a signature covers it.
          {data?.problem !== null && data?.problem !== undefined && ` ${data.problem}`}
        </p>
      </div>
    </div>
  );
};
