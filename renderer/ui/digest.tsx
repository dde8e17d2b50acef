import { useEffect, useState } from 'react';
import styles from './digest.module.css';

/** Keeps both ends of a long value: they are what eyes compare. */
export const shorten = (value: string, keep = 8): string =>
  value.length <= 2 * keep + 1 ? value : `${value.slice(0, keep)}…${value.slice(-keep)}`;

const COPIED_MS = 1500;

/** A digest: shortened in the middle, whole on focus or hover, copied on click. */
export const Digest = ({ value, label, keep = 8 }: { value: string; label: string; keep?: number }) => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <span className={styles['digest']}>
      <button type="button" className={styles['value']} onClick={copy}>
        <span className="visually-hidden">
          Copy {label}: {value}
        </span>
        <span aria-hidden="true">{shorten(value, keep)}</span>
        <span className={styles['full']} aria-hidden="true">
          {value}
        </span>
      </button>
      <output className={styles['copied']}>{copied ? 'Copied' : ''}</output>
    </span>
  );
};
