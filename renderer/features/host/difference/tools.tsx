import {
  DIFFERENCE_LOGS,
  DIFFERENCE_WITH,
  type Difference,
  type DifferenceOffer,
  type DifferenceWith,
} from '../../../../shared/contract/difference-schemas.ts';
import { differenceHref, type DifferenceView, go } from '../../../app/navigation.ts';
import { useQuery } from '../../../transport/query.ts';
import { Choice } from '../../../ui/button.tsx';
import { plural, VERDICT_WORD } from '../../../ui/words.ts';
import { LOG_WORD, WITH_WORD } from './difference-words.ts';
import styles from './difference.module.css';

const offerOf = (offers: readonly DifferenceOffer[], held: DifferenceWith): DifferenceOffer | undefined =>
  offers.find((offer) => offer.with === held);

const PeerChoice = ({ id, view, peer }: { id: string; view: DifferenceView; peer: string | null }) => {
  const { data } = useQuery('hosts.peers', { id });
  const rows = data?.rows ?? [];
  return (
    <label className={styles['peer']}>
      Host of {data?.hostClass ?? 'the same class'}
      <select
        value={view.peer ?? peer ?? ''}
        onChange={(event) => go(differenceHref(id, { ...view, peer: event.target.value }), 'replace')}
      >
        {rows.length === 0 && <option value="">none</option>}
        {rows.map((row) => (
          <option key={row.id} value={row.id}>
            {row.name}, {VERDICT_WORD[row.verdict].toLowerCase()}
            {row.differing === null ? '' : `, ${plural(row.differing, 'register differs', 'registers differ')}`}
          </option>
        ))}
      </select>
    </label>
  );
};

type ToolsProps = { id: string; view: DifferenceView; difference: Difference };

/** What is held against what. What is not there says why, and stays in the order of the keyboard. */
export const DifferenceTools = ({ id, view, difference }: ToolsProps) => (
  <div className={styles['tools']}>
    <Choice
      label="Held against"
      options={DIFFERENCE_WITH.map((held) => {
        const offer = offerOf(difference.offers, held);
        // A peer without an offer may still be chosen by its name.
        return { value: held, word: WITH_WORD[held], unfit: offer?.available === false && held !== 'peer' ? offer.words : undefined };
      })}
      value={view.with}
      onChange={(held) => go(differenceHref(id, { with: held, log: view.log }), 'replace')}
    />
    <Choice
      label="Log"
      options={DIFFERENCE_LOGS.map((log) => ({ value: log, word: LOG_WORD[log] }))}
      value={view.log}
      onChange={(log) => go(differenceHref(id, { ...view, log, at: null }), 'replace')}
    />
    {view.with === 'peer' && <PeerChoice id={id} view={view} peer={difference.a?.hostId ?? null} />}
  </div>
);

/** Where nothing could be compared: why, and what there is instead. */
export const Instead = ({ id, view, offers }: { id: string; view: DifferenceView; offers: readonly DifferenceOffer[] }) => {
  const others = offers.filter((offer) => offer.available && offer.with !== view.with);
  return others.length === 0 ? (
    <p>There is nothing else that this host could be held against.</p>
  ) : (
    <ul className={styles['notes']}>
      {others.map((offer) => (
        <li key={offer.with}>
          <a href={differenceHref(id, { with: offer.with, log: view.log })}>
            Hold it against {offer.with === 'peer' ? offer.words : offer.words}
          </a>
        </li>
      ))}
    </ul>
  );
};
