import styles from './button.module.css';

type ButtonProps = Omit<React.ComponentProps<'button'>, 'className' | 'type'> & { kind?: 'primary' | 'plain' | 'quiet' | 'word' };

export const Button = ({ kind = 'plain', ...rest }: ButtonProps) => (
  <button type="button" className={`${styles['button']} ${styles[kind] ?? ''}`} {...rest} />
);

type ToggleProps<T extends string> = {
  label: string;
  options: readonly { readonly value: T; readonly word: string }[];
  value: T;
  onChange: (value: T) => void;
};

/** A few exclusive choices side by side. */
export const Choice = <T extends string>({ label, options, value, onChange }: ToggleProps<T>) => (
  <fieldset aria-label={label} className={styles['choice']}>
    {options.map((option) => (
      <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>
        {option.word}
      </button>
    ))}
  </fieldset>
);
