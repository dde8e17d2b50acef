import { pdfDetailedInPack } from '../pdf/detailed.ts';
import type { Format } from '../port.ts';
import { writePack } from './write-pack.ts';

/** An evidence pack: what is known of hosts, with the evidence and the proofs to check it without us. docs/evidence-pack.md has its layout. */
export const pack: Format = {
  id: 'pack',
  write: (source, sink) => writePack(source, sink, pdfDetailedInPack),
};
