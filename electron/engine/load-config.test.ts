import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInMapping } from '../reports/controls/mapping.ts';
import { makeVerifierKey } from '../ledger/verifier-key.ts';
import { loadConfig } from './load-config.ts';

const ENDPOINTS = 'endpoints: [{ name: a, kind: keylime, verifier: "https://127.0.0.1:1", registrar: "https://127.0.0.1:1" }]\n';

describe('the files that Plumbline starts with', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (endpoints: string, manifest: string | null = null) => {
    const file = path.join(folder, 'endpoints.yaml');
    writeFileSync(file, endpoints);
    return loadConfig(file, manifest === null ? null : path.join(folder, manifest));
  };

  it('a folder of roots that is not there is a problem with a next step, not a gap', () => {
    expect(load(`endorsement: { roots: gone }\n${ENDPOINTS}`)).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('gone: this folder cannot be read'), nextStep: expect.stringContaining('endorsement:') },
    });
  });

  it('a file among the roots that cannot be read is named and left out', () => {
    mkdirSync(path.join(folder, 'roots'));
    writeFileSync(path.join(folder, 'roots', 'junk.pem'), 'junk');
    expect(load(`endorsement: { roots: roots }\n${ENDPOINTS}`)).toMatchObject({
      ok: true,
      value: { endorsement: { leftOut: [expect.stringContaining('junk.pem: no certificate can be read')] } },
    });
  });

  it('the key of a ledger is no key of a witness', () => {
    const key = makeVerifierKey('witness.example', generateKeyPairSync('ed25519').privateKey);
    const anchor = `anchors: [{ kind: witness, url: "https://witness.example", key: "${key.ok ? key.value.text : ''}" }]\n${ENDPOINTS}`;
    expect(load(anchor)).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(/endpoints\.yaml:1:\d+: key: This is the key of a ledger/u) },
    });
    expect(load(anchor.replace('+', 'x'))).toMatchObject({ ok: false, problem: { message: expect.stringContaining('no verifier key') } });
  });

  it('an organisation can name a mapping of controls of its own, which is refused with the place where it is wrong', () => {
    const own = { ...builtInMapping(), name: 'Example Corp' };
    writeFileSync(path.join(folder, 'controls.json'), JSON.stringify(own));
    expect(load(`controls: controls.json\n${ENDPOINTS}`)).toMatchObject({ ok: true, value: { controlsText: JSON.stringify(own) } });
    writeFileSync(path.join(folder, 'controls.json'), JSON.stringify({ ...own, frameworks: [] }));
    expect(load(`controls: controls.json\n${ENDPOINTS}`)).toMatchObject({
      ok: false,
      problem: { code: 'controls-mapping', message: expect.stringMatching(/controls\.json: evidence\.0\.supports\.0\.framework/u) },
    });
  });

  it('a manifest with problems is refused with line, column and what was meant', () => {
    writeFileSync(path.join(folder, 'm.yaml'), 'apiVersion: plumbline/v1\nkind: TrustManifest\nmetdata: { name: x }\n');
    const result = load(ENDPOINTS, 'm.yaml');
    expect(result.ok ? '' : result.problem.message).toMatch(/m\.yaml:3:1: .*unknown key "metdata".*Did you mean "metadata"\?/u);
  });
});
