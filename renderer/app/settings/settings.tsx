import { useState } from 'react';
import { useQuery } from '../../transport/query.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { setZone, useZone } from '../../ui/clock.ts';
import { KeyValue } from '../../ui/key-value.tsx';
import { endpointsHref, policyHref, recordHref } from '../navigation.ts';
import { usePreferences } from '../kept/preferences-store.ts';
import { CONTRASTS, type Contrast, setContrast, setTheme, THEME_WORD, THEMES, useTheme } from '../theme.ts';
import { startTour } from '../tour/tour-store.ts';
import { KeysTable } from './keys-table.tsx';
import { NoticeSettings } from './notices.tsx';
import styles from './settings.module.css';
import { SHELL_WORD } from '../shell-word.ts';

const CONTRAST_WORD: Readonly<Record<Contrast, string>> = { system: 'As the system', usual: 'Usual', more: 'More' };

const Labelled = ({ word, children }: { word: string; children: React.ReactNode }) => (
  <div>
    <p className={styles['caption']} aria-hidden="true">
      {word}
    </p>
    {children}
  </div>
);

const Look = () => {
  const theme = useTheme((state) => state.theme);
  const contrast = useTheme((state) => state.contrast);
  const zone = useZone((state) => state.zone);
  return (
    <div className={styles['choices']}>
      <Labelled word="Theme">
        <Choice label="Theme" options={THEMES.map((value) => ({ value, word: THEME_WORD[value] }))} value={theme} onChange={setTheme} />
      </Labelled>
      <Labelled word="Contrast">
        <Choice
          label="Contrast"
          options={CONTRASTS.map((value) => ({ value, word: CONTRAST_WORD[value] }))}
          value={contrast}
          onChange={setContrast}
        />
      </Labelled>
      <Labelled word="Times">
        <Choice
          label="Times"
          options={[
            { value: 'utc', word: 'UTC' },
            { value: 'local', word: 'Local' },
          ]}
          value={zone}
          onChange={setZone}
        />
      </Labelled>
      <p className={styles['lead']}>
        Motion follows the system: with reduced motion nothing moves. Exports are in UTC, whatever is chosen here.
      </p>
    </div>
  );
};

/** Where what is set on this page stays. */
const Kept = () => {
  const { keptIn, problem } = usePreferences();
  if (problem !== null) return <Callout problem={problem} still="It holds in this window." />;
  if (keptIn === undefined) return null;
  return (
    <p className={styles['lead']}>
      {keptIn === null
        ? 'Nothing can be written here, so what you set on this page holds in this window and ends with it.'
        : 'What you set on this page is kept in the data folder under your name. It is nobody else’s, no evidence, and not in the ledger.'}
    </p>
  );
};

const About = () => {
  const { data, problem } = useQuery('app.info', {});
  if (problem !== undefined) return <Callout problem={problem} />;
  if (data === undefined) return null;
  return (
    <>
      <KeyValue
        pairs={[
          { key: 'Version', value: data.version, note: data.runtime },
          { key: 'Shell', value: SHELL_WORD[data.shell] },
          { key: 'You', value: data.user, note: 'As the operating system says. What you do is entered into the ledger under this name.' },
          { key: data.pack === null ? 'Data folder' : 'Evidence pack', value: <code>{data.dataFolder}</code> },
        ]}
      />
      {data.demo !== null && (
        <>
          <p className={styles['lead']}>
            This is a demo: simulated hosts in a data folder of their own. <a href={endpointsHref}>Leave the demo</a>, and nothing of it
            comes along.
          </p>
          <Button onClick={() => void startTour()}>Take the tour</Button>
        </>
      )}
    </>
  );
};

/** Where what is not of this place is set: what is recorded is set where it takes effect, and entered there. */
const Elsewhere = () => (
  <ul className={styles['links']}>
    <li>
      <a href={recordHref({ tab: 'data' })}>How long what is kept, backups</a>
    </li>
    <li>
      <a href={recordHref({ tab: 'proof' })}>Keys and anchors of the ledger</a>
    </li>
    <li>
      <a href={policyHref}>What must hold, for which hosts</a>
    </li>
    <li>
      <a href={endpointsHref}>Who is asked, and who is told</a> (written in the endpoints file)
    </li>
  </ul>
);

const SECTIONS = [
  { id: 'look', title: 'Look', words: 'theme dark light contrast times utc local motion', part: Look },
  { id: 'notices', title: 'What is new', words: 'notices notifications quiet hours system', part: NoticeSettings },
  { id: 'about', title: 'This Plumbline', words: 'version shell data folder user demo leave tour', part: About },
  { id: 'elsewhere', title: 'Set elsewhere', words: 'retention backup keys anchors policy endpoints alerts', part: Elsewhere },
] as const;

/** How Plumbline looks and is used by this person. */
export const Settings = () => {
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const shown = SECTIONS.filter(({ title, words }) => `${title} ${words}`.toLowerCase().includes(wanted));
  return (
    <div className={styles['page']}>
      <h1>Settings</h1>
      <label className={styles['search']}>
        <span className="visually-hidden">Search in the settings</span>
        <input type="search" placeholder="Search in the settings" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <Kept />
      {shown.map(({ id, title, part: Part }) => (
        <section key={id} aria-labelledby={id}>
          <h2 id={id}>{title}</h2>
          <Part />
        </section>
      ))}
      <section aria-labelledby="keys">
        <h2 id="keys">Keys</h2>
        <p className={styles['lead']}>A command can have other keys, or none. What lists and tabs do stays.</p>
        <KeysTable typed={shown.length === SECTIONS.length ? '' : wanted} />
      </section>
    </div>
  );
};
