import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { parseManifest } from '../appraisal/manifest/parse.ts';
import type { ManifestProblem } from '../appraisal/manifest/problems.ts';
import { MANIFEST_LIMITS, manifestJsonSchema } from '../appraisal/manifest/schema.ts';
import { parseCommandLine, refuse } from './arguments.ts';
import type { Command } from './command.ts';
import { readBounded } from './read-file.ts';

const CHECK_HELP = `Usage: plumbline manifest check FILE [--json]

Validates a trust manifest (YAML): form, names that point to something, countries and subdivisions, patterns, queries. Warnings name
rules that have no effect.

  --json   {"valid":true|false,"problems":[{"line","column","message","suggestion"}],"warnings":[…]} on stdout

Exit status: 0 valid; 1 not valid; 2 bad usage or unreadable file.
Bounds: ${MANIFEST_LIMITS.characters / 1024 / 1024} Mi characters, ${MANIFEST_LIMITS.classes} classes, ${MANIFEST_LIMITS.places} places, ${MANIFEST_LIMITS.workloads} workload rules; no aliases.

Example: plumbline manifest check resources/manifests/small.yaml
`;

const SCHEMA_HELP = `Usage: plumbline manifest schema

Prints the JSON Schema of a trust manifest, for editors that complete and check YAML. The same is in resources/manifests/manifest.schema.json.

Example: plumbline manifest schema > manifest.schema.json
`;

const shown = ({ line, column, message, suggestion }: ManifestProblem): Readonly<Record<string, unknown>> => ({
  line,
  column,
  message,
  suggestion,
});
const lineOf = (file: string, kind: string, { line, column, message, suggestion }: ManifestProblem): string =>
  `${file}:${line}:${column}: ${kind}${message}${suggestion === null ? '' : ` Did you mean "${visibleText(suggestion, 100)}"?`}\n`;

export const manifestCheckCommand: Command = {
  name: 'manifest check',
  summary: 'validate a trust manifest',
  help: CHECK_HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, { json: { type: 'boolean' } });
    if (!parsed.ok) return refuse(io, `manifest check: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(CHECK_HELP);
      return 0;
    }
    const [file, ...others] = parsed.files;
    if (file === undefined || others.length > 0) return refuse(io, 'manifest check: give exactly one FILE (see --help)');
    const bytes = await readBounded(file, MANIFEST_LIMITS.characters * 4);
    if (!bytes.ok) return refuse(io, bytes.problem.message);
    const result = parseManifest(bytes.value.toString('utf8'));
    const problems = result.ok ? [] : result.problems;
    const warnings = result.ok ? result.warnings : [];
    const name = visibleText(path.normalize(file), 200);
    if (parsed.values['json'] === true)
      io.stdout(`${JSON.stringify({ valid: result.ok, problems: problems.map(shown), warnings: warnings.map(shown) })}\n`);
    else {
      for (const problem of problems) io.stdout(lineOf(name, '', problem));
      for (const warning of warnings) io.stdout(lineOf(name, 'warning: ', warning));
      if (result.ok) {
        const { manifest } = result;
        const rules = `${manifest.classes.length} classes, ${manifest.places.length} places, ${manifest.workloads.length} workload rules`;
        io.stdout(`${name}: valid (${manifest.name}: ${rules})\n`);
      }
    }
    return result.ok ? 0 : 1;
  },
};

export const manifestSchemaCommand: Command = {
  name: 'manifest schema',
  summary: 'print the JSON Schema of a trust manifest',
  help: SCHEMA_HELP,
  run: (args, io) => {
    const parsed = parseCommandLine(args, {});
    if (!parsed.ok || parsed.files.length > 0) return Promise.resolve(refuse(io, 'manifest schema: takes no arguments (see --help)'));
    io.stdout(parsed.values['help'] === true ? SCHEMA_HELP : `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
    return Promise.resolve(0);
  },
};
