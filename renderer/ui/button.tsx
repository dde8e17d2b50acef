import { READ_ONLY_BAND, READ_ONLY_REASON, useReadOnly } from './read-only.ts';
import styles from './button.module.css';

type ButtonProps = Omit<React.ComponentProps<'button'>, 'className' | 'type'> & {
  kind?: 'primary' | 'plain' | 'quiet' | 'word';
  /** Pressing it changes something that is recorded: where nothing can be changed it does nothing, and says why. */
  writes?: boolean;
};

export const Button = ({ kind = 'plain', writes = false, ...rest }: ButtonProps) => {
  const readOnly = useReadOnly();
  // It keeps its place in the order of the keyboard, so that whoever comes by it hears the reason.
  const refused =
    writes && readOnly
      ? { disabled: false, 'aria-disabled': true, 'aria-describedby': READ_ONLY_BAND, title: READ_ONLY_REASON, onClick: undefined }
      : {};
  return <button type="button" className={`${styles['button']} ${styles[kind] ?? ''}`} {...rest} {...refused} />;
};

type ToggleProps<T extends string> = {
  label: string;
  /** `unfit`: why it cannot be chosen now. It stays in the order of the keyboard, so that whoever comes by it hears the reason. */
  options: readonly { readonly value: T; readonly word: string; readonly unfit?: string | undefined }[];
  value: T;
  onChange: (value: T) => void;
};

/** A few exclusive choices side by side. */
export const Choice = <T extends string>({ label, options, value, onChange }: ToggleProps<T>) => (
  <fieldset aria-label={label} className={styles['choice']}>
    {options.map((option) => (
      <button
        key={option.value}
        type="button"
        aria-pressed={option.value === value}
        aria-disabled={option.unfit !== undefined}
        {...(option.unfit !== undefined && { title: option.unfit, 'aria-description': option.unfit })}
        onClick={() => option.unfit === undefined && onChange(option.value)}
      >
        {option.word}
      </button>
    ))}
  </fieldset>
);
