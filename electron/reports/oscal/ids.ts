import { createHash } from 'node:crypto';

/** RFC 9562 §5.5: the same name in the same space gives the same id, so that two documents speak of the same host by one id. */
const uuidOf = (space: Buffer, name: string): string => {
  const bytes = createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** The space of URLs (RFC 9562 §6.6). */
const URLS = Buffer.from('6ba7b8111dad11d180b400c04fd430c8', 'hex');
const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** Ids of one ledger: hosts and the tool keep theirs from document to document. */
export const createIds = (origin: string): ((kind: string, name: string) => string) => {
  const space = bytesOf(uuidOf(URLS, `urn:plumbline:oscal:${origin}`));
  return (kind, name) => uuidOf(space, `${kind}\n${name}`);
};
