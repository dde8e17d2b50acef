import { useCallback, useState } from 'react';
import type { Policy as PolicyInForce } from '../../../shared/contract/policy-schemas.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { count } from '../../ui/words.ts';
import { Editor } from './editor.tsx';
import styles from './policy.module.css';
import { Versions } from './versions.tsx';

const STARTER = `# What must hold, for which hosts, in which places. Everything that is not written here has a default.
apiVersion: plumbline/v1
kind: TrustManifest
metadata:
  name: our-fleet

freshness:
  maxAge: 15m
`;

const InForce = ({ policy }: { policy: PolicyInForce }) => (
  <>
    <p className={styles['lead']}>
      {policy.number === 0 ? (
        <>
          No manifest is in force: the <strong>built-in defaults</strong> apply to every host, without rules about places or workloads.
        </>
      ) : (
        <>
          <strong>{policy.name}</strong>, version {policy.number}, is in force.
          {policy.approvals === 2 && ' What one person proposes, a second person must approve.'}
        </>
      )}
    </p>
    {policy.notice !== null && <Callout problem={{ message: policy.notice, nextStep: 'The versions below say more.' }} />}
    {policy.applying !== null && (
      <Waiting>
        Recorded hosts are being decided again: {count(policy.applying.done)} of {count(policy.applying.total)}.
      </Waiting>
    )}
  </>
);

/** What somebody writes is still there when they come back from another page. Forgotten with the window. */
let left: string | null = null;
const useDraft = (): readonly [string | null, (draft: string | null) => void] => {
  const [draft, setDraft] = useState(left);
  const change = useCallback((next: string | null): void => {
    left = next;
    setDraft(next);
  }, []);
  return [draft, change];
};

/** The manifest in force, an editor for the next one, and every version before. */
export const Policy = () => {
  const { data, problem, refetch } = useQuery('policy.get', {});
  const [draft, setDraft] = useDraft();
  return (
    <div className={styles['page']}>
      <h1>Policy</h1>
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {data !== undefined && (
        <>
          <InForce policy={data} />
          <Editor text={draft ?? data.text ?? STARTER} inForce={data} onChange={setDraft} onDone={refetch} />
          <Versions inForce={data.number} onRead={setDraft} onDone={refetch} />
        </>
      )}
    </div>
  );
};
