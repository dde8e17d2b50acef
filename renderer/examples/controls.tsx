import { useState } from 'react';
import { Button, Choice } from '../ui/button.tsx';
import { Callout, Empty, Waiting } from '../ui/callout.tsx';
import { CodeEditor, type Offers } from '../ui/code-editor/code-editor.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { CopyText } from '../ui/copy-text.tsx';
import { Field } from '../ui/field.tsx';
import { type Column, Grid } from '../ui/grid.tsx';
import { ListSearch } from '../ui/list-search.tsx';
import { ReadOnly } from '../ui/read-only.ts';
import { Tabs } from '../ui/tabs.tsx';
import { VerdictWord } from '../ui/verdict-mark.tsx';
import { count } from '../ui/words.ts';
import type { Example } from './example.ts';
import styles from './examples.module.css';

const nothing = (): void => {};

const SAID = [{ line: 3, column: 3, message: 'There is no key “maxAg”.', severity: 'error', replacement: 'maxAge' }] as const;
const offerUnits = (_text: string, cursor: number): Offers => ({
  from: cursor,
  offers: ['15m', '1h', '1d'].map((word) => ({ label: word, insert: word, doc: 'A number and a unit.' })),
});
const Writing = () => {
  const [text, setText] = useState('# A note\nfreshness:\n  maxAg: 15m\n');
  return <CodeEditor label="A text in YAML" value={text} onChange={setText} faults={SAID} complete={offerUnits} />;
};

const Choices = () => {
  const [value, setValue] = useState<'day' | 'week' | 'month'>('day');
  return (
    <Choice
      label="How often"
      value={value}
      onChange={setValue}
      options={[
        { value: 'day', word: 'Every day' },
        { value: 'week', word: 'Every week' },
        { value: 'month', word: 'Every month', unfit: 'There is less than a month of records.' },
      ]}
    />
  );
};

const Fields = () => {
  const [name, setName] = useState('');
  const [days, setDays] = useState('x');
  return (
    <div className={styles['rows']}>
      <Field label="Name" value={name} onChange={setName} hint="As it stands on the export" required />
      <Field label="Days" value={days} onChange={setDays} unit="days" look="short" numeric error="A number from 1 to 365." />
      <Field label="Manifest" value={'apiVersion: plumbline/v1\n'} onChange={nothing} look="mono" lines={4} />
      <ListSearch label="Search in the list" value="" onChange={nothing} />
    </div>
  );
};

const TabsExample = () => {
  const [tab, setTab] = useState<'one' | 'two'>('one');
  return (
    <Tabs
      label="Parts"
      value={tab}
      onChange={setTab}
      tabs={[
        { value: 'one', word: 'Checks' },
        { value: 'two', word: 'Boot events', count: '64' },
      ]}
    >
      <p>{tab === 'one' ? 'What was checked.' : 'What was measured.'}</p>
    </Tabs>
  );
};

type Row = { readonly index: number };
const COLUMNS: readonly Column<Row, 'name'>[] = [
  { key: 'n', title: 'Number', track: '96px', align: 'end', cell: ({ index }) => count(index) },
  { key: 'name', title: 'Name', track: 'minmax(200px, 1fr)', sort: 'name', cell: ({ index }) => `node-${index}` },
  {
    key: 'verdict',
    title: 'Verdict',
    track: '140px',
    cell: ({ index }) => <VerdictWord verdict={index % 50 === 3 ? 'failed' : 'trusted'} />,
  },
];
const TOTAL = 100_000;

const GridExample = () => (
  <div className={styles['grid']}>
    <Grid
      label="A hundred thousand rows"
      columns={COLUMNS}
      total={TOTAL}
      rowAt={(index) => ({ index })}
      onVisible={nothing}
      onOpen={nothing}
      minWidthPx={480}
      sort={{ by: 'name', descending: false, change: nothing }}
      rowTone={({ index }) => (index % 50 === 3 ? 'alarm' : undefined)}
    />
  </div>
);

export const CONTROLS: readonly Example[] = [
  {
    id: 'buttons',
    title: 'Buttons',
    about:
      'One primary at most in a place. What writes is disabled where nothing can be changed, stays in the order of the keyboard and says why.',
    Show: () => (
      <div className={styles['row']}>
        <Button kind="primary">Export</Button>
        <Button>Cancel</Button>
        <Button kind="quiet">Quiet</Button>
        <Button kind="word">As a word</Button>
        <Button aria-disabled>Not now</Button>
        <ReadOnly value>
          <Button writes>Writes, where nothing can be changed</Button>
        </ReadOnly>
        {/* What is disabled is described by the band of the page. */}
        <p id="read-only" className="visually-hidden">
          Read-only: nothing can be changed from here.
        </p>
      </div>
    ),
  },
  { id: 'choices', title: 'Choices', about: 'A few exclusive words side by side. What cannot be chosen says why.', Show: Choices },
  { id: 'fields', title: 'Fields', about: 'Label, hint, unit and what is wrong all belong to the field.', Show: Fields },
  { id: 'tabs', title: 'Tabs', about: 'One stop for Tab; arrows, Home and End between them.', Show: TabsExample },
  {
    id: 'grid',
    title: 'Table of many rows',
    about: 'Rows are drawn as they are looked at; the number of rows is announced; arrows, Page Up and Down, Home, End and Enter.',
    Show: GridExample,
  },
  {
    id: 'code-editor',
    title: 'Text to write in',
    about: 'Line numbers, what is wrong in its place, and what may stand at the cursor with Ctrl+Space. Tab leaves it.',
    Show: Writing,
  },
  {
    id: 'states',
    title: 'Empty, waiting, wrong',
    about: 'A problem says what to do next. Nothing there says since when or why.',
    Show: () => (
      <div className={styles['rows']}>
        <Callout
          problem={{ message: 'The endpoint dc-frankfurt does not answer.', nextStep: 'Check that it runs and can be reached from here.' }}
          still="What was recorded before still counts until it is too old."
          action={<Button>Try again</Button>}
        />
        <Empty title="No failed host since 12 Nov.">
          <p>Every host whose evidence was checked is as it should be.</p>
        </Empty>
        <Waiting>Asking the engine…</Waiting>
      </div>
    ),
  },
  {
    id: 'confirm',
    title: 'Confirmation',
    about: 'What would happen, before it does. The keyboard begins at its title.',
    Show: () => (
      <Confirm title="Delete what is old?" word="Delete" busy={false} onConfirm={nothing} onCancel={nothing}>
        <p>Quotes from before 1 Nov are deleted. What the ledger says of them stays.</p>
      </Confirm>
    ),
  },
  {
    id: 'copy',
    title: 'Texts to keep elsewhere',
    about: 'Whole, with a button that copies it.',
    Show: () => <CopyText label="verifier key" text="plumbline.invalid/ledger/1+0badc0de+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=" />,
  },
];
