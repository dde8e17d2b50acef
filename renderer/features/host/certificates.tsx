import { bytesHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout } from '../../ui/callout.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { plural } from '../../ui/words.ts';
import { Full } from './full.tsx';
import styles from './identity.module.css';

/** What the keys of a host say of themselves, and the way to their bytes. Whether a maker vouches for them is a check, and stands there. */
export const Certificates = ({ id }: { id: string }) => {
  const { data, problem } = useQuery('hosts.keys', { id });
  if (data === undefined) return problem === undefined ? null : <Callout problem={problem} />;
  const { ek, ekProblem, ak, akProblem } = data;
  return (
    <>
      <h3>Endorsement certificate</h3>
      {ek === null ? (
        <p className={styles['none']}>{ekProblem?.message}</p>
      ) : (
        <KeyValue
          pairs={[
            { key: 'Subject', value: ek.subject === '' ? 'none: it names the TPM elsewhere' : ek.subject, note: 'as the certificate says' },
            { key: 'Issuer', value: ek.issuer },
            { key: 'Serial', value: <Full value={ek.serial} label="serial number" /> },
            { key: 'Valid', value: `${ek.notBefore} to ${ek.notAfter}`, note: 'whether its maker vouches for it is among the checks' },
            { key: 'SHA-256', value: <Full value={ek.sha256} label="digest of the certificate" /> },
            { key: 'Bytes', value: <a href={bytesHref(id, 'ek-certificate')}>{plural(ek.size, 'byte', 'bytes')}, field by field</a> },
          ]}
        />
      )}
      <h3>Attestation key</h3>
      {ak === null ? (
        <p className={styles['none']}>{akProblem?.message}</p>
      ) : (
        <KeyValue
          pairs={[
            { key: 'Kind', value: ak.kind },
            {
              key: 'Fit to attest',
              value:
                ak.faults.length === 0 ? (
                  <OutcomeWord kind="trusted" word="yes" />
                ) : (
                  <OutcomeWord kind="failed" word={ak.faults.join('; ')} />
                ),
              note: 'by the attributes that it says it has',
            },
            { key: 'Bytes', value: <a href={bytesHref(id, 'ak-public')}>{plural(ak.size, 'byte', 'bytes')}</a> },
          ]}
        />
      )}
    </>
  );
};
