import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { parseManifest } from '../appraisal/manifest/parse.ts';
import { LOGO_LIMITS } from '../reports/logo/limits.ts';
import { readLogo } from '../reports/logo/logo.ts';
import { parseMapping } from '../reports/controls/mapping.ts';
import { fileProblem, readBoundedFile, UnreadableFile } from './bounded-file.ts';
import { type ReadEndorsement, readEndorsement } from './evidence-folders.ts';
import { parseVerifierKey } from '../ledger/verifier-key.ts';
import {
  type AlertConfig,
  type AnchorConfig,
  type EndpointConfig,
  type EndpointsFile,
  parseEndpointsFile,
} from '../connectors/endpoints-file.ts';

export type LoadedConfig = {
  /** What endorsement certificates are judged by; null = nothing was named. */
  readonly endorsement: ReadEndorsement | null;
  readonly endpoints: readonly EndpointConfig[];
  /** Where checkpoints of the ledger go; nothing leaves the machine where this is empty. */
  readonly anchors: readonly AnchorConfig[];
  /** Who is told of what happens; nobody where this is empty. */
  readonly alerts: readonly AlertConfig[];
  /** Text of the manifest that was given, which has been read without problems; null = none was given. */
  readonly manifestText: string | null;
  /** Text of an organisation's own mapping of controls, which has been read without problems; null = none was named. */
  readonly controlsText: string | null;
  /** What reports can be signed with, as it was read; whether it opens is said where somebody wants a signature. */
  readonly signature: SigningFile | null;
  /** Whose reports they are. `logo`: its file, which has been read without problems. */
  readonly organisation: { readonly name: string; readonly logo: Uint8Array | null } | null;
};

export type SigningFile = {
  readonly pkcs12: Uint8Array;
  readonly password: string;
  readonly reason: string | null;
  readonly location: string | null;
};

const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

const readText = (file: string, what: string): Result<string> => {
  const name = visibleText(file, 300);
  try {
    return ok(readBoundedFile(file, MAX_CONFIG_BYTES).toString('utf8'));
  } catch (error) {
    if (error instanceof UnreadableFile)
      return fail('unreadable', `${what} ${name} cannot be read: ${error.message}.`, 'Name the right file.');
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return fail('unreadable', `${what} ${name} ${reason}.`, 'Check the path and the rights of the file.');
  }
};

const located = (
  file: string,
  problems: readonly { line: number; column: number; message: string; suggestion?: string | null }[],
): string =>
  problems
    .map(
      (problem) =>
        `${visibleText(file, 300)}:${problem.line}:${problem.column}: ${problem.message}${problem.suggestion ? ` Did you mean "${problem.suggestion}"?` : ''}`,
    )
    .join('\n');

const loadManifest = (file: string): Result<string> => {
  const text = readText(file, 'The manifest');
  if (!text.ok) return text;
  const parsed = parseManifest(text.value);
  return parsed.ok ? ok(text.value) : fail('manifest', located(file, parsed.problems), 'Correct the manifest and start again.');
};

/** Reads an organisation's own mapping of controls. */
export const loadControls = (file: string): Result<string> => {
  const text = readText(file, 'The mapping of controls');
  if (!text.ok) return text;
  const parsed = parseMapping(text.value);
  return parsed.ok
    ? ok(text.value)
    : fail(parsed.problem.code, `${visibleText(file, 300)}: ${parsed.problem.message}`, parsed.problem.nextStep);
};

/** A PKCS#12 file with a chain of certificates has some 10 KB. */
const MAX_PKCS12_BYTES = 1024 * 1024;

const loadSigning = (named: EndpointsFile['signature']): Result<SigningFile | null> => {
  if (named === null) return ok(null);
  try {
    return ok({ ...named, pkcs12: readBoundedFile(named.pkcs12, MAX_PKCS12_BYTES) });
  } catch (error) {
    const problem = fileProblem(named.pkcs12, error);
    return fail('signature-file', `signature.pkcs12: ${problem.problem.message}.`, 'Correct signature: in the endpoints file.');
  }
};

