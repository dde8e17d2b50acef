import { useState } from 'react';
import { useQuery } from '../../transport/query.ts';
import { Choice } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { setZone, useZone } from '../../ui/clock.ts';
import { KeyValue } from '../../ui/key-value.tsx';
import { endpointsHref, policyHref, recordHref } from '../navigation.ts';
import { CONTRASTS, type Contrast, setContrast, setTheme, THEME_WORD, THEMES, useTheme } from '../theme.ts';
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
        <p className={styles['lead']}>
          This is a demo: simulated hosts in a data folder of their own. To leave it, close Plumbline and start it with your endpoints file:{' '}
          <code>plumbline serve --endpoints FILE</code>. Nothing of the demo comes along.
        </p>
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
  { id: 'about', title: 'This Plumbline', words: 'version shell data folder user demo leave', part: About },
  { id: 'elsewhere', title: 'Set elsewhere', words: 'retention backup keys anchors policy endpoints alerts', part: Elsewhere },
] as const;

/** How Plumbline looks and is used on this machine. */
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
      {shown.map(({ id, title, part: Part }) => (
        <section key={id} aria-labelledby={id}>
          <h2 id={id}>{title}</h2>
          <Part />
        </section>
      ))}
      <section aria-labelledby="keys">
        <h2 id="keys">Keys</h2>
        <p className={styles['lead']}>
          A command can have other keys, or none. They are kept for this browser or desktop only, and what lists and tabs do stays.
        </p>
        <KeysTable typed={shown.length === SECTIONS.length ? '' : wanted} />
      </section>
    </div>
  );
};
