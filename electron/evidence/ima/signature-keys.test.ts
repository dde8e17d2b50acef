import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseIma } from '../index.ts';
import { createImaKeyring, measuredKeys } from './signature-keys.ts';
import { checkSignedEntry } from './signatures.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
/** SHA-1 of the bit string at the end of SubjectPublicKeyInfo, last four bytes. */
const rsaKeyId = createHash('sha1')
  .update(rsa.publicKey.export({ type: 'spki', format: 'der' }).subarray(24))
  .digest('hex')
  .slice(-8);

describe('a keyring', () => {
  it('reads PEM and DER and names what it cannot read', () => {
    const { keyring: ring, unreadable } = createImaKeyring([
      { name: 'key.der', bytes: rsa.publicKey.export({ type: 'spki', format: 'der' }) },
      { name: 'private\u001b.pem', bytes: Buffer.from(ec.privateKey.export({ type: 'pkcs8', format: 'pem' })) },
      { name: 'notes.txt', bytes: Buffer.from('hello') },
      { name: 'huge', bytes: Buffer.alloc(70_000) },
    ]);
    expect(ring.keys.map((key) => [key.keyId, key.label])).toEqual([[rsaKeyId, 'key.der']]);
    expect(unreadable.map((file) => file.name)).toEqual(['private\\x1b.pem', 'notes.txt', 'huge']);
  });
});

const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpus/ima');
const present = existsSync(CORPUS);
type Signed = { readonly path: string; readonly alg: string; readonly digest: string; readonly field: Buffer };
const signedEntries = (file: string): readonly Signed[] => {
  const parsed = parseIma(readFileSync(path.join(CORPUS, file)));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return Array.from(parsed.value.entries, (entry) => ({
    path: entry.path,
    alg: entry.fileAlg,
    digest: entry.fileDigest,
    field: Buffer.from(entry.extra ?? []),
  }));
};

describe.skipIf(!present)(`signatures of real hosts${present ? '' : ' (skipped: ../shared/corpus is absent)'}`, () => {
  it("Keylime's list: the RSA signature verifies with its key, the other key is not in the folder", () => {
    const ring = createImaKeyring([{ name: 'rsa2048pub.pem', bytes: readFileSync(path.join(CORPUS, 'keys/rsa2048pub.pem')) }]).keyring;
    const states = signedEntries('keylime-inline-sig.ascii').map(({ path: name, field, ...entryOf }) => [
      path.basename(name),
      checkSignedEntry({ ...entryOf, signature: field }, ring).state,
    ]);
    expect(states).toEqual([
      ['boot_aggregate', 'unsigned'],
      ['usb-common.ko', 'unsigned'],
      ['drm_panel_orientation_quirks.ko', 'unsigned'],
      ['dd', 'signed'],
      ['zmore', 'unknown-key'],
    ]);
  });

  it('a certificate that was put on the .ima keyring is listed by subject and key id, proven only where the quote covers it', () => {
    const buffers = signedEntries('keylime-inline-keyring-buf.ascii').map(({ path: name, alg, digest, field }, index) => ({
      index,
      path: name,
      fileAlg: alg,
      fileDigest: digest,
      buffer: field,
      proven: true,
    }));
    expect(measuredKeys(buffers)).toMatchObject([
      { keyring: '.ima', keyIds: ['2cb6058c'], subject: 'CN=ecdsa-ca-signed-ec-key', proven: true },
    ]);
    expect(measuredKeys(buffers.map((buffer) => ({ ...buffer, fileDigest: '00' })))).toMatchObject([{ proven: false }]);
    expect(measuredKeys(buffers.map((buffer) => ({ ...buffer, buffer: buffer.buffer.subarray(1) })))).toEqual([]);
  });
});
