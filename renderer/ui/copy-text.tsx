import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import styles from './copy-text.module.css';

const COPIED_MS = 1500;

/** A text to be kept elsewhere, whole, with a button that copies it. */
export const CopyText = ({ text, label }: { text: string; label: string }) => {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), COPIED_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Not copied'),
    );
  };
  return (
    <div className={styles['copy']}>
      <pre className={styles['text']}>{text.trim()}</pre>
      <span className={styles['act']}>
        <Button onClick={copy} aria-label={`Copy ${label}`}>
          Copy
        </Button>
        <output className={styles['copied']}>{said}</output>
      </span>
    </div>
  );
};
