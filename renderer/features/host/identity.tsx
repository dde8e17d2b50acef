import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { shorten } from '../../ui/digest.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { Instant } from '../../ui/time.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { plural } from '../../ui/words.ts';
import { Certificates } from './certificates.tsx';
import { Full } from './full.tsx';
import styles from './identity.module.css';

const NOT_KNOWN = 'not known';
const KIND_WORD = { 'measured-boot': 'Measured boot', runtime: 'Runtime' } as const;

/** The digest of an image shortened; its name stays whole. */
const shortImage = (image: string): string => image.replace(/(?<=sha\d+:)[\da-f]{24,}$/i, (digest) => shorten(digest));

const Allowed = ({ workload }: { workload: HostDetail['workloads'][number] }) => {
  if (!workload.ruled) return <OutcomeWord kind="not-required" word="no rule" />;
  if (workload.allowed === null) return <OutcomeWord kind="inconclusive" word="cannot be judged" />;
  return workload.allowed ? <OutcomeWord kind="trusted" word="may run here" /> : <OutcomeWord kind="failed" word="may not run here" />;
};

export const Identity = ({ host }: { host: HostDetail }) => {
  const { identity, references, workloads, policyClass, coverage, locationSource } = host;
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
        <Certificates id={host.row.id} checks={host.checks} />
      </section>
      <section>
        <h3>What the manifest makes of it</h3>
        <KeyValue
          pairs={[
            { key: 'Class', value: policyClass.name ?? 'no class', note: policyClass.why },
            {
              key: 'Coverage',
              value: `${coverage.covered} of ${plural(coverage.required, 'required link', 'required links')}`,
              note: 'held against a reference',
            },
            {
              key: 'Place, on whose word',
              value: locationSource.source ?? 'nobody’s',
              ...(locationSource.contradiction !== null && { note: locationSource.contradiction }),
            },
          ]}
        />
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
            <h3>Workloads on this host</h3>
            <KeyValue
              pairs={workloads.map((workload) => ({
                key: workload.name,
                value: <Allowed workload={workload} />,
                note: (
                  <>
                    {workload.reason} {workload.image !== null && <code title={workload.image}>{shortImage(workload.image)}</code>}
                  </>
                ),
              }))}
            />
          </>
        )}
      </section>
    </div>
  );
};
