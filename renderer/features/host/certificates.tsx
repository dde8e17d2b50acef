import type { HostDetail } from '../../../shared/contract/schemas.ts';
import type { CheckCode, CheckOutcome } from '../../../shared/model/check.ts';
import { bytesHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout } from '../../ui/callout.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { type MarkKind, OutcomeWord } from '../../ui/verdict-mark.tsx';
import { plural } from '../../ui/words.ts';
import { Full } from './full.tsx';
import styles from './identity.module.css';

const OUTCOME: Readonly<Record<CheckOutcome, { readonly kind: MarkKind; readonly word: string }>> = {
  pass: { kind: 'trusted', word: 'yes' },
  notice: { kind: 'pending', word: 'yes, but worth a look' },
  fail: { kind: 'failed', word: 'no' },
  'not-evaluated': { kind: 'inconclusive', word: 'not evaluated' },
};
/** What is asked of the certificate, and the check that answers it (docs/evidence-checks.md). */
const ASKED: readonly { readonly code: CheckCode; readonly key: string }[] = [
  { code: 'ek-mismatch', key: 'Of this TPM' },
  { code: 'ek-chain', key: 'Leads to a root' },
  { code: 'ek-revocation', key: 'Not revoked' },
];

const answers = (checks: HostDetail['checks']) =>
  ASKED.flatMap(({ code, key }) => {
    const check = checks.find((one) => one.code === code);
    return check === undefined ? [] : [{ key, value: <OutcomeWord {...OUTCOME[check.outcome]} />, note: check.message }];
  });

/** What the keys of a host say of themselves, and the way to their bytes. Whether a maker vouches for them is what the checks say. */
export const Certificates = ({ id, checks }: { id: string; checks: HostDetail['checks'] }) => {
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
            { key: 'Valid', value: `${ek.notBefore} to ${ek.notAfter}` },
            ...answers(checks),
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
