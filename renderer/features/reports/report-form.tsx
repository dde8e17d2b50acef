import { useId, useRef, useState } from 'react';
import { FORMATS_OF, type ExportFormat, isSignable, type SampleAsk } from '../../../shared/contract/export-schemas.ts';
import type { Report, ReportDefinition, Schedule } from '../../../shared/contract/report-schemas.ts';
import { FORMAT_WORDS } from '../../../shared/contract/format-words.ts';
import { completed, fieldsOf, NOTHING_TYPED, type Wrong } from '../../exporting/choices.ts';
import { Fields } from '../../exporting/fields.tsx';
import { FORMAT_MEANING } from '../../exporting/format-words.ts';
import { SignChoice } from '../../exporting/sign-choice.tsx';
import type { Said } from '../../transport/jobs.ts';
import { call } from '../../transport/transport.ts';
import { Choice } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { readTimeOfDay, ROWS_WORD, timeOfDay, WEEKDAYS } from './report-words.ts';
import styles from './reports.module.css';

type Rows = ReportDefinition['of']['rows'];
type Every = Schedule['every'] | 'never';
const DAYS = ['all', '30', '90', '365'] as const;
type Days = (typeof DAYS)[number];

type Draft = {
  readonly name: string;
  readonly note: string;
  readonly rows: Rows;
  readonly filter: string;
  readonly size: string;
  readonly seed: string;
  readonly kind: string;
  readonly days: Days;
  readonly format: ExportFormat;
  readonly sign: boolean;
  readonly every: Every;
  readonly weekday: number;
  readonly day: number;
  readonly time: string;
};

const daysOf = ({ of }: ReportDefinition): Days =>
  of.rows === 'hosts' ? '30' : (DAYS.find((days) => days === String(of.lastDays)) ?? 'all');

const draftOf = (definition: ReportDefinition | null): Draft => {
  const of = definition?.of;
  const schedule = definition?.schedule ?? null;
  return {
    name: definition?.name ?? '',
    note: definition?.note ?? '',
    rows: of?.rows ?? 'hosts',
    filter: of?.rows === 'hosts' ? (of.filter ?? '') : '',
    size: of?.rows === 'hosts' && of.sample !== undefined ? String(of.sample.size) : '',
    seed: of?.rows === 'hosts' ? (of.sample?.seed ?? '') : '',
    kind: of?.rows === 'ledger' ? (of.kind ?? '') : '',
    days: definition === null ? '30' : daysOf(definition),
    format: definition?.format ?? 'csv',
    sign: of?.rows === 'hosts' && of.sign === true,
    every: schedule?.every ?? 'never',
    weekday: schedule?.every === 'week' ? schedule.weekday : 1,
    day: schedule?.every === 'month' ? schedule.day : 1,
    time: timeOfDay(schedule?.minute ?? 360),
  };
};

/** What the form does not show of a definition, such as the buttons of a list, stays as it is. */
const rowsOf = (draft: Draft, before: ReportDefinition['of'] | undefined): ReportDefinition['of'] => {
  const lastDays = draft.days === 'all' ? null : Number(draft.days);
  const filter = draft.filter.trim();
  const kind = draft.kind.trim();
  if (draft.rows === 'hosts') {
    const { query, sort } = before?.rows === 'hosts' ? before : { query: {}, sort: { by: 'verdict', descending: false } as const };
    const sample = sampleIn(draft);
    return {
      rows: 'hosts',
      query,
      sort,
      ...(filter !== '' && { filter }),
      ...(sample !== undefined && { sample }),
      ...(draft.sign && isSignable(draft.format) && { sign: true }),
    };
  }
  if (draft.rows === 'findings') {
    const { query, sort } = before?.rows === 'findings' ? before : { query: {}, sort: 'newest' as const };
    return { rows: 'findings', query, sort, lastDays };
  }
  const { subject } = before?.rows === 'ledger' ? before : {};
  return { rows: 'ledger', lastDays, ...(kind !== '' && { kind }), ...(subject !== undefined && { subject }) };
};

const typedOf = ({ size, seed }: Draft) => ({ ...NOTHING_TYPED, size, seed });
/** What is wrong with the sample, field by field. */
const wrongSample = ({ rows, format, ...draft }: Draft): Wrong => {
  if (rows !== 'hosts') return {};
  const found = completed({ rows, format, query: {}, sort: { by: 'name', descending: false } }, typedOf({ rows, format, ...draft }));
  return 'wrong' in found ? found.wrong : {};
};
/** None where the format has none. */
const sampleIn = (draft: Draft): SampleAsk | undefined => {
  if (!fieldsOf('hosts', draft.format).sample || draft.size.trim() === '') return undefined;
  const seed = draft.seed.trim();
  return { size: Number(draft.size), ...(seed !== '' && { seed }) };
};

const scheduleOf = ({ every, weekday, day }: Draft, minute: number): Schedule | null => {
  if (every === 'never') return null;
  if (every === 'week') return { every, weekday, minute };
  return every === 'month' ? { every, day, minute } : { every, minute };
};