/** Reads a logo; the bytes are those of the file. */
export const loadLogo = (file: string): Result<Uint8Array> => {
  const name = visibleText(file, 300);
  let bytes: Buffer;
  try {
    bytes = readBoundedFile(file, LOGO_LIMITS.bytes);
  } catch (error) {
    const { problem } = fileProblem(file, error);
    return fail('logo-file', `The logo ${problem.message}.`, 'Name a PNG or JPEG of at most 2 MiB that can be read.');
  }
  const logo = readLogo(bytes);
  return logo.ok ? ok(bytes) : fail(logo.problem.code, `${name}: ${logo.problem.message}`, logo.problem.nextStep);
};

/** Witnesses cosign with a key of a type of its own; that of a ledger would never fit. */
const faultOfWitnessKey = (text: string): string | null => {
  const key = parseVerifierKey(text);
  if (!key.ok) return key.problem.message;
  return key.value.type === 'cosignature' ? null : 'This is the key of a ledger, not of a witness that cosigns.';
};

/** Reads endpoints file and manifest. A manifest given by hand wins over the one that the endpoints file names; without any, what was in force before applies. */
export const loadConfig = (endpointsPath: string | null, manifestPath: string | null): Result<LoadedConfig> => {
  let endpoints: readonly EndpointConfig[] = [];
  let anchors: readonly AnchorConfig[] = [];
  let alerts: readonly AlertConfig[] = [];
  let named: string | null = null;
  let controls: Result<string | null> = ok(null);
  let signing: Result<SigningFile | null> = ok(null);
  let endorsement: ReadEndorsement | null = null;
  let organisation: LoadedConfig['organisation'] = null;
  if (endpointsPath !== null) {
    const file = path.resolve(process.env.INIT_CWD ?? '.', endpointsPath);
    const text = readText(file, 'The endpoints file');
    if (!text.ok) return text;
    const parsed = parseEndpointsFile(text.value, {
      path: file,
      readFile: (name) => readBoundedFile(name, MAX_CONFIG_BYTES).toString('utf8'),
      env: process.env,
      faultOfWitnessKey,
    });
    if (!parsed.ok)
      return fail(
        'endpoints-file',
        located(file, parsed.problems),
        parsed.problems[0]?.nextStep ?? 'Correct the endpoints file and start again.',
      );
    endpoints = parsed.value.endpoints;
    ({ anchors, alerts } = parsed.value);
    named = parsed.value.manifestPath;
    if (parsed.value.controlsPath !== null) controls = loadControls(parsed.value.controlsPath);
    if (!controls.ok) return controls;
    signing = loadSigning(parsed.value.signature);
    if (!signing.ok) return signing;
    const read = parsed.value.endorsement === null ? null : readEndorsement(parsed.value.endorsement);
    if (read?.ok === false)
      return fail('endorsement', `${read.problem.message}.`, 'Correct the folders under endorsement: in the endpoints file.');
    endorsement = read?.value ?? null;
    const said = parsed.value.organisation;
    const logo = said === null || said.logoPath === null ? ok(null) : loadLogo(said.logoPath);
    if (!logo.ok) return logo;
    organisation = said === null ? null : { name: said.name, logo: logo.value };
  }
  const chosen = manifestPath === null ? named : path.resolve(process.env.INIT_CWD ?? '.', manifestPath);
  const manifest = chosen === null ? ok(null) : loadManifest(chosen);
  if (!controls.ok) return controls;
  if (!signing.ok) return signing;
  const [controlsText, signature] = [controls.value, signing.value];
  if (!manifest.ok) return manifest;
  return ok({ endpoints, anchors, alerts, endorsement, manifestText: manifest.value, controlsText, organisation, signature });
};
