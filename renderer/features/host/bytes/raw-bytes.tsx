import type { HostDetail } from '../../../../shared/contract/schemas.ts';
import type { RawKind } from '../../../../shared/contract/raw-schemas.ts';
import { bytesHref, go } from '../../../app/navigation.ts';
import { Button, Choice } from '../../../ui/button.tsx';
import { Digest } from '../../../ui/digest.tsx';
import { count } from '../../../ui/words.ts';
import { LinkedBytes } from './linked-bytes.tsx';
import { useBytes } from './use-bytes.ts';
import styles from './raw-bytes.module.css';

const KINDS: readonly { readonly value: RawKind; readonly word: string }[] = [
  { value: 'event-log', word: 'Event log' },
  { value: 'ima', word: 'Runtime list' },
  { value: 'quote', word: 'Quote' },
  { value: 'signature', word: 'Signature' },
  { value: 'ek-certificate', word: 'EK certificate' },
  { value: 'ak-public', word: 'AK' },
];
const WORD: Readonly<Record<RawKind, string>> = {
  'event-log': 'boot event',
  ima: 'measured file',
  quote: 'the quote',
  signature: 'the signature of the quote',
  'ek-certificate': 'the endorsement certificate',
  'ak-public': 'the attestation key',
};

type RawBytesProps = { host: HostDetail; what: RawKind; index: number };

/** Evidence of this host as it was received, byte by byte. */
export const RawBytes = ({ host, what, index }: RawBytesProps) => {
  const { id } = host.row;
  const { sha256 } = useBytes({ id, what, sha256: null });
  const most = what === 'event-log' ? host.events : what === 'ima' ? host.ima : 0;
  const step = (to: number): void => go(bytesHref(id, what, to), 'replace');
  return (
    <div className={styles['raw']}>
      <div className={styles['tools']}>
        <Choice label="Evidence" options={KINDS} value={what} onChange={(next) => go(bytesHref(id, next), 'replace')} />
        {most > 0 && (
          <span className={styles['steps']}>
            <Button aria-disabled={index === 0} onClick={() => index > 0 && step(index - 1)}>
              Previous {WORD[what]}
            </Button>
            <span>
              {WORD[what]} {count(index)} of 0 to {count(most - 1)}
            </span>
            <Button aria-disabled={index >= most - 1} onClick={() => index < most - 1 && step(index + 1)}>
              Next {WORD[what]}
            </Button>
          </span>
        )}
        {sha256 !== null && (
          <span className={styles['digest']}>
            SHA-256 <Digest value={sha256} label="digest of these bytes" keep={8} />
          </span>
        )}
      </div>
      <LinkedBytes
        of={{ id, what, sha256: null }}
        index={index}
        label={most > 0 ? `${WORD[what]} ${count(index)}` : WORD[what]}
        scope="all"
      />
    </div>
  );
};
