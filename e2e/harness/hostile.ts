import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { parse } from 'yaml';
import type { Fleet } from './commands.ts';
import { createCertificates, type Handler, json, startTls } from './services.ts';

/** Hides what follows or reverses it on a screen that does not escape it. */
const OVERRIDE = String.fromCodePoint(0x202e);
const ISOLATE = String.fromCodePoint(0x2066);
const ZERO_WIDTH = String.fromCodePoint(0x200b);
const ESCAPE = String.fromCodePoint(0x1b);

/** What an attacker who rules a host or an endpoint may call it. Each begins with its kind, to be found by. */
export const HOSTILE = {
  image: 'image <img src=x onerror="window.__pwned=1">',
  script: 'script </title></style><script>window.__pwned=1</script>',
  bidi: `bidi ${OVERRIDE}txt.exe ${ISOLATE}${ZERO_WIDTH}`,
  terminal: `terminal ${ESCAPE}[2J${ESCAPE}]0;owned\u0007\r\n9 hosts: 9 trusted\u0000\u0085`,
  long: `long ${'A'.repeat(10_000)}`,
  link: 'link javascript:window.__pwned=1//"><a href="javascript:window.__pwned=1">click</a>',
} as const;

const metadata = (text: string): string =>
  JSON.stringify({
    name: text.slice(0, 4000),
    hostClass: text.slice(0, 4000),
    country: 'DE',
    site: text.slice(0, 4000),
    workloads: [{ name: text.slice(0, 250), image: text.slice(0, 1000) }],
  });

type Source = { readonly verifier: string; readonly registrar: string };
type Bulk = { readonly code: number; readonly results: Record<string, Record<string, unknown>> };

export type HostileEndpoint = { readonly endpointsFile: string; readonly close: () => Promise<void> };

/**
 * A verifier and a registrar in front of a simulated fleet's own: the hosts and their evidence stay as they are, whatever is free text
 * says something hostile. One more host has an entry of wrong types, one an id that is none.
 */
export const startHostileEndpoint = async (fleet: Fleet, folder: string): Promise<HostileEndpoint> => {
  const { endpoints } = parse(readFileSync(fleet.endpointsFile, 'utf8')) as { endpoints: readonly Source[] };
  const [source] = endpoints;
  if (source === undefined) throw new Error('the fleet has no endpoint');
  const read = (name: string): string => readFileSync(path.join(fleet.folder, name), 'utf8');
  const tls = { ca: read('cacert.crt'), cert: read('client-cert.crt'), key: read('client-private.pem') };
  const ask = (origin: string, url: string, done: (status: number, body: string) => void): void => {
    request(new URL(url, origin), { ...tls, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => done(response.statusCode ?? 0, Buffer.concat(parts).toString()));
    }).end();
  };
  const pass =
    (origin: string): Handler =>
    (asked, response) =>
      ask(origin, asked.url ?? '/', (status, body) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body);
      });
  const passOn = pass(source.verifier);
  const verifier: Handler = (asked, response) => {
    if (asked.url?.includes('bulk=true') !== true) return passOn(asked, response);
    ask(source.verifier, asked.url, (_status, body) => {
      const { results } = JSON.parse(body) as Bulk;
      const hostile = Object.values(HOSTILE);
      Object.values(results).forEach((entry, index) => {
        const text = hostile[index % hostile.length] ?? '';
        Object.assign(entry, {
          meta_data: metadata(text),
          attestation_status: 'FAIL',
          operational_state: 9,
          severity_level: 6,
          last_event_id: text.slice(0, 4000),
        });
      });
      json(response, {
        ...results,
        'wrong-types': { operational_state: 'nine', meta_data: 7, [HOSTILE.image]: HOSTILE.script },
        [HOSTILE.script]: { operational_state: 3, attestation_status: 'PASS' },
      });
    });
  };
  const certificates = createCertificates();
  const front = await startTls(certificates, verifier);
  const registrar = await startTls(certificates, pass(source.registrar));
  writeFileSync(path.join(folder, 'ca.crt'), certificates.caPem);
  writeFileSync(path.join(folder, 'client.crt'), tls.cert);
  writeFileSync(path.join(folder, 'client.key'), tls.key, { mode: 0o600 });
  const endpointsFile = path.join(folder, 'endpoints.yaml');
  writeFileSync(
    endpointsFile,
    `endpoints:
  - name: hostile
    kind: keylime
    verifier: ${front.origin}
    registrar: ${registrar.origin}
    tls: { ca: ca.crt, cert: client.crt, key: client.key }
    interval: 1h
`,
  );
  return {
    endpointsFile,
    close: async () => {
      await Promise.all([front.close(), registrar.close()]);
    },
  };
};
