import { LINKS, VERDICTS, type Verdict } from '../../../shared/model/verdict.ts';
import { go, hostsHref, type HostsView } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { SavedViews } from '../../saved-views/saved-views.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { countryName, LINK_WORD, VERDICT_WORD } from '../../ui/words.ts';
import { filterOf, isFiltered } from './host-query.ts';
import { SearchBox } from './search-box.tsx';
import styles from './filters.module.css';

const toggled = (verdicts: readonly Verdict[], verdict: Verdict): readonly Verdict[] => {
  const next = VERDICTS.filter((each) => verdicts.includes(each) !== (each === verdict));
  return next.length === VERDICTS.length ? [] : next;
};

type SelectProps = {
  label: string;
  all: string;
  value: string | null;
  options: readonly (readonly [string, string])[];
  onChange: (value: string | null) => void;
};

const Select = ({ label, all, value, options, onChange }: SelectProps) => (
  <select
    aria-label={label}
    className={styles['select']}
    data-set={value !== null}
    value={value ?? ''}
    onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
  >
    <option value="">{all}</option>
    {options.map(([option, word]) => (
      <option key={option} value={option}>
        {word}
      </option>
    ))}
  </select>
);

export const Filters = ({ view }: { view: HostsView }) => {
  const overview = useQuery('overview.get', {});
  const known = overview.data?.places.flatMap(({ country }) => (country === null ? [] : [country])) ?? [];
  const countries = view.country === null || known.includes(view.country) ? known : [...known, view.country];
  const filter = filterOf(view);
  const set = (change: Partial<HostsView>): void => go(hostsHref({ ...view, ...change }));
  return (
    <search className={styles['filters']} aria-label="Filter hosts">
      <div className={styles['first']}>
        <SearchBox view={view} />
        <SavedViews
          list="hosts"
          saves={filter === null ? null : { list: 'hosts', filter, sort: { by: view.sort, descending: view.descending } }}
          hrefOf={({ filter: text, sort }) => hostsHref({ text, ...(sort !== null && { sort: sort.by, descending: sort.descending }) })}
        />
      </div>
      <fieldset aria-label="Verdicts" className={styles['verdicts']}>
        {VERDICTS.map((verdict) => (
          <button
            key={verdict}
            type="button"
            aria-pressed={view.verdicts.includes(verdict)}
            onClick={() => set({ verdicts: toggled(view.verdicts, verdict) })}
          >
            <VerdictMark kind={verdict} size={10} />
            {VERDICT_WORD[verdict]}
          </button>
        ))}
      </fieldset>
      <Select
        label="Broken link"
        all="Any link"
        value={view.link}
        options={LINKS.map((link) => [link, `Breaks at ${LINK_WORD[link]}`] as const)}
        onChange={(value) => set({ link: LINKS.find((link) => link === value) ?? null })}
      />
      <Select
        label="Country"
        all="Any country"
        value={view.country}
        options={countries.map((country) => [country, countryName(country)] as const)}
        onChange={(country) => set({ country })}
      />
      <button
        type="button"
        className={styles['toggle']}
        aria-pressed={view.disagreement}
        onClick={() => set({ disagreement: !view.disagreement })}
      >
        <span aria-hidden="true">≠</span> Disagreement
      </button>
      {view.endpoint !== null && (
        <button type="button" className={styles['toggle']} aria-pressed="true" onClick={() => set({ endpoint: null })}>
          From {view.endpoint} <span aria-hidden="true">×</span>
        </button>
      )}
      {view.olderThanMs !== null && (
        <button type="button" className={styles['toggle']} aria-pressed="true" onClick={() => set({ olderThanMs: null })}>
          Older than {formatDuration(view.olderThanMs)} <span aria-hidden="true">×</span>
        </button>
      )}
      {isFiltered(view) && (
        <a className={styles['undo']} href={hostsHref({ sort: view.sort, descending: view.descending })}>
          Undo filter
        </a>
      )}
    </search>
  );
};
