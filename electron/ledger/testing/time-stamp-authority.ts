import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export type KeyKind = 'rsa' | 'p256' | 'p384';

const KEYS: Readonly<Record<KeyKind, readonly string[]>> = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
};

export type AuthorityOptions = {
  readonly key?: KeyKind;
  readonly digest?: 'sha256' | 'sha384' | 'sha512' | 'sha1';
  /** Hash by which the signer's certificate is named: sha1 gives SigningCertificate, others the V2. */
  readonly ess?: 'sha1' | 'sha256' | 'sha384';
  readonly usage?: string;
  /** Days from now; negative numbers make certificates that are over. */
  readonly days?: number;
  readonly intermediateExtensions?: string;
};

export type Authority = {
  readonly folder: string;
  readonly root: X509Certificate;
  readonly intermediate: X509Certificate;
  readonly signer: X509Certificate;
  readonly signerKeyPem: string;
  /** What `openssl ts -reply` answers a request with. */
  readonly answer: (request: Buffer) => Buffer;
  readonly close: () => void;
};

/** A time-stamp authority of the `openssl` command: root, intermediate, signer. Real, and nothing of ours in it. */
export const createAuthority = (options: AuthorityOptions = {}): Authority => {
  const { key = 'p256', digest = 'sha256', ess = 'sha256', usage = 'critical,timeStamping', days = 30 } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-tsa-'));
  const file = (name: string): string => path.join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('openssl', [...args], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const certificate = (name: string, issuer: string | null, extensions: string, kind: KeyKind): X509Certificate => {
    openssl('genpkey', ...KEYS[kind], '-out', `${name}.key`);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/O=Test/CN=${name}`, '-out', `${name}.csr`);
    writeFileSync(file(`${name}.ext`), `subjectKeyIdentifier=hash\n${extensions}\n`);
    const by = issuer === null ? ['-signkey', `${name}.key`] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-days',
      String(days),
      '-sha256',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
    return new X509Certificate(readFileSync(file(`${name}.pem`)));
  };
  const ca = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign';
  const root = certificate('root', null, ca, 'p256');
  const intermediate = certificate('intermediate', 'root', options.intermediateExtensions ?? ca, 'p256');
  const signer = certificate('signer', 'intermediate', `keyUsage=critical,digitalSignature\nextendedKeyUsage=${usage}`, key);
  writeFileSync(
    file('tsa.cnf'),
    [
      '[tsa]',
      'default_tsa = one',
      '[one]',
      `serial = ${file('serial')}`,
      'crypto_device = builtin',
      'default_policy = 1.2.3.4.1',
      'other_policies = 1.2.3.4.5',
      'digests = sha256, sha384, sha512',
      `signer_digest = ${digest}`,
      'accuracy = secs:1',
      'ordering = yes',
      'tsa_name = yes',
      'ess_cert_id_chain = no',
      `ess_cert_id_alg = ${ess}`,
      '',
    ].join('\n'),
  );
  writeFileSync(file('serial'), '1000\n');
  return {
    folder,
    root,
    intermediate,
    signer,
    signerKeyPem: readFileSync(file('signer.key'), 'utf8'),
    answer: (request) => {
      writeFileSync(file('request.tsq'), request);
      const chain = ['-chain', 'intermediate.pem'];
      const by = ['-signer', 'signer.pem', '-inkey', 'signer.key', ...chain];
      openssl('ts', '-reply', '-config', 'tsa.cnf', '-section', 'one', '-queryfile', 'request.tsq', ...by, '-out', 'answer.tsr');
      return readFileSync(file('answer.tsr'));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
};
