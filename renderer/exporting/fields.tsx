import { Field } from '../ui/field.tsx';
import type { fieldsOf, Typed, Wrong } from './choices.ts';
import styles from './exporting.module.css';

type FieldsProps = {
  used: ReturnType<typeof fieldsOf>;
  ofHosts: boolean;
  typed: Typed;
  wrong: Wrong;
  onChange: (typed: Typed) => void;
};

/** What of the past, and how many: where the format makes use of it. */
export const Fields = ({ used, ofHosts, typed, wrong, onChange }: FieldsProps) => {
  const change = (some: Partial<Typed>): void => onChange({ ...typed, ...some });
  return (
    <>
      {used.from && (
        <div className={styles['fields']}>
          <Field
            label={ofHosts ? 'What changed since' : 'From'}
            hint={
              ofHosts
                ? 'A day in UTC, such as 2026-01-05. Empty: 30 days before.'
                : 'A day in UTC, such as 2026-01-05. Empty: the beginning.'
            }
            value={typed.from}
            onChange={(from) => change({ from })}
            error={wrong.from}
            look="mono"
            maxLength={24}
          />
          {used.to && (
            <Field
              label="To"
              hint="To the end of this day. Empty: the cut-off."
              value={typed.to}
              onChange={(to) => change({ to })}
              error={wrong.to}
              look="mono"
              maxLength={24}
            />
          )}
        </div>
      )}
      {used.sample && (
        <div className={styles['fields']}>
          <Field
            label="Sample size"
            hint="So many hosts, drawn so that anybody can draw them again. Empty: all."
            value={typed.size}
            onChange={(size) => change({ size })}
            error={wrong.size}
            look="mono"
            numeric
            maxLength={6}
          />
          <Field
            label="Seed of the sample"
            hint="One word that the auditor names. Empty: made at random, and recorded."
            value={typed.seed}
            onChange={(seed) => change({ seed })}
            error={wrong.seed}
            look="mono"
            maxLength={128}
          />
        </div>
      )}
    </>
  );
};