const Chosen = ({
  label,
  values,
  value,
  onChange,
}: {
  label: string;
  values: readonly string[];
  value: number;
  onChange: (at: number) => void;
}) => {
  const id = useId();
  return (
    <div className={styles['chosen']}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {values.map((word, at) => (
          <option key={word} value={at + 1}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
};

const MONTH_DAYS = Array.from({ length: 28 }, (_, at) => String(at + 1));
const EVERY = [
  { value: 'never', word: 'When asked' },
  { value: 'day', word: 'Every day' },
  { value: 'week', word: 'Every week' },
  { value: 'month', word: 'Every month' },
] as const;

type FormProps = { report: Report | null; onSaved: (name: string) => void; onCancel: () => void };

/** Defines a report, or another in its place. */
export const ReportForm = ({ report, onSaved, onCancel }: FormProps) => {
  const [draft, setDraft] = useState(() => draftOf(report?.definition ?? null));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Said | null>(null);
  const nameField = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const sampleFields = useRef<HTMLDivElement>(null);
  const timeField = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const change = (some: Partial<Draft>): void => setDraft({ ...draft, ...some });
  const minute = draft.every === 'never' ? 0 : readTimeOfDay(draft.time);
  const formats = FORMATS_OF[draft.rows];

  const save = async (): Promise<void> => {
    setTried(true);
    const name = draft.name.trim();
    if (name === '') return nameField.current?.focus();
    if (Object.keys(wrongSample(draft)).length > 0) return sampleFields.current?.querySelector('input')?.focus();
    if (minute === null) return timeField.current?.focus();
    const of = rowsOf(draft, report?.definition.of);
    const definition = { name, note: draft.note, of, format: draft.format, schedule: scheduleOf(draft, minute) };
    setBusy(true);
    const answer = await call('reports.save', { id: report?.id ?? null, definition });
    setBusy(false);
    const refused = answer.ok ? (answer.value.state === 'refused' ? answer.value : null) : answer.problem;
    setProblem(refused);
    if (refused === null) onSaved(name);
    return undefined;
  };

  return (
    <Confirm
      title={report === null ? 'New report' : `Change ${report.definition.name}`}
      word="Save"
      busy={busy}
      onConfirm={() => void save()}
      onCancel={onCancel}
    >
      <div className={styles['form']}>
        <Field
          ref={nameField}
          label="Name"
          value={draft.name}
          onChange={(name) => change({ name })}
          error={tried && draft.name.trim() === '' ? 'Give it a name.' : undefined}
          maxLength={80}
          required
        />
        <Choice
          label="Rows"
          options={(['hosts', 'findings', 'ledger'] as const).map((value) => ({ value, word: ROWS_WORD[value] }))}
          value={draft.rows}
          onChange={(rows) => change({ rows, format: FORMATS_OF[rows].includes(draft.format) ? draft.format : FORMATS_OF[rows][0] })}
        />
        {draft.rows === 'hosts' && (
          <Field
            label="Filter"
            hint="As on the page Hosts, such as verdict = failed and country in (DE, FR). Empty: all hosts."
            value={draft.filter}
            onChange={(filter) => change({ filter })}
            look="mono"
            maxLength={4_000}
          />
        )}
        {draft.rows === 'ledger' && (
          <Field
            label="Kind of entry"
            hint="The word before the dot, such as verdict or export. Empty: all entries."
            value={draft.kind}
            onChange={(kind) => change({ kind })}
            look="mono"
            maxLength={64}
          />
        )}
        {draft.rows !== 'hosts' && (
          <Choice
            label="Period"
            options={DAYS.map((value) => ({ value, word: value === 'all' ? 'All' : `Last ${value} days` }))}
            value={draft.days}
            onChange={(days) => change({ days })}
          />
        )}
        <div>
          <Choice
            label="Format"
            options={formats.map((value) => ({ value, word: FORMAT_WORDS[value].word }))}
            value={draft.format}
            onChange={(format) => change({ format })}
          />
          <p className={styles['quiet']}>{FORMAT_MEANING[draft.format]}</p>
          <SignChoice format={draft.format} chosen={draft.sign} onChange={(sign) => change({ sign })} />
        </div>
        {draft.rows === 'hosts' && (
          <div ref={sampleFields}>
            <Fields
              used={{ ...fieldsOf('hosts', draft.format), from: false }}
              ofHosts
              typed={typedOf(draft)}
              wrong={tried ? wrongSample(draft) : {}}
              onChange={({ size, seed }) => change({ size, seed })}
            />
          </div>
        )}
        <Choice label="Made" options={EVERY} value={draft.every} onChange={(every) => change({ every })} />
        {draft.every === 'week' && (
          <Chosen label="Day of the week" values={WEEKDAYS} value={draft.weekday} onChange={(weekday) => change({ weekday })} />
        )}
        {draft.every === 'month' && (
          <Chosen label="Day of the month" values={MONTH_DAYS} value={draft.day} onChange={(day) => change({ day })} />
        )}
        {draft.every !== 'never' && (
          <Field
            ref={timeField}
            label="Time"
            hint="Hours and minutes"
            unit="UTC"
            look="short"
            value={draft.time}
            onChange={(time) => change({ time })}
            error={tried && minute === null ? 'Give a time such as 06:30.' : undefined}
            maxLength={5}
          />
        )}
        <Field label="Note" value={draft.note} onChange={(note) => change({ note })} lines={2} maxLength={2_000} />
        {problem !== null && <Callout problem={problem} />}
      </div>
    </Confirm>
  );
};
