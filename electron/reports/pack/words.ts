import { visibleText } from '../../../shared/model/hostile-text.ts';
import { type ExportHead, headLines } from '../export-head.ts';

/** What nobody can check with a pack alone; in its index and its README. */
export const NOT_CONTAINED = [
  'Who the makers of TPMs are: certificates/roots are those that were trusted where this pack was made. Whether a certificate was revoked, and whether the attestation key of a host is in the TPM of its certificate, cannot be checked from here.',
  'Endorsement certificates of evidence that was recorded before they were kept.',
  'Registers and event logs held against reference values: the verdicts are those of Plumbline. The evidence and the reference values of our own are here; those of an endpoint are here only for measured programs.',
  'The clock of the quote before each one: whether a clock ran backwards cannot be checked from here.',
  'Entries of the ledger about anything else, and the proof that this file is the one that was exported: that entry was made after it. Ask for it: plumbline audit proof --entry N.',
  'Whether a newest quote that is not the entered one was entered: the ledger has only a Merkle root over such confirmations.',
] as const;

const demoWords = (head: ExportHead): readonly string[] =>
  head.demo === null ? [] : ['', '*** DEMO DATA: this pack was made where simulated hosts are. It says nothing about real machines. ***'];

/** README.txt, for whoever has never seen one. */
export const readmeText = (head: ExportHead, key: string | null): string =>
  `${[
    'EVIDENCE PACK OF PLUMBLINE',
    ...demoWords(head),
    '',
    ...headLines(head).map(([label, value]) => `${label}: ${visibleText(value, 4_000)}`),
    '',
    'WHAT IS IN IT',
    '',
    '  index.json          every file with its SHA-256, every host with its verdicts, digests and entry of the ledger',
    '  report.pdf          the detailed report, to read',
    '  hosts.csv .jsonl    the same hosts, for spreadsheets and for programs; oscal.json for assessors',
    '  policy, references  the manifest and the reference values of our own that were in force; no folder: there were none',
    '  ledger/             signed checkpoint, public key, entries about these hosts, and the proofs that they are in the ledger',
    '  hosts/NNNN/entered  the quote that an entry of the ledger vouches for; NNNN is the number of a host in index.json',
    '  hosts/NNNN/newest   the newest quote, where it is another one',
    '  evidence/           event logs, lists of measured programs and expected programs; each is named by its SHA-256',
    '  certificates/       endorsement certificates of TPMs (DER), each named by its SHA-256, and in roots/ and issuers/ what they lead to',
    '',
    'HOW TO CHECK IT WITHOUT US',
    '',
    '  Get the public key of the ledger from whoever runs Plumbline, over another channel than this file. The key in ledger/key.txt is the',
    '  word of whoever made this pack, and proves nothing about who that was.',
    '',
    '  1. In a shell, in the unpacked folder:   sh check.sh KEY       (sha256sum, openssl 3, xxd; tpm2_checkquote where it is)',
    '  2. In a browser, without a network:       open check.html, and choose the zip and the key',
    '  3. With Plumbline, which re-verifies logs and lists, too:   plumbline audit verify FILE.zip --key KEY',
    '',
    '  By hand, for one host:',
    '    sha256sum -c SHA256SUMS',
    '    cd hosts/0001/entered',
    '    tpm2_checkquote -u ak.pem -m quote.msg -s quote.sig -g "$(cat quote.alg)" -f pcrs.bin -q "$(cat nonce.hex)"',
    '    tpm2_eventlog ../../../evidence/DIGEST.event-log',
    '  and compare the SHA-256 of quote.json, and of log and list, with "evidence" in the line of ledger/entries.jsonl about this host.',
    '',
    'WHAT ENDORSEMENT CERTIFICATES SHOW',
    '',
    '  The entry of the ledger names the certificate that came with the evidence ("ekCertificate"). To follow one to its maker:',
    '    openssl verify -no_check_time -CAfile ROOT.pem certificates/DIGEST.der      (openssl x509 -inform DER makes PEM of a root)',
    '  A certificate that leads to a maker shows that the maker made a TPM with that endorsement key. Compare the root with that of the maker.',
    '  It shows nothing of the attestation key that signed a quote: the endpoint activated a credential for that at enrolment, and says so.',
    '',
    'WHAT THIS DOES NOT SHOW',
    '',
    ...NOT_CONTAINED.map((sentence) => `  * ${sentence}`),
    '  * SHA256SUMS is not signed. Entries of the ledger are; files that no entry names are only as good as where you got this pack from.',
    '  * That what was recorded is true. It shows what was recorded, and that it was not changed later.',
    ...(key === null ? ['  * Anything about the ledger: nothing was signed yet.'] : []),
  ].join('\n')}\n`;
