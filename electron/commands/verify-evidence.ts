import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { MAX_LIST_BYTES, akNameOf, parseBundle, verifyEvidence } from '../evidence/index.ts';
import type { Enrolment, EvidenceInput, EvidenceResult } from '../evidence/types.ts';
import { type ExitStatus, parseCommandLine, refuse, textValue } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import {
  MAX_CERTIFICATE_FILES,
  MAX_FOLDER_FILE_BYTES,
  MAX_KEY_FILES,
  MAX_LIST_FILES,
  readEndorsement,
  readImaKeys,
} from '../engine/evidence-folders.ts';
import { fromCaller, readBounded } from './read-file.ts';

const MAX_BUNDLE_BYTES = 400 * 1024 * 1024;
const MAX_ENROLMENT_BYTES = 64 * 1024 * 1024;

const HELP = `Usage: plumbline verify evidence FILE [--enrolment FILE] [--ek-roots FOLDER] [--ima-keys FOLDER] [--json]

Runs every check over one evidence bundle: quote, attestation key, clock, event log, IMA list, geo tag.

  --enrolment FILE   keys known from outside the bundle: {"<host>":{"<name>":{"akName":"<hex>","akPem":"…"}}};
                     the bundle's key must be one of its host's. Without it any TPM could have made the bundle.
  --ek-roots FOLDER  certificates (.pem .crt .cer .der) that an endorsement certificate must lead to; each one is
                     trusted, so put in nothing that you would not
  --ek-intermediates FOLDER
                     issuers that may lie between; they are used and not trusted
  --ek-crls FOLDER   revocation lists (.crl .pem .der) of the makers; nothing is fetched
  --expired WORD     certificates of that path outside their validity: refuse, notice (default) or accept
  --ima-keys FOLDER  keys or certificates (also .x509 .pub) whose signatures on measured files are verified
  --manifest FILE    accepted for symmetry; a policy manifest does not change evidence checks
  --json             one JSON document on stdout

Exit status: 0 no check failed (read what was not evaluated); 1 a check failed; 2 bad usage or unreadable input.
Bounds: bundle ${MAX_BUNDLE_BYTES / 1024 / 1024} MiB, enrolment ${MAX_ENROLMENT_BYTES / 1024 / 1024} MiB,
${MAX_CERTIFICATE_FILES} certificates and ${MAX_KEY_FILES} keys of ${MAX_FOLDER_FILE_BYTES / 1024} KiB,
${MAX_LIST_FILES} revocation lists of ${MAX_LIST_BYTES / 1024 / 1024} MiB. A file of a folder that cannot be read is named and left out.

Example: plumbline verify evidence host001.json --enrolment enrolment.json
`;

const enrolmentSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ akName: z.string().regex(/^[0-9a-fA-F]{8,136}$/u, 'is not a TPM name in hex'), akPem: z.string().max(8192).optional() }),
  ),
);

const readEnrolment = async (file: string): Promise<Result<z.infer<typeof enrolmentSchema>>> => {
  const name = visibleText(file, 200);
  const bytes = await readBounded(file, MAX_ENROLMENT_BYTES);
  if (!bytes.ok) return bytes;
  let document: unknown;
  try {
    document = JSON.parse(bytes.value.toString('utf8'));
  } catch (error) {
    return fail('enrolment', `${name}: not JSON: ${visibleText(error instanceof Error ? error.message : '', 200)}`, 'Check the file.');
  }
  const parsed = enrolmentSchema.safeParse(document);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail(
    'enrolment',
    `${name}: ${visibleText(issue?.path.join('.') ?? '', 200)}: ${visibleText(issue?.message ?? 'not an enrolment file', 200)}`,
    'Check the file.',
  );
};

/** PEM may be wrapped anywhere. */
const sameText = (a: string, b: string): boolean => a.replace(/\s+/gu, '') === b.replace(/\s+/gu, '');

/** Of the keys enrolled for the host, the one that the bundle presents comes first; where none matches, the check must fail. */
const withEnrolment = (input: EvidenceInput, enrolment: z.infer<typeof enrolmentSchema>): EvidenceInput => {
  const own = Object.hasOwn(enrolment, input.host) ? enrolment[input.host] : undefined;
  const keys = Object.values(own ?? {}).map(
    ({ akName, akPem }): Enrolment => ({
      akName: akName.toLowerCase(),
      source: 'the enrolment file',
      ...(akPem === undefined ? {} : { akPem }),
    }),
  );
  const presented = input.akTpm2bPublic === undefined ? null : akNameOf(input.akTpm2bPublic);
  const byName =
    presented?.ok === true
      ? keys.find((key) => key.akName === presented.value)
      : keys.find((key) => key.akPem !== undefined && input.akPem !== undefined && sameText(key.akPem, input.akPem));
  const first = byName ?? keys[0];
  return { ...input, enrolledKeys: keys, ...(first === undefined ? {} : { enrolment: first }) };
};

const EXPIRED = ['refuse', 'notice', 'accept'] as const;

