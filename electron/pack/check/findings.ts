import { visibleText } from '../../../shared/model/hostile-text.ts';

const NEXT = {
  'pack-zip': 'Get the pack again from where it was made.',
  'pack-file': 'Get the pack again from where it was made.',
  'file-changed': 'Do not rely on this file; get the pack again from where it was made.',
  'file-missing': 'Get the pack again from where it was made.',
  'file-extra': 'Do not rely on this file: it was put into the pack later.',
  'index-unreadable': 'Get the pack again, or check it with the version that made it.',
  'index-differs': 'Do not rely on what the index says of this file or host.',
  'checkpoint-missing': 'Make the pack again after Plumbline has signed its ledger; until then nothing in it is signed.',
  'checkpoint-forged': 'Compare the checkpoint with a copy that was kept elsewhere.',
  'key-swapped': 'Ask whoever runs this ledger which key is theirs, over another channel; do not trust what only this key signed.',
  'entry-unreadable': 'Check the pack with the version that made it, or ask for the entry: plumbline audit proof.',
  'entry-not-proven': 'Do not rely on this entry: it is not the one that was signed at its place.',
  'entry-missing': 'Rely on nothing that the pack says of this host: no signed entry does.',
  'record-differs': 'Rely on the entry of the ledger, and find out who changed the pack.',
  'evidence-differs': 'Do not rely on this evidence: it is not what the entry of the ledger vouches for.',
  'tpm2-files-differ': 'Do not rely on these files for tpm2_checkquote; quote.json is what was received.',
  'verdict-differs': 'Look at the evidence of this host: it does not show what was recorded.',
  'evidence-damaged': 'Find out what happened to the database that the pack was made of: plumbline audit verify --data DIR.',
  'key-first-use': 'Give the verifier key that you got over another channel with --key.',
  'not-yet-covered': 'Make the pack again after the next checkpoint; until then nothing shows that these entries were not changed.',
  'evidence-not-kept': 'Nothing to do where the retention window has passed.',
  'not-evaluated': 'Read what a pack does not show in its README.',
  'only-by-digest': 'Compare the SHA-256 of the pack with the entry of its export: plumbline audit proof --entry N.',
  'tools-differ': 'Use the check.sh and check.html that came with Plumbline, or this command.',
  'pdf-form': 'Get the file again from where it was made; one that another program saved cannot be checked.',
  'pdf-attachment': 'Do not rely on this attachment; get the file again from where it was made.',
  'proof-unreadable': 'Get the file again, or check it with the version that made it.',
  'head-differs': 'Do not rely on this file: what it says of itself does not fit together.',
  'signature-broken': 'Do not rely on this file; get it again from where it was made.',
  'export-unknown': 'Ask whoever gave you this file where it was made; this data folder did not make it as it is.',
  'export-entered': 'Nothing to do; prove the entry to others with plumbline audit proof --entry N.',
  'signature-by':
    'Decide whether you trust this certificate: plumbline does not ask who issued it, nor whether it was revoked (pdfsig FILE).',
  'pages-not-proven': 'Compare the SHA-256 of the file with the entry of its export, or ask for a signed one; rely on what is attached.',
  'rows-not-proven': 'Ask for a report or an evidence pack of fewer hosts.',
  'older-layout': 'Nothing to do; packs that are made now have them.',
  certificates: 'Compare the roots in certificates/roots with those of the makers of TPMs.',
  'demo-data': 'Nothing to do; it says nothing about real machines.',
  'more-findings': 'Solve those that are named first.',
} as const;

export type PackCode = keyof typeof NEXT;
export type PackFinding = { readonly code: PackCode; readonly sentence: string; readonly next: string };

export type Findings = {
  /** `sentence` may hold hostile text: it is made visible here. */
  readonly wrong: (code: PackCode, sentence: string) => void;
  readonly note: (code: PackCode, sentence: string) => void;
  readonly all: () => { readonly problems: readonly PackFinding[]; readonly notices: readonly PackFinding[] };
};

const MOST = 200;

const createList = () => {
  const list: PackFinding[] = [];
  let dropped = 0;
  return {
    add: (code: PackCode, sentence: string): void => {
      if (list.length >= MOST && list.some((one) => one.code === code)) dropped += 1;
      else list.push({ code, sentence: visibleText(sentence, 1_000), next: NEXT[code] });
    },
    all: (): readonly PackFinding[] =>
      dropped === 0 ? list : [...list, { code: 'more-findings', sentence: `${dropped} more are not named.`, next: NEXT['more-findings'] }],
  };
};

/** A pack of which everything is wrong must not make a report as large as itself; each code is named at least once. */
export const createFindings = (): Findings => {
  const [problems, notices] = [createList(), createList()];
  return { wrong: problems.add, note: notices.add, all: () => ({ problems: problems.all(), notices: notices.all() }) };
};
