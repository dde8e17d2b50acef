import type { Migration } from './migration.ts';

/** Endorsement certificates that came with evidence. */
export const CERTIFICATES: readonly Migration[] = [
  {
    // SHA-256 of the certificate as it came (DER), which is kept among the other evidence, by content. Null where none came, and for what was
    // recorded before: of that only the digest of the key was kept.
    version: 150,
    sql: `
ALTER TABLE host_state ADD COLUMN ek_certificate_sha256 TEXT;
ALTER TABLE span ADD COLUMN ek_certificate_sha256 TEXT;
CREATE INDEX host_state_by_ek_certificate ON host_state (ek_certificate_sha256) WHERE ek_certificate_sha256 IS NOT NULL;
CREATE INDEX span_by_ek_certificate ON span (ek_certificate_sha256) WHERE ek_certificate_sha256 IS NOT NULL;
`,
  },
];
