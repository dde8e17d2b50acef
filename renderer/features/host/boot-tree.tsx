import { useEffect, useState } from 'react';
import type { EventRow, HostDetail } from '../../../shared/contract/schemas.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { call } from '../../transport/transport.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Tree, type TreeNode } from '../../ui/tree/tree.tsx';
import { count, plural } from '../../ui/words.ts';
import { treeOf } from './boot-tree-nodes.ts';
import styles from './boot-tree.module.css';

/** So many events are put into the tree; a longer log is read as a list. */
const MOST = 1_000;
const AT_A_TIME = 500;

type Read = { readonly events: readonly EventRow[]; readonly problem: Problem | null };

const readAll = async (id: string, total: number): Promise<Read> => {
  const events: EventRow[] = [];
  for (let offset = 0; offset < Math.min(total, MOST); offset += AT_A_TIME) {
    const answer = await call('hosts.events', { id, offset, limit: AT_A_TIME });
    if (!answer.ok) return { events, problem: answer.problem };
    events.push(...answer.value.rows);
  }
  return { events: events.slice(0, MOST), problem: null };
};

type BootTreeProps = { host: HostDetail; event: number | null; onSelect: (index: number) => void };

/** Boot events under the register that they were measured into: the order across registers is no evidence, that within one is. */
export const BootTree = ({ host, event, onSelect }: BootTreeProps) => {
  const { id } = host.row;
  const asked = `${id} ${host.events} ${host.clocks.receivedAtMs ?? ''}`;
  const [read, setRead] = useState<(Read & { readonly asked: string }) | null>(null);
  useEffect(() => {
    let isWanted = true;
    void readAll(id, host.events).then((found) => isWanted && setRead({ ...found, asked }));
    return () => {
      isWanted = false;
    };
  }, [id, host.events, asked]);
  const [register, setRegister] = useState<number | null>(null);
  if (read === null) return <Waiting>Reading the log…</Waiting>;
  if (read.problem !== null) return <Callout problem={read.problem} />;
  const nodes = treeOf(read.events, host.pcrs);
  const selected = nodes.findIndex((node) =>
    register === null ? node.event === event && event !== null : node.event === null && node.pcr === register,
  );
  const select = (at: number): void => {
    const node = nodes[at];
    if (node === undefined) return;
    setRegister(node.event === null ? node.pcr : null);
    if (node.event !== null) onSelect(node.event);
  };
  return (
    <div className={styles['tree']}>
      <Tree label="Boot events by PCR" nodes={nodes satisfies readonly TreeNode[]} selected={selected} onSelect={select} />
      {host.events > MOST && (
        <p>
          These are the first {count(MOST)} of {plural(host.events, 'event', 'events')}; the list has all.
        </p>
      )}
    </div>
  );
};
