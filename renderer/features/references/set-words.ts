import type { ReferenceLint, ReferenceSetRow } from '../../../shared/contract/reference-schemas.ts';
import type { ReferenceItem } from '../../../shared/model/reference-set.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';

export type SetState = 'proposed' | 'in-force' | 'ended' | 'withdrawn';

/** An approved set whose time is over counts no more, although nobody withdrew it. */
export const stateOf = ({ state, toMs }: Pick<ReferenceSetRow, 'state' | 'toMs'>, nowMs: number): SetState =>
  state !== 'approved' ? state : toMs !== null && toMs <= nowMs ? 'ended' : 'in-force';

export const STATE_WORD: Readonly<Record<SetState, string>> = {
  proposed: 'Waits for approval',
  'in-force': 'In force',
  ended: 'Ended',
  withdrawn: 'Withdrawn',
};
export const STATE_MEANING: Readonly<Record<SetState, string>> = {
  proposed: 'It does not count before it is approved.',
  'in-force': 'Hosts that it is about pass with what it names.',
  ended: 'Its time is over: no host is judged by it any more.',
  withdrawn: 'No host is judged by it any more. What was recorded by it stays recorded.',
};

export const ORIGIN_WORD: Readonly<Record<ReferenceSetRow['provenance']['how'], string>> = {
  'captured-host': 'From a host',
  'captured-group': 'From a group',
  imported: 'Imported',
  typed: 'Typed',
  promoted: 'Promoted',
};

type Remark = ReferenceLint['remarks'][number];
export const LINT_STEP: Readonly<Record<Remark['kind'], string>> = {
  unused: 'Withdraw it, or replace it by a set without them: what nobody needs can still be started again.',
  conflict: 'Decide which of both is meant, and withdraw the other.',
  expired: 'Withdraw it, or propose it again where it is still needed.',
  'expires-soon': 'Propose its successor now, so that no host fails on that day.',
};

const KEY_LIST = { pk: 'PK', kek: 'KEK', db: 'db', dbx: 'dbx' } as const;

/** What an item is, what it names and by which digest; a digest that is not one of one measurement is empty. */
export const itemParts = (item: ReferenceItem): { readonly kind: string; readonly what: string; readonly digest: string } => {
  switch (item.kind) {
    case 'firmware':
      return {
        kind: 'Firmware',
        what: `${item.platformFirmware.length + (item.crtm === null ? 0 : 1)} measurements, accepted as a whole`,
        digest: item.platformFirmware[0] ?? item.crtm ?? '',
      };
    case 'boot-chain': {
      const stages = [
        ['shim', item.shim],
        ['boot loader', item.bootLoader],
        ['kernel', item.kernel],
        ['initial RAM disk', item.initrd],
        ['kernel command line', item.kernelCommandLine],
      ] as const;
      const known = stages.filter(([, value]) => value !== null).map(([name]) => name);
      return { kind: 'Boot chain', what: known.join(', '), digest: item.kernel ?? item.bootLoader ?? item.shim ?? '' };
    }
    case 'secure-boot-key':
      return item.database === 'dbx'
        ? { kind: 'Revocation', what: 'dbx', digest: item.sha256 }
        : { kind: 'Secure boot key', what: KEY_LIST[item.database], digest: item.sha256 };
    case 'secure-boot-off':
      return { kind: 'Secure boot', what: 'may be off', digest: '' };
    case 'owner-key':
      return { kind: 'Machine owner keys', what: item.list === 'mokList' ? 'MokList' : 'MokListX', digest: item.sha256 };
    case 'file':
      return { kind: 'File', what: visibleText(item.path, 4_096), digest: item.digest };
    case 'exclude':
    default:
      return { kind: 'Not judged', what: visibleText(item.pattern, 4_096), digest: '' };
  }
};
