import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const openssl = (folder: string, ...args: readonly string[]): void =>
  void execFileSync('openssl', [...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });

export const PASSWORD = 'correct horse battery staple';

export type KeyKind = 'rsa' | 'ec' | 'ed25519' | 'rsa-small';
const KEYS: Readonly<Record<KeyKind, readonly string[]>> = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-small': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ed25519: ['-algorithm', 'ED25519'],
};

export type Made = { readonly file: string; readonly bytes: Buffer; readonly root: string };

type Wanted = {
  readonly key?: KeyKind;
  /** As openssl names the protection: nothing = PBES2 with AES-256. */
  readonly protection?: readonly string[];
};

/** A root, and a certificate by it for “Example GmbH”, in a PKCS#12 file as openssl makes them. */
export const makePkcs12 = (folder: string, name: string, { key = 'rsa', protection = [] }: Wanted = {}): Made => {
  const at = (file: string): string => path.join(folder, `${name}-${file}`);
  openssl(folder, 'genpkey', ...KEYS.ec, '-out', at('root.key'));
  const root = ['-key', at('root.key'), '-subj', '/O=Example GmbH/CN=Example Root', '-days', '3650', '-out', at('root.pem')];
  openssl(folder, 'req', '-x509', '-new', ...root, '-addext', 'keyUsage=critical,keyCertSign');
  openssl(folder, 'genpkey', ...KEYS[key], '-out', at('key'));
  openssl(folder, 'req', '-new', '-key', at('key'), '-subj', '/C=DE/O=Example GmbH/CN=Compliance', '-out', at('csr'));
  writeFileSync(at('ext'), 'keyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=emailProtection\n');
  const signed = ['-CA', at('root.pem'), '-CAkey', at('root.key'), '-extfile', at('ext'), '-out', at('cert.pem')];
  openssl(folder, 'x509', '-req', '-in', at('csr'), ...signed, '-days', '365');
  const parts = ['-inkey', at('key'), '-in', at('cert.pem'), '-certfile', at('root.pem')];
  openssl(folder, 'pkcs12', '-export', ...parts, ...protection, '-passout', `pass:${PASSWORD}`, '-out', at('p12'));
  return { file: at('p12'), bytes: readFileSync(at('p12')), root: at('root.pem') };
};

/** The certificate of another file without its key. */
export const withoutKey = (folder: string, name: string): Buffer => {
  const out = path.join(folder, `${name}-nokey.p12`);
  openssl(
    folder,
    'pkcs12',
    '-export',
    '-nokeys',
    '-in',
    path.join(folder, `${name}-cert.pem`),
    '-passout',
    `pass:${PASSWORD}`,
    '-out',
    out,
  );
  return readFileSync(out);
};