const MARKS = { pass: 'pass   ', fail: 'FAIL   ', notice: 'notice ', 'not-evaluated': '–      ' } as const;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const tpmOf = (facts: NonNullable<EvidenceResult['endorsement']>): string => {
  const maker = facts.vendorName ?? facts.vendor ?? 'a maker that is not named';
  const said = [
    `TPM of ${maker}`,
    facts.model === null ? '' : `model ${facts.model}`,
    facts.firmware === null ? '' : `firmware ${facts.firmware}`,
  ];
  const word = facts.chained ? 'by the word of a given root' : 'by its own word only';
  return `${said.filter(Boolean).join(', ')}; certificate of ${dayOf(facts.notBeforeMs)} to ${dayOf(facts.notAfterMs)}, ${word}.`;
};

const readable = (host: string, result: EvidenceResult): string => {
  const lines = result.checks.map((check) => `${MARKS[check.outcome]} ${check.code.padEnd(18)} ${check.message}`);
  const skipped = result.checks.filter((check) => check.outcome === 'not-evaluated').length;
  const unbound = result.checks.some((check) => check.code === 'ak-binding' && check.outcome === 'not-evaluated');
  lines.push(
    '',
    `${host}: ${result.verdict === 'pass' ? 'no check failed' : 'evidence is bad'}${skipped > 0 ? `; ${skipped} checks were not evaluated` : ''}`,
  );
  const { endorsement } = result;
  if (endorsement !== null) lines.push(tpmOf(endorsement));
  if (unbound)
    lines.push('The attestation key is bound to no enrolled key: any TPM, or none, could have made this evidence. Give --enrolment.');
  return `${lines.join('\n')}\n`;
};

const verify = async (file: string, values: Readonly<Record<string, string | boolean | undefined>>, io: CommandIo): Promise<ExitStatus> => {
  const bytes = await readBounded(file, MAX_BUNDLE_BYTES);
  if (!bytes.ok) return refuse(io, bytes.problem.message);
  const bundle = parseBundle(bytes.value.toString('utf8'));
  if (!bundle.ok) return refuse(io, `${visibleText(file, 200)}: ${bundle.problem.message} ${bundle.problem.nextStep}`);
  if (textValue(values['manifest']) !== undefined) io.stderr('plumbline: a policy manifest does not change evidence checks\n');
  const enrolmentFile = textValue(values['enrolment']);
  let input = bundle.value;
  if (enrolmentFile !== undefined) {
    const enrolment = await readEnrolment(enrolmentFile);
    if (!enrolment.ok) return refuse(io, enrolment.problem.message);
    input = withEnrolment(input, enrolment.value);
  }
  const rootsFolder = textValue(values['ek-roots']);
  const expired = EXPIRED.find((word) => word === (textValue(values['expired']) ?? 'notice'));
  if (expired === undefined) return refuse(io, 'verify evidence: --expired is refuse, notice or accept');
  const leftOut: string[] = [];
  if (rootsFolder !== undefined) {
    const folder = (name: string): string | null => {
      const given = textValue(values[name]);
      return given === undefined ? null : fromCaller(given);
    };
    const found = readEndorsement({
      roots: fromCaller(rootsFolder),
      intermediates: folder('ek-intermediates'),
      revocationLists: folder('ek-crls'),
      expired,
    });
    if (!found.ok) return refuse(io, found.problem.message);
    leftOut.push(...found.value.leftOut);
    input = { ...input, endorsement: { ...found.value.trust, atMs: Date.now() } };
  } else if (values['ek-intermediates'] !== undefined || values['ek-crls'] !== undefined)
    return refuse(io, 'verify evidence: --ek-intermediates and --ek-crls need --ek-roots');
  const keysFolder = textValue(values['ima-keys']);
  if (keysFolder !== undefined) {
    const found = readImaKeys(fromCaller(keysFolder));
    if (!found.ok) return refuse(io, found.problem.message);
    leftOut.push(...found.value.leftOut);
    input = { ...input, imaKeys: found.value.keyring };
  }
  for (const message of leftOut) io.stderr(`plumbline: left out: ${message}\n`);
  const result = verifyEvidence(input, { enrolmentRequired: enrolmentFile !== undefined });
  io.stdout(
    values['json'] === true
      ? `${JSON.stringify({ verdict: result.verdict, checks: result.checks.map(({ code, outcome, message }) => ({ code, outcome, message })) })}\n`
      : readable(visibleText(input.host, 255), result),
  );
  return result.verdict === 'fail' ? 1 : 0;
};

export const verifyEvidenceCommand: Command = {
  name: 'verify evidence',
  summary: 'run every check over one evidence bundle',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, {
      json: { type: 'boolean' },
      enrolment: { type: 'string' },
      manifest: { type: 'string' },
      'ek-roots': { type: 'string' },
      'ek-intermediates': { type: 'string' },
      'ek-crls': { type: 'string' },
      'ima-keys': { type: 'string' },
      expired: { type: 'string' },
    });
    if (!parsed.ok) return refuse(io, `verify evidence: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(HELP);
      return 0;
    }
    const [file, ...others] = parsed.files;
    if (file === undefined || others.length > 0) return refuse(io, 'verify evidence: give exactly one FILE (see --help)');
    return verify(file, parsed.values, io);
  },
};
