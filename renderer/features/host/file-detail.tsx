import { bytesHref, differenceHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout } from '../../ui/callout.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { count, LINK_WORD } from '../../ui/words.ts';
import { Full } from './full.tsx';
import { judgedOf } from './judged.ts';
import styles from './event-detail.module.css';

export const FileDetail = ({ id, index }: { id: string; index: number }) => {
  const { data, problem } = useQuery('hosts.ima', { id, offset: index, limit: 1 });
  const file = data?.rows[0];
  if (file === undefined) return problem === undefined ? null : <Callout problem={problem} />;
  const judged = judgedOf(file);
  return (
    <div className={styles['detail']}>
      <h3>Measured file {count(file.index)}</h3>
      <p className={styles['ways']}>
        <a href={bytesHref(id, 'ima', index)}>Its bytes</a>
        <a href={differenceHref(id, { with: 'peer', log: 'programs', at: index })}>Beside a peer</a>
      </p>
      {file.broke !== null && (
        <div className={styles['broke']}>
          <strong>Broke trust at {LINK_WORD[file.broke.link]}</strong>
          <p>{file.broke.reason}</p>
        </div>
      )}
      <KeyValue
        pairs={[
          { key: 'File', value: <code>{file.path}</code>, note: `template ${file.template}` },
          { key: 'Judged', value: <OutcomeWord kind={judged.mark} word={judged.word} />, note: judged.sentence },
          {
            key: 'Known by',
            value: file.proven ? 'proven by the TPM' : 'only claimed',
            note: file.proven ? 'The list replays to the quoted PCR 10 up to here.' : 'No quoted value covers this entry.',
          },
          { key: 'Measured', value: <Full value={file.fileDigest} label="measured digest" /> },
          ...(file.broke === null
            ? []
            : [
                {
                  key: 'Expected',
                  value:
                    file.broke.expected.length === 0
                      ? 'nothing of the kind'
                      : file.broke.expected.map((value) => <Full key={value} value={value} label="expected digest" />),
                },
              ]),
        ]}
      />
    </div>
  );
};
