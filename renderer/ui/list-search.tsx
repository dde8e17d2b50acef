import styles from './list-search.module.css';

type ListSearchProps = { label: string; value: string; onChange: (value: string) => void };

export const ListSearch = ({ label, value, onChange }: ListSearchProps) => (
  <input
    type="search"
    className={styles['search']}
    aria-label={label}
    placeholder={`${label}…`}
    value={value}
    maxLength={200}
    spellCheck={false}
    autoComplete="off"
    onChange={(event) => onChange(event.target.value)}
  />
);
