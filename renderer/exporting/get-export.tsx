import { useState } from 'react';
import type { KeptExport } from '../../shared/contract/export-schemas.ts';
import type { Problem } from '../../shared/model/result.ts';
import { handOut } from '../transport/exports.ts';
import { Button } from '../ui/button.tsx';
import { Callout } from '../ui/callout.tsx';
import styles from './exporting.module.css';

type Said = Pick<Problem, 'message' | 'nextStep'>;

const Save = ({ kept: { id, name }, save }: { kept: KeptExport; save: Extract<typeof handOut, { by: 'dialog' }>['save'] }) => {
  const [saved, setSaved] = useState('');
  const [refused, setRefused] = useState<Said | null>(null);
  const ask = async (): Promise<void> => {
    const answer = await save(id);
    const said = answer.ok ? answer.value : null;
    setRefused(answer.ok ? (answer.value.state === 'refused' ? answer.value : null) : answer.problem);
    setSaved(said?.state === 'saved' ? `Saved as ${said.file}` : '');
  };
  return (
    <>
      <Button aria-label={`Save ${name} as…`} onClick={() => void ask()}>
        Save as…
      </Button>
      <output className={styles['saved']}>{saved}</output>
      {refused !== null && <Callout problem={refused} />}
    </>
  );
};

/** The file of an export, to be kept where a person wants it. */
export const GetExport = ({ kept }: { kept: KeptExport }) =>
  handOut.by === 'dialog' ? (
    <Save kept={kept} save={handOut.save} />
  ) : (
    <a className={styles['get']} href={handOut.href(kept.id)} download={kept.name} aria-label={`Download ${kept.name}`}>
      Download
    </a>
  );
