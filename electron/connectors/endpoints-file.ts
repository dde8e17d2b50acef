import { LineCounter, parseDocument } from 'yaml';
import { checkAlert, repeatedAlerts } from './alert-config.ts';
import { checkAnchor, repeatedAnchors } from './anchor-config.ts';
import type { AlertConfig, AnchorConfig, EndpointConfig, EndpointsFile, EndpointsProblem } from './endpoint-types.ts';
import { checkEndpoint, type EndpointContext } from './endpoint-config.ts';
import { endpointsFileSchema } from './endpoints-schema.ts';
import { createLocator, problemsOfIssues, substituteEnvironment, type Locator } from './yaml-problems.ts';

export type { AlertConfig, AnchorConfig, EndpointConfig, EndpointsFile, EndpointsProblem };

export type EndpointsFileResult =
  | { readonly ok: true; readonly value: EndpointsFile }
  | { readonly ok: false; readonly problems: readonly EndpointsProblem[] };

export type EndpointsFileInput = {
  /** Absolute path of the file; the paths in it are relative to its folder. */
  readonly path: string;
  /** Throws where the file cannot be read. */
  readonly readFile: (path: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is wrong with the verifier key of a witness, in a sentence; null where nothing is. */
  readonly faultOfWitnessKey: (key: string) => string | null;
};

const MAX_CHARACTERS = 1024 * 1024;

/** The folder rule of both kinds of systems, without touching the file system. */
const resolveBeside = (file: string, target: string): string => {
  if (target.startsWith('/') || target.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(target)) return target;
  const folder = file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return `${folder}${target.replace(/^\.\//, '')}`;
};

const duplicateNames = (names: readonly string[], locate: Locator): readonly EndpointsProblem[] =>
  names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [
          {
            ...locate(['endpoints', at, 'name']),
            message: `The name of endpoint ${at + 1} is already used by endpoint ${names.indexOf(name) + 1}.`,
            nextStep: 'Give every endpoint a name of its own.',
          },
        ],
  );

/** Parses and checks the whole file and reports everything that is wrong with it, not just the first thing. */
export const parseEndpointsFile = (text: string, input: EndpointsFileInput): EndpointsFileResult => {
  if (text.length > MAX_CHARACTERS) {
    return {
      ok: false,
      problems: [
        { line: 1, column: 1, message: `The file is larger than ${MAX_CHARACTERS} characters.`, nextStep: 'Name the right file.' },
      ],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      // The parser's own message may quote the line, which may hold a password.
      return {
        line,
        column: col,
        message: `Not valid YAML (${error.code}).`,
        nextStep: 'Check indentation, quotes and duplicate keys near this line.',
      };
    });
    return { ok: false, problems };
  }
  const locate = createLocator(document, lines);
  const problems: EndpointsProblem[] = [...substituteEnvironment(document, lines, input.env)];
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 20 });
  } catch {
    return { ok: false, problems: [{ line: 1, column: 1, message: 'The file uses too many aliases.', nextStep: 'Write the values out.' }] };
  }
  const checked = endpointsFileSchema.safeParse(content);
  if (!checked.success)
    return { ok: false, problems: sorted([...problems, ...problemsOfIssues(checked.error.issues, locate, { document, lines })]) };

  const { endpoints, manifest, controls, endorsement, organisation, signature: sign } = checked.data;
  problems.push(
    ...duplicateNames(
      endpoints.map((endpoint) => endpoint.name),
      locate,
    ),
  );
  const configs = endpoints.map((endpoint, at) => {
    const context: EndpointContext = {
      readFile: (target) => input.readFile(resolveBeside(input.path, target)),
      report: (path, message, nextStep) => problems.push({ ...locate(['endpoints', at, ...path]), message, nextStep }),
    };
    return checkEndpoint(endpoint, context);
  });
  const anchors = (checked.data.anchors ?? []).map((anchor, at) =>
    checkAnchor(anchor, {
      resolve: (target) => resolveBeside(input.path, target),
      readFile: input.readFile,
      faultOfWitnessKey: input.faultOfWitnessKey,
      report: (path, message, nextStep) => problems.push({ ...locate(['anchors', at, ...path]), message, nextStep }),
    }),
  );
  for (const { at, message, nextStep } of repeatedAnchors(anchors)) problems.push({ ...locate(['anchors', at]), message, nextStep });
  const alerts = (checked.data.alerts ?? []).map((alert, at) =>
    checkAlert(alert, {
      readFile: (target) => input.readFile(resolveBeside(input.path, target)),
      report: (path, message, nextStep) => problems.push({ ...locate(['alerts', at, ...path]), message, nextStep }),
    }),
  );
  for (const { at, message, nextStep } of repeatedAlerts(alerts)) problems.push({ ...locate(['alerts', at, 'name']), message, nextStep });
  if (problems.length > 0) return { ok: false, problems: sorted(problems) };
  const beside = (target: string | undefined): string | null => (target === undefined ? null : resolveBeside(input.path, target));
  const folders =
    endorsement === undefined
      ? null
      : {
          roots: resolveBeside(input.path, endorsement.roots),
          intermediates: beside(endorsement.intermediates),
          revocationLists: beside(endorsement.revocationLists),
          expired: endorsement.expired ?? 'notice',
        };
  const signature =
    sign === undefined
      ? null
      : {
          pkcs12: resolveBeside(input.path, sign.pkcs12),
          password: sign.password,
          reason: sign.reason ?? null,
          location: sign.location ?? null,
        };
  return {
    ok: true,
    value: {
      signature,
      endpoints: configs,
      anchors,
      alerts,
      manifestPath: beside(manifest),
      controlsPath: beside(controls),
      endorsement: folders,
      organisation: organisation === undefined ? null : { name: organisation.name, logoPath: beside(organisation.logo) },
    },
  };
};

const sorted = (problems: readonly EndpointsProblem[]): readonly EndpointsProblem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
