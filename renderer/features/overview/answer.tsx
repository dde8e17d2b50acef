import type { Overview, Tally } from '../../../shared/contract/schemas.ts';
import { hostHref, hostsHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Ago, Instant } from '../../ui/time.tsx';
import { count, LINK_IN_SENTENCE, plural } from '../../ui/words.ts';
import { clearSince, restSentence } from './answer-words.ts';
import styles from './answer.module.css';

const First = ({ tally }: { tally: Tally }) =>
  tally.trusted === tally.inventory ? (
    <>
      {tally.inventory === 1 ? 'The one host is' : `All ${count(tally.inventory)} hosts are`} true to{' '}
      {tally.inventory === 1 ? 'its' : 'their'} hardware root.
    </>
  ) : (
    <>
      <strong>{count(tally.trusted)}</strong> of {count(tally.inventory)} hosts {tally.trusted === 1 ? 'is' : 'are'} true to their hardware
      root.
    </>
  );

/** The newest break, named: which link of which host, and when. */
const NewestBreak = () => {
  const { data } = useQuery('hosts.list', {
    query: { verdicts: ['failed'] },
    sort: { by: 'changedAtMs', descending: true },
    offset: 0,
    limit: 1,
  });
  const host = data?.rows[0];
  if (host === undefined) return null;
  return (
    <>
      ; the {host.brokenLink === null ? 'evidence' : LINK_IN_SENTENCE[host.brokenLink]} of <a href={hostHref(host.id)}>{host.name}</a> broke
      trust <Ago atMs={host.changedAtMs} />
    </>
  );
};

const Failed = ({ overview }: { overview: Overview }) => {
  const { failed } = overview.tally;
  if (failed > 0)
    return (
      <>
        <strong>{count(failed)}</strong> {failed === 1 ? 'is' : 'are'} not
        <NewestBreak />.
      </>
    );
  const since = clearSince(overview.trend);
  if (since === null) return <>No host has failed.</>;
  return (
    <>
      No host has failed since <Instant atMs={since.atMs} />
      {since.whole ? ', the beginning of the record' : ''}.
    </>
  );
};

/** The question of the whole product, answered in sentences before any number is shown. */
export const Answer = ({ overview }: { overview: Overview }) => {
  const { tally, disagreements, manifest, freshness } = overview;
  return (
    <header className={styles['answer']} data-tour="answer">
      <h1>
        <First tally={tally} /> <Failed overview={overview} /> {restSentence(tally)}
      </h1>
      <p>
        {disagreements > 0 ? (
          <a href={hostsHref({ disagreement: true })}>
            <span aria-hidden="true" className={styles['differ']}>
              ≠
            </span>{' '}
            On {plural(disagreements, 'host', 'hosts')} the endpoint says otherwise
          </a>
        ) : (
          'No endpoint says otherwise'
        )}
        <span>
          Newest evidence <Ago atMs={freshness.newestEvidenceAtMs} />
        </span>
        <span>Judged by {manifest.builtIn ? 'the built-in manifest; no policy of your own yet' : <q>{manifest.name}</q>}</span>
      </p>
    </header>
  );
};
