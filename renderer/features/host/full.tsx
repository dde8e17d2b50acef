import { useState } from 'react';
import styles from './full.module.css';

/** A digest in full, in groups of eight, where there is room for it. */
export const Full = ({ value, label }: { value: string; label: string }) => {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <span className={styles['full']}>
      <code>
        {(value.match(/.{1,8}/g) ?? []).map((group, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the groups of one value never move
          <span key={index}>{group}</span>
        ))}
      </code>
      <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
};
