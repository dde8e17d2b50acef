import { useState } from 'react';
import { fieldAt } from '../ui/hex/hex-text.ts';
import { HexView } from '../ui/hex/hex-view.tsx';
import { Tree } from '../ui/tree/tree.tsx';
import type { Example } from './example.ts';
import styles from './examples.module.css';

const BYTES = Uint8Array.from({ length: 300 }, (_, at) => (at * 37) % 256);
const FIELDS = [
  { depth: 0, label: 'PCR', value: '4', start: 0, length: 4 },
  { depth: 0, label: 'digests', value: '1', start: 4, length: 38 },
  { depth: 1, label: 'algorithm', value: 'sha256', start: 8, length: 2 },
  { depth: 1, label: 'digest', value: 'a0'.repeat(32), start: 10, length: 32 },
  { depth: 0, label: 'data', value: '258 bytes, not vouched for by the digest', start: 42, length: 258 },
];
const nothing = (): void => {};

const Fields = () => {
  const [selected, setSelected] = useState(2);
  return <Tree label="Fields of an event" nodes={FIELDS} selected={selected} onSelect={setSelected} />;
};

const Bytes = () => {
  const [cursor, setCursor] = useState(10);
  const field = FIELDS[fieldAt(FIELDS, cursor)];
  return (
    <div className={styles['rows']}>
      <HexView
        label="Bytes of an event"
        from={0}
        to={BYTES.length}
        byteAt={(offset) => BYTES[offset]}
        onVisible={nothing}
        cursor={cursor}
        onCursor={setCursor}
        marked={field ?? null}
        describe={() => (field === undefined ? '' : `, of ${field.label}`)}
      />
      <HexView
        label="Bytes on their way"
        from={0}
        to={32}
        byteAt={() => undefined}
        onVisible={nothing}
        cursor={0}
        onCursor={nothing}
        marked={null}
        describe={() => ''}
      />
    </div>
  );
};

export const BYTES_AND_TREES: readonly Example[] = [
  { id: 'tree', title: 'Tree', about: 'Things inside of things. One stop for Tab; what the keyboard is at is selected.', Show: Fields },
  {
    id: 'bytes',
    title: 'Bytes',
    about: 'Evidence as it was received. What a field says is marked in its bytes, and the reverse.',
    Show: Bytes,
  },
];
