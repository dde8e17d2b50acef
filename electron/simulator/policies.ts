import { createHash } from 'node:crypto';
import type { ClassImage } from './class-image.ts';
import type { Signature } from './efi.ts';

/** Policy documents as Keylime stores them. */
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;
const sha256 = (bytes: Uint8Array): string => hex(createHash('sha256').update(bytes).digest());
const signatures = (entries: readonly Signature[]): readonly object[] =>
  entries.map((entry) => ({ SignatureOwner: entry.owner, SignatureData: hex(entry.data) }));
const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');

/** Measured-boot reference state in the shape of Keylime's example policy. */
export const measuredBootPolicy = (image: ClassImage): string => {
  const { contents, keys } = image;
  return JSON.stringify({
    has_secureboot: true,
    scrtm_and_bios: [
      { scrtm: { sha256: sha256(contents.crtmVersion) }, platform_firmware: contents.firmware.map((blob) => ({ sha256: sha256(blob) })) },
    ],
    pk: signatures(keys.pk),
    kek: signatures(keys.kek),
    db: signatures(keys.db),
    dbx: signatures(keys.dbx),
    vendor_db: [],
    mokdig: [{ sha256: sha256(contents.mokList) }],
    mokxdig: [{ sha256: sha256(contents.mokListX) }],
    kernels: [
      {
        shim_authcode_sha256: sha256(contents.shim),
        grub_authcode_sha256: sha256(contents.bootLoader),
        kernel_authcode_sha256: sha256(contents.kernel),
        initrd_plain_sha256: sha256(contents.initrd),
        kernel_cmdline: escapeRegex(contents.kernelCommandLine),
      },
    ],
  });
};

/** Runtime policy, version 1. */
export const runtimePolicy = (image: ClassImage, writtenAtMs: number): string =>
  JSON.stringify({
    meta: { version: 1, generator: 3, timestamp: new Date(writtenAtMs).toISOString().replace('T', ' ').replace('Z', '') },
    release: 0,
    digests: Object.fromEntries(image.allowed.map((entry) => [entry.path, [entry.digest]])),
    excludes: ['/var/lib/containers/overlay/.*', '/run/.*'],
    keyrings: {},
    ima: { ignored_keyrings: [], log_hash_alg: 'sha1', dm_policy: null },
    'ima-buf': {},
    'verification-keys': '',
  });
