import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { DIFFERENCE_WITH, type DifferenceLog } from '../../../shared/contract/difference-schemas.ts';
import type { Link } from '../../../shared/model/verdict.ts';
import { findingsHref } from '../../app/navigation-findings.ts';
import { referencesHref } from '../../app/navigation-references.ts';
import { bytesHref, differenceHref, go, hostHref } from '../../app/navigation.ts';
import { Button } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { WITH_WORD } from './difference/difference-words.ts';
import { hostEvidenceText } from './host-evidence-text.ts';
import styles from './host-head.module.css';

/** Links that are judged by the list of measured programs; the others by the boot events. */
const OF_PROGRAMS: ReadonlySet<Link> = new Set(['runtime', 'container-engine', 'orchestrator']);
/** The log in which trust broke: where it did not, the boot events. */
const logOf = ({ brokenLink }: HostDetail['row']): DifferenceLog =>
  brokenLink !== null && OF_PROGRAMS.has(brokenLink) ? 'programs' : 'boot-events';

/** What can be done with a host: hold it against something, and hand on what is known of it. */
export const HostActions = ({ host }: { host: HostDetail }) => {
  const { id } = host.row;
  const log = logOf(host.row);
  const [said, setSaid] = useState('');
  const copy = (): void => {
    const link = `${location.origin}${location.pathname}${hostHref(id)}`;
    navigator.clipboard.writeText(hostEvidenceText(host, link)).then(
      () => setSaid('Copied'),
      () => setSaid('Not copied'),
    );
  };
  const now = useRef(copy);
  useLayoutEffect(() => {
    now.current = copy;
  });
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        ...DIFFERENCE_WITH.map(
          (held): Command => ({
            id: `host.difference.${held}`,
            word: `Difference: ${WITH_WORD[held].toLowerCase()}`,
            group: 'This page',
            keys: held === 'reference' ? 'd' : null,
            also: 'compare diff against',
            run: () => go(differenceHref(id, { with: held, log })),
          }),
        ),
        {
          id: 'host.bytes',
          word: 'Raw bytes of this host',
          group: 'This page',
          keys: null,
          also: 'hex quote log',
          run: () => go(bytesHref(id, 'event-log')),
        },
        {
          id: 'host.copy',
          word: 'Copy this host as evidence',
          group: 'This page',
          keys: null,
          also: 'text digest',
          run: () => now.current(),
        },
      ],
      [id, log],
    ),
  );
  return (
    <p className={styles['actions']}>
      <a href={differenceHref(id, { log })}>Difference</a>
      <a href={findingsHref({ host: id })}>Findings</a>
      {host.row.verdict === 'failed' && host.row.brokenLink !== null && (
        <a href={referencesHref({ form: 'promote', host: id })}>Propose as reference value…</a>
      )}
      <Button kind="word" onClick={copy}>
        Copy as evidence
      </Button>
      <output>{said}</output>
    </p>
  );
};
