import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { KeyValue } from '../../ui/key-value.tsx';
import { Instant } from '../../ui/time.tsx';
import { Full } from './full.tsx';
import styles from './identity.module.css';

const NOT_KNOWN = 'not known';
const KIND_WORD = { 'measured-boot': 'Measured boot', runtime: 'Runtime' } as const;

export const Identity = ({ host }: { host: HostDetail }) => {
  const { identity, references, workloads } = host;
  const full = (value: string | null, label: string): React.ReactNode =>
    value === null ? NOT_KNOWN : <Full value={value} label={label} />;
  return (
    <div className={styles['two']}>
      <section>
        <h3>Keys</h3>
        <KeyValue
          pairs={[
            { key: 'Host', value: <code>{host.row.id}</code> },
            { key: 'Address', value: identity.address === null ? NOT_KNOWN : <code>{identity.address}</code> },
            {
              key: 'AK name',
              value: full(identity.akName, 'AK name'),
              note:
                identity.akPinnedAtMs === null ? (
                  'not pinned'
                ) : (
                  <>
                    pinned since <Instant atMs={identity.akPinnedAtMs} />
                  </>
                ),
            },
            { key: 'EK SHA-256', value: full(identity.ekSha256, 'EK digest') },
            { key: 'Signature', value: identity.signatureScheme ?? NOT_KNOWN },
          ]}
        />
      </section>
      <section>
        <h3>Reference values it is judged by</h3>
        {references.length === 0 && <p className={styles['none']}>None. Without a reference, a link can be at best inconclusive.</p>}
        {references.map((reference) => (
          <KeyValue
            key={`${reference.kind} ${reference.sha256}`}
            pairs={[
              { key: KIND_WORD[reference.kind], value: reference.provenance },
              { key: 'SHA-256', value: <Full value={reference.sha256} label="reference digest" /> },
              { key: 'Obtained', value: <Instant atMs={reference.obtainedAtMs} /> },
            ]}
          />
        ))}
        {workloads.length > 0 && (
          <>
            <h3>Workloads</h3>
            <KeyValue
              pairs={workloads.map((workload) => ({
                key: workload.name,
                value: workload.image === null ? NOT_KNOWN : <code>{workload.image}</code>,
                note: workload.reason,
              }))}
            />
          </>
        )}
      </section>
    </div>
  );
};
