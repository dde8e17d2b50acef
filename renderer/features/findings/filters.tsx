import { useEffect, useState } from 'react';
import { FINDING_KINDS, FINDING_STATES, type FindingCounts, SEVERITIES } from '../../../shared/contract/finding-schemas.ts';
import { findingsHref, type FindingsView } from '../../app/navigation-findings.ts';
import { go } from '../../app/navigation.ts';
import { AddressViews } from '../../saved-views/address-views.tsx';
import { useQuery } from '../../transport/query.ts';
import { ListSearch } from '../../ui/list-search.tsx';
import { count } from '../../ui/words.ts';
import { isFiltered, isPreset, presetsFor, unfiltered } from './finding-query.ts';
import { KIND_WORD, SEVERITY_WORD, STATE_WORD } from './finding-words.ts';
import styles from './filters.module.css';

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

const AGES = [
  ['within 1', 'Began within a day'],
  ['within 7', 'Began within 7 days'],
  ['within 30', 'Began within 30 days'],
  ['before 7', 'Older than 7 days'],
  ['before 30', 'Older than 30 days'],
  ['before 90', 'Older than 90 days'],
] as const;

const ageOf = ({ within, before }: FindingsView): string | null =>
  within !== null ? `within ${within}` : before !== null ? `before ${before}` : null;

const ageOptions = (view: FindingsView): readonly (readonly [string, string])[] => {
  const now = ageOf(view);
  if (now === null || AGES.some(([value]) => value === now)) return AGES;
  return [...AGES, [now, view.within !== null ? `Began within ${view.within} days` : `Older than ${view.before} days`]];
};

const Removable = ({ word, onRemove }: { word: string; onRemove: () => void }) => (
  <button type="button" className={styles['toggle']} aria-pressed="true" onClick={onRemove}>
    <span className={styles['cut']}>{word}</span> <span aria-hidden="true">×</span>
  </button>
);

/** Typing is no step to go back to, and the address follows a moment later. */
const Search = ({ view }: { view: FindingsView }) => {
  const [typed, setTyped] = useState(view.text);
  const [known, setKnown] = useState(view.text);
  // Somebody went back, or took the filter away.
  if (known !== view.text) {
    setKnown(view.text);
    setTyped(view.text);
  }
  useEffect(() => {
    if (typed === view.text) return undefined;
    const timer = setTimeout(() => go(findingsHref({ ...view, text: typed, finding: null }), 'replace'), 150);
    return () => clearTimeout(timer);
  }, [typed, view]);
  return <ListSearch label="Search findings" value={typed} onChange={setTyped} />;
};

/** `counts`: of all findings that hold, whatever is asked for. */
export const Filters = ({ view, counts }: { view: FindingsView; counts: FindingCounts | undefined }) => {
  const user = useQuery('app.info', {}).data?.user;
  const endpoints = useQuery('endpoints.list', {}).data?.map(({ name }) => name) ?? [];
  const set = (change: Partial<FindingsView>): void => go(findingsHref({ ...view, finding: null, ...change }));
  const known = view.endpoint === null || endpoints.includes(view.endpoint) ? endpoints : [...endpoints, view.endpoint];
  const people = [...(user === undefined ? [] : [user]), ...(view.person === null || view.person === user ? [] : [view.person])];
  const byCause = view.by === 'cause';
  const kinds = (
    <Select
      label="Kind"
      all="Any kind"
      value={view.kinds[0] ?? null}
      options={FINDING_KINDS.map((one) => [one, KIND_WORD[one]] as const)}
      onChange={(value) => set({ kinds: FINDING_KINDS.filter((one) => one === value) })}
    />
  );
  return (
    <search className={styles['filters']} aria-label="Filter findings">
      <div className={styles['line']}>
        <ul className={styles['presets']} aria-label="Lists">
          {presetsFor(user).map((preset) => (
            <li key={preset.word}>
              <a href={findingsHref(preset.view)} aria-current={isPreset(preset, view) ? 'true' : undefined}>
                {preset.word}
              </a>
            </li>
          ))}
        </ul>
        {!byCause && <Search view={view} />}
      </div>
      <div className={styles['line']}>
        {byCause ? (
          kinds
        ) : (
          <>
            <fieldset aria-label="States" className={styles['states']}>
              {FINDING_STATES.map((state) => (
                <button
                  key={state}
                  type="button"
                  aria-pressed={view.states.includes(state)}
                  onClick={() => set({ states: FINDING_STATES.filter((one) => view.states.includes(one) !== (one === state)) })}
                >
                  {STATE_WORD[state]}
                  {counts !== undefined && state !== 'resolved' && <small>{count(counts[state])}</small>}
                </button>
              ))}
            </fieldset>
            <Select
              label="Severity"
              all="Any severity"
              value={view.severities[0] ?? null}
              options={SEVERITIES.map((one) => [one, SEVERITY_WORD[one]] as const)}
              onChange={(value) => set({ severities: SEVERITIES.filter((one) => one === value) })}
            />
            {kinds}
            <Select
              label="Assigned to"
              all="Anybody’s"
              value={view.unassigned ? ':nobody' : view.person}
              options={[[':nobody', 'Nobody’s'] as const, ...people.map((one) => [one, one === user ? `Mine (${one})` : one] as const)]}
              onChange={(value) => set({ unassigned: value === ':nobody', person: value === ':nobody' ? null : value })}
            />
            <Select
              label="Age"
              all="Any age"
              value={ageOf(view)}
              options={ageOptions(view)}
              onChange={(value) => {
                const [which, days] = (value ?? '').split(' ');
                set({ within: which === 'within' ? Number(days) : null, before: which === 'before' ? Number(days) : null });
              }}
            />
            {known.length > 0 && (
              <Select
                label="Endpoint"
                all="Any endpoint"
                value={view.endpoint}
                options={known.map((name) => [name, name] as const)}
                onChange={(endpoint) => set({ endpoint })}
              />
            )}
            {view.host !== null && <Removable word={`Of host ${view.host}`} onRemove={() => set({ host: null })} />}
            {view.cause !== null && <Removable word="Of one cause" onRemove={() => set({ cause: null })} />}
            {view.ends !== null && <Removable word={`Waiver runs out within ${view.ends} days`} onRemove={() => set({ ends: null })} />}
          </>
        )}
        <AddressViews list="findings" href={findingsHref({ ...view, finding: null })} />
        {isFiltered(view) && (
          <a className={styles['undo']} href={findingsHref(unfiltered(view))}>
            Undo filter
          </a>
        )}
      </div>
    </search>
  );
};
