import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../simulator/authority.ts';
import { parseEndpointsFile, type EndpointsFileResult } from './endpoints-file.ts';

const caKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const authority = createAuthority(caKey, '127.0.0.1', Date.now());
const encrypted = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opensesame' },
}).privateKey;
const FILES: Readonly<Record<string, string>> = {
  '/etc/plumbline/ca.crt': authority.caPem,
  '/etc/plumbline/client.crt': authority.clientPem,
  '/etc/plumbline/client.key': authority.clientKeyPem,
  '/etc/plumbline/locked.key': encrypted,
  '/elsewhere/ca.crt': authority.caPem,
};

const parse = (text: string, env: Readonly<Record<string, string>> = {}): EndpointsFileResult =>
  parseEndpointsFile(text, {
    path: '/etc/plumbline/endpoints.yaml',
    env,
    faultOfWitnessKey: (key) => (key === 'good' ? null : 'That is no key.'),
    readFile: (name) => {
      const found = FILES[name];
      if (found === undefined) throw new Error('ENOENT');
      return found;
    },
  });
const problems = (text: string, env?: Readonly<Record<string, string>>): readonly string[] => {
  const result = parse(text, env);
  if (result.ok) throw new Error('expected problems');
  return result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

const GOOD = `manifest: policy/fleet.yaml
endpoints:
  - name: dc-frankfurt
    kind: keylime
    verifier: https://127.0.0.1:8881
    registrar: https://127.0.0.1:8891
    tls: { ca: /elsewhere/ca.crt, cert: ./client.crt, key: "\${KEY_DIR}client.key" }
    interval: 5m
    runtimePolicy: web
`;

describe('what endorsement certificates are judged by', () => {
  it('is named by folders, relative to the file', () => {
    const result = parse(`endorsement: { roots: tpm/roots, revocationLists: /var/crls }\n${GOOD}`, { KEY_DIR: './' });
    expect(result).toMatchObject({
      ok: true,
      value: { endorsement: { roots: '/etc/plumbline/tpm/roots', intermediates: null, revocationLists: '/var/crls', expired: 'notice' } },
    });
  });

  it.each([
    ['without roots', 'endorsement: { intermediates: x }', /1:14 endorsement\.roots/u],
    ['with an unknown word', 'endorsement: { roots: x, expired: maybe }', /1:35 endorsement\.expired must be refuse, notice or accept/u],
    ['with a misspelt key', 'endorsement: { root: x }', /1:16 .*Did you mean "roots"/u],
  ])('is refused %s', (_what, line, message) => {
    expect(problems(`${line}\n${GOOD}`, { KEY_DIR: './' }).join('\n')).toMatch(message);
  });
});

describe('where checkpoints of the ledger go', () => {
  const anchors = (...lines: readonly string[]): string => `anchors:\n${lines.map((line) => `  - ${line}\n`).join('')}${GOOD}`;
  const env = { KEY_DIR: './' };

  it('is nowhere unless the file says so', () => {
    expect(parse(GOOD, env)).toMatchObject({ ok: true, value: { anchors: [] } });
  });

  it('is read with paths relative to the file, certificates, and how often', () => {
    const text = anchors(
      '{ kind: folder, path: /mnt/safe }',
      '{ kind: time-stamp, url: "https://tsa.example/tsr", roots: ca.crt, every: 12h }',
      '{ kind: witness, url: "http://127.0.0.1:7380/w", key: "${WITNESS}", ca: /elsewhere/ca.crt, allowPlaintextLoopback: true }',
    );
    const result = parse(text, { ...env, WITNESS: 'good' });
    expect(result.ok && result.value.anchors).toStrictEqual([
      { kind: 'folder', path: '/mnt/safe', everyMs: 3_600_000 },
      { kind: 'time-stamp', url: 'https://tsa.example/tsr', ca: null, roots: [authority.caPem.trim()], everyMs: 43_200_000 },
      { kind: 'witness', url: 'http://127.0.0.1:7380/w', ca: authority.caPem.trim(), key: 'good', everyMs: 3_600_000 },
    ]);
  });

  it.each([
    ['{ kind: blockchain }', /2:13 anchors\[1\]\.kind must be folder, time-stamp or witness/u],
    ['{ kind: folder, pth: x }', /unknown key "pth"\. Did you mean "path"/u],
    ['{ kind: time-stamp, url: "https://t" }', /2:5 anchors\[1\]\.roots is missing/u],
    ['{ kind: time-stamp, url: "https://t", roots: client.key }', /2:50 roots: the file is not one of PEM certificates/u],
    ['{ kind: time-stamp, url: "https://t", roots: gone }', /roots: the file gone cannot be read/u],
    ['{ kind: time-stamp, url: "http://t", roots: ca.crt }', /2:30 url uses plain http, which is refused/u],
    ['{ kind: time-stamp, url: "http://t", roots: ca.crt, allowPlaintextLoopback: true }', /url uses plain http, which is refused/u],
    ['{ kind: witness, url: "http://localhost:1", key: good }', /url uses plain http\./u],
    ['{ kind: witness, url: "ftp://h", key: good }', /url must be an https address/u],
    ['{ kind: witness, url: "https://a:hunter2@h", key: good }', /url carries a user name/u],
    ['{ kind: witness, url: "https://h/?key=hunter2", key: good }', /url carries a user name, a password, a query/u],
    ['{ kind: witness, url: nowhere, key: good }', /url is not an address/u],
    ['{ kind: witness, url: "https://h", key: bad }', /2:45 key: That is no key/u],
    ['{ kind: folder, path: x, every: 10s }', /every must lie between 1m and 31d/u],
    ['{ kind: folder, path: x, every: often }', /every must be a duration such as 30m, 1h or 1d/u],
  ])('is refused for %s', (line, message) => {
    const found = problems(anchors(line), env).join('\n');
    expect(found).toMatch(message);
    expect(found).not.toContain('hunter2');
  });

  it('may not be named twice', () => {
    expect(problems(anchors('{ kind: folder, path: x }', '{ kind: folder, path: ./x, every: 1d }'), env)).toEqual([
      '3:5 Anchor 2 is the same as anchor 1.',
    ]);
  });
});

describe('who is told of what happens', () => {
  const alerts = (...lines: readonly string[]): string => `alerts:\n${lines.map((line) => `  - ${line}\n`).join('')}${GOOD}`;
  const env = { KEY_DIR: './', SECRET: 'hunter2 hunter2 hunter2 hunter2' };

  it('is nobody unless the file says so', () => {
    expect(parse(GOOD, env)).toMatchObject({ ok: true, value: { alerts: [] } });
  });

  it('is read with a secret from the environment, certificates beside the file, and the kinds that are told', () => {
    const text = alerts(
      '{ kind: webhook, name: on-call, url: "https://hooks.example/p", secret: "${SECRET}", ca: ca.crt }',
      '{ kind: syslog, name: siem, host: siem.example, format: cef, kinds: [finding, verdict.changed], tls: { cert: client.crt, key: client.key } }',
    );
    const result = parse(text, env);
    expect(result.ok && result.value.alerts).toStrictEqual([
      { kind: 'webhook', name: 'on-call', kinds: null, url: 'https://hooks.example/p', secret: env.SECRET, ca: authority.caPem.trim() },
      {
        kind: 'syslog',
        name: 'siem',
        kinds: ['finding', 'verdict.changed'],
        host: 'siem.example',
        port: 6514,
        format: 'cef',
        tls: { ca: null, cert: authority.clientPem.trim(), key: authority.clientKeyPem, serverName: null },
      },
    ]);
  });

  it.each([
    ['{ kind: mail, name: a }', /must be webhook or syslog/u],
    ['{ kind: webhook, name: a, url: "https://h/p", secret: hunter2 }', /secret must have at least 24 characters/u],
    ['{ kind: webhook, name: a, url: "http://h/p", secret: "${SECRET}" }', /url uses plain http, which is refused/u],
    ['{ kind: webhook, name: a, url: "https://h/p?token=hunter2", secret: "${SECRET}" }', /url carries a user name, a password, a query/u],
    ['{ kind: syslog, name: a, host: "udp://h" }', /host is no name or address/u],
    ['{ kind: syslog, name: a, host: h, port: 70000 }', /port/u],
    ['{ kind: syslog, name: a, host: h, kinds: [alert] }', /must be kinds of entries/u],
    ['{ kind: syslog, name: a, host: h, tls: { cert: client.crt } }', /a certificate without its key/u],
    [
      '{ kind: syslog, name: a, host: h, tls: { cert: client.crt, key: locked.key } }',
      /tls\.key: locked\.key is no file with a private key/u,
    ],
  ])('is refused for %s', (text, message) => {
    const found = problems(alerts(text), env).join('\n');
    expect(found).toMatch(message);
    expect(found).not.toContain('hunter2');
  });

  it('has a name of its own each, under which it is remembered how far it was told', () => {
    const place = '{ kind: syslog, name: siem, host: h }';
    expect(problems(alerts(place, place), env)).toEqual(['3:27 The name of alert 2 is already used by alert 1.']);
  });
});

describe('a good endpoints file', () => {
  it('is read with its certificates, relative to itself, and the environment', () => {
    const result = parse(GOOD, { KEY_DIR: './' });
    expect(result).toMatchObject({
      ok: true,
      value: {
        manifestPath: '/etc/plumbline/policy/fleet.yaml',
        endpoints: [
          { name: 'dc-frankfurt', intervalMs: 300_000, allowPlaintextLoopback: false, runtimePolicy: 'web', measuredBootPolicy: null },
        ],
      },
    });
    expect(result.ok && result.value.endpoints[0]?.tls).toStrictEqual({
      ca: authority.caPem,
      cert: authority.clientPem,
      key: authority.clientKeyPem,
      password: null,
      serverName: null,
    });
  });
});

const withVerifier = (address: string, more = ''): string =>
  `endpoints: [{ name: a, kind: keylime, verifier: "${address}", registrar: "https://h"${more} }]`;
const withTls = (value: string): string =>
  `endpoints: [{ name: a, kind: keylime, verifier: "https://h", registrar: "https://h", tls: ${value} }]`;

describe('a wrong endpoints file', () => {
  it('has all its problems reported at once, in order, with line and column', () => {
    const text = `manifst: x
endpoints:
  - name: a
    kind: hvs
    verifier: https://h:1
    registar: https://h:2
    tls: { ca: ca.crt, pasword: "\${SECRET}" }
    interval: 60
`;
    expect(problems(text)).toStrictEqual([
      '1:1 The file has an unknown key "manifst". Did you mean "manifest"?',
      '3:5 endpoints[1].registrar is missing.',
      '4:11 endpoints[1].kind must be keylime: other kinds are not supported yet.',
      '6:5 endpoints[1] has an unknown key "registar". Did you mean "registrar"?',
      '7:24 endpoints[1].tls has an unknown key "pasword". Did you mean "password"?',
      '7:33 The environment variable SECRET is not set.',
      '8:15 endpoints[1].interval is not valid: Invalid input: expected string, received number.',
    ]);
  });

  it('may not use plain http but for a loopback address, when asked', () => {
    expect(problems(withVerifier('http://10.0.0.1:8881', ', allowPlaintextLoopback: true'))).toStrictEqual([
      expect.stringContaining('uses plain http, which is refused'),
    ]);
    expect(problems(withVerifier('http://127.0.0.1:8881'))).toStrictEqual([expect.stringContaining('verifier uses plain http.')]);
    expect(parse(withVerifier('http://127.0.0.1:8881', ', allowPlaintextLoopback: true')).ok).toBe(true);
    expect(problems(withVerifier('http://127.0.0.1.evil.example', ', allowPlaintextLoopback: true'))).toHaveLength(1);
    expect(problems(withVerifier('ftp://h'))).toStrictEqual([expect.stringContaining('must be an https address')]);
  });

  it('may not use a name twice', () => {
    const entry = '  - { name: a, kind: keylime, verifier: "https://h", registrar: "https://h" }\n';
    expect(problems(`endpoints:\n${entry}${entry}`)).toStrictEqual(['3:13 The name of endpoint 2 is already used by endpoint 1.']);
  });

  it('is told what is wrong with a certificate or key', () => {
    expect(problems(withTls('{ ca: none.crt }'))).toStrictEqual([expect.stringContaining('none.crt cannot be read')]);
    expect(problems(withTls('{ ca: client.key }'))).toStrictEqual([expect.stringContaining('not a PEM certificate')]);
    expect(problems(withTls('{ cert: client.crt }'))).toStrictEqual([expect.stringContaining('tls.key is missing')]);
    expect(problems(withTls('{ cert: client.crt, key: locked.key }'))).toStrictEqual([
      expect.stringContaining('encrypted and no password'),
    ]);
    expect(problems(withTls('{ cert: ca.crt, key: client.key }'))).toStrictEqual([expect.stringContaining('does not belong')]);
  });

  it('never has a secret in a message', () => {
    const text = `endpoints: [{ name: a, kind: keylime, verifier: "https://user:hunter2@h", registrar: "hunter2://", tls: { cert: client.crt, key: locked.key, password: "\${PASS}" } }]`;
    const result = parse(text, { PASS: 'hunter2' });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(JSON.stringify(parse('endpoints: [{ name: a, tls: { password: hunter2 }, "x: [hunter2" }'))).not.toContain('hunter2');
  });

  it.each([
    ['empty', ''],
    ['a list', '- a'],
    ['an empty list of endpoints', 'endpoints: []'],
    ['broken YAML', 'endpoints: ['],
    ['a duplicate key', 'endpoints: []\nendpoints: []'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nendpoints: [*c,*c,*c]`,
    ],
  ])('is refused where it is %s', (_what, text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });
});
