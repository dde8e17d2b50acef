import { useId } from 'react';
import styles from './field.module.css';

type FieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: React.ReactNode;
  /** What is wrong with it and what to do; said with the field. */
  error?: string | undefined;
  /** Stands behind it, such as “days”. */
  unit?: string;
  look?: 'short' | 'mono';
  /** More than one: a text of several lines. */
  lines?: number;
  required?: boolean;
  maxLength?: number;
  numeric?: boolean;
  ref?: React.Ref<HTMLInputElement & HTMLTextAreaElement>;
};

/** A field with its label, what it is for, and what is wrong with it, all of which belong to it for a screen reader, too. */
export const Field = ({ label, value, onChange, hint, error, unit, look, lines = 1, required, maxLength, numeric, ref }: FieldProps) => {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  const shared = {
    ref,
    id,
    value,
    className: styles['input'],
    'aria-invalid': error !== undefined,
    'aria-required': required === true,
    autoComplete: 'off',
    spellCheck: look === undefined,
    ...(described !== '' && { 'aria-describedby': described }),
    ...(maxLength !== undefined && { maxLength }),
  };
  return (
    <div className={`${styles['field']} ${look === undefined ? '' : styles[look]}`}>
      <label className={styles['label']} htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <span id={`${id}-hint`} className={styles['hint']}>
          {hint}
        </span>
      )}
      <span className={styles['line']}>
        {lines > 1 ? (
          <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input
            {...shared}
            {...(numeric === true && { inputMode: 'numeric' as const })}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
        {unit}
      </span>
      {error !== undefined && (
        <span id={`${id}-error`} className={styles['error']}>
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path d="M6 1 11.5 11H.5Z" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />
            <path d="M6 4.6v3M6 8.9v.6" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
          </svg>
          {error}
        </span>
      )}
    </div>
  );
};
