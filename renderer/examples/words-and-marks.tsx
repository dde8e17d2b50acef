import { LINKS, type LinkVerdict, REPORTED_VERDICTS, VERDICTS } from '../../shared/model/verdict.ts';
import { Chain } from '../ui/chain.tsx';
import { ChainGlyph } from '../ui/chain-glyph.tsx';
import { Digest } from '../ui/digest.tsx';
import { KeyValue } from '../ui/key-value.tsx';
import { ProductMark } from '../ui/plumb-bob.tsx';
import { Age, Ago, Instant } from '../ui/time.tsx';
import { Timeline } from '../ui/timeline/timeline.tsx';
import { LinkVerdictWord, OutcomeWord, ReportedWord, VerdictMark, VerdictWord } from '../ui/verdict-mark.tsx';
import { WorkMark } from '../ui/work-mark.tsx';
import type { Example } from './example.ts';
import styles from './examples.module.css';

/** Fixed, so that two pictures of the same page are the same. */
const T0 = Date.UTC(2026, 10, 14, 9, 30, 5);
const HOUR_MS = 3_600_000;
const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const chainOf = (broken: number): LinkVerdict[] =>
  LINKS.map((_, at) => (at < broken ? 'trusted' : at === broken ? 'failed' : at < 6 ? 'inconclusive' : 'not-required'));
const CHAINS: readonly (readonly [string, readonly LinkVerdict[]])[] = [
  ['hangs straight', chainOf(99).map((verdict, at) => (at < 6 ? verdict : 'not-required'))],
  ['breaks at the hardware', chainOf(0)],
  ['breaks at the boot loader', chainOf(3)],
  ['is open from the kernel on', LINKS.map((_, at) => (at < 4 ? 'trusted' : 'inconclusive'))],
];
const HOSTILE = 'name\u202Ewith‮turned ‹script›alert(1)‹/script› and a very long tail '.repeat(6);

export const WORDS_AND_MARKS: readonly Example[] = [
  {
    id: 'verdicts',
    title: 'Verdicts',
    about: 'A shape, a word and a colour, the same everywhere. A mark alone only where its word stands beside it or in the same column.',
    Show: () => (
      <div className={styles['rows']}>
        {VERDICTS.map((verdict) => (
          <p key={verdict}>
            <VerdictMark kind={verdict} size={16} /> <VerdictWord verdict={verdict} />
          </p>
        ))}
        {(['trusted', 'failed', 'inconclusive', 'not-required'] as const).map((verdict) => (
          <p key={verdict}>
            <LinkVerdictWord verdict={verdict} />
          </p>
        ))}
        {REPORTED_VERDICTS.map((reported) => (
          <p key={reported}>
            <ReportedWord reported={reported} />
          </p>
        ))}
        <p>
          <OutcomeWord kind="failed" word="The record does not hold." />
        </p>
      </div>
    ),
  },
  {
    id: 'work',
    title: 'Work',
    about: 'How a job stands. Without colour: that something was done is no verdict.',
    Show: () => (
      <div className={styles['rows']}>
        {(['running', 'done', 'stopped', 'failed', 'none'] as const).map((state) => (
          <p key={state}>
            <WorkMark state={state} word={state} />
          </p>
        ))}
      </div>
    ),
  },
  {
    id: 'chain-glyph',
    title: 'Chain, small',
    about: 'In rows of tables and in tooltips. It says the same in words to a screen reader.',
    Show: () => (
      <ul className={styles['rows']}>
        {CHAINS.map(([words, chain]) => (
          <li key={words}>
            <ChainGlyph chain={chain} /> {words}
          </li>
        ))}
      </ul>
    ),
  },
  {
    id: 'chain',
    title: 'Chain',
    about: 'The signature: it hangs straight while trust holds; where it breaks it breaks, leans, and what follows fades.',
    Show: () => (
      <Chain
        label="Chain of trust of an example"
        parts={chainOf(3).map((verdict, at) => ({
          link: LINKS[at] ?? 'hardware',
          verdict,
          reason: verdict === 'failed' ? 'Boot loader changed since 14 Nov: shim 15.7 instead of 15.8.' : 'As it should be.',
          basis: verdict === 'trusted' ? ['PCR 0, 1, 2: the event log replays to the quoted value'] : [],
          notEvaluated: verdict === 'inconclusive' ? ['What follows a broken link'] : [],
          believable: at <= 3,
        }))}
      />
    ),
  },
  {
    id: 'times',
    title: 'Times and ages',
    about: 'UTC unless somebody chose local time. An age goes on by itself.',
    Show: () => (
      <KeyValue
        pairs={[
          { key: 'Moment', value: <Instant atMs={T0} /> },
          { key: 'Never', value: <Instant atMs={null} /> },
          { key: 'Age', value: <Age atMs={T0} /> },
          { key: 'Ago', value: <Ago atMs={T0} />, note: 'Grows while it is looked at.' },
        ]}
      />
    ),
  },
  {
    id: 'timeline',
    title: 'Timeline',
    about:
      'What held when, in lanes, so that it is seen where they do not agree. What was not recorded is empty. A list beside it says the same.',
    Show: () => (
      <Timeline
        fromMs={T0 - 10 * HOUR_MS}
        toMs={T0}
        lanes={[
          {
            word: 'Verified here',
            stretches: [
              { fromMs: T0 - 12 * HOUR_MS, toMs: T0 - 6 * HOUR_MS, kind: 'trusted' },
              { fromMs: T0 - 6 * HOUR_MS, toMs: T0 - 5 * HOUR_MS, kind: 'inconclusive' },
              { fromMs: T0 - 5 * HOUR_MS, toMs: T0 - 2 * HOUR_MS, kind: 'failed' },
              { fromMs: T0 - HOUR_MS, toMs: T0, kind: 'stale' },
            ],
          },
          { word: 'Reported', stretches: [{ fromMs: T0 - 12 * HOUR_MS, toMs: T0 - 2 * HOUR_MS, kind: 'trusted' }] },
        ]}
        moments={[{ word: 'booted', atMs: T0 - 7 * HOUR_MS }]}
        kindWord={(kind) => kind}
      />
    ),
  },
  {
    id: 'values',
    title: 'Values',
    about: 'Digests keep both ends, are whole on focus and copied by a press. Texts of hosts break anywhere and turn nothing around.',
    Show: () => (
      <KeyValue
        pairs={[
          { key: 'SHA-256', value: <Digest value={SHA256} label="digest" /> },
          { key: 'Hostile', value: <span className={styles['breaks']}>{HOSTILE}</span> },
          { key: 'Mark', value: <ProductMark /> },
        ]}
      />
    ),
  },
];
