import type { ExportSaved } from '../../shared/contract/export-schemas.ts';
import type { Result } from '../../shared/model/result.ts';
import { isDesktop } from './door.ts';
import { call } from './transport.ts';

/** How a person gets the file of an export, chosen once: by a dialog of the window, or by a link that a browser downloads. */
export type HandOut =
  | { readonly by: 'dialog'; readonly save: (id: number) => Promise<Result<ExportSaved>> }
  | { readonly by: 'link'; readonly href: (id: number) => string };

export const handOut: HandOut = isDesktop
  ? { by: 'dialog', save: (id) => call('exports.save', { id }) }
  : { by: 'link', href: (id) => `/exports/${id}` };
