import { createHash } from 'node:crypto';
import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { MeasuredBootReference, SignatureReference } from '../../../shared/model/reference-values.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { holdsSomething } from './policy-parts.ts';

/** Reference state of Keylime's "example" measured-boot policy. Hex values carry 0x. */
const digest = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => text.slice(2).toLowerCase());
const digestEntry = z.object({ sha256: digest });
const signatureEntry = z.object({
  SignatureOwner: z.string().regex(/^[0-9a-fA-F-]{36}$/),
  SignatureData: z.string().regex(/^0x(?:[0-9a-fA-F]{2})*$/),
});
const digestEntries = z.array(digestEntry).max(1000).nullish();
const signatures = z.array(signatureEntry).max(20_000).nullish();

const refstateSchema = z.object({
  has_secureboot: z.boolean(),
  scrtm_and_bios: z
    .array(z.object({ scrtm: digestEntry.nullish(), platform_firmware: z.array(digestEntry).max(1000).nullish() }))
    .max(1000)
    .nullish(),
  pk: signatures,
  kek: signatures,
  db: signatures,
  dbx: signatures,
  kernels: z
    .array(
      z.object({
        shim_authcode_sha256: digest.nullish(),
        grub_authcode_sha256: digest.nullish(),
        kernel_authcode_sha256: digest.nullish(),
        initrd_plain_sha256: digest.nullish(),
        kernel_cmdline: z.string().max(16_384).nullish(),
      }),
    )
    .max(1000)
    .nullish(),
  mokdig: digestEntries,
  mokxdig: digestEntries,
  // Not judged here, so any shape will do.
  vendor_db: z.unknown().optional(),
});

type Entries = z.infer<typeof signatures>;

const referenceOf = (entry: z.infer<typeof signatureEntry>): SignatureReference => {
  const hex = entry.SignatureData.slice(2).toLowerCase();
  // 32 bytes are a hash themselves; anything longer is a certificate and named by its hash.
  const sha256 = hex.length === 64 ? hex : createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');
  return { owner: entry.SignatureOwner.toLowerCase(), sha256 };
};
const referencesOf = (entries: Entries): readonly SignatureReference[] | null =>
  entries === null || entries === undefined ? null : entries.map(referenceOf);

const digestsOf = (entries: z.infer<typeof digestEntries>): readonly string[] | null => entries?.map((entry) => entry.sha256) ?? null;

export type MeasuredBootBody = Omit<MeasuredBootReference, 'source'>;

const unusable = (detail: string): Result<never> =>
  fail(
    'policy-unreadable',
    `The measured-boot policy cannot be used as reference values: ${detail}.`,
    'Plumbline reads the reference state of Keylime\'s "example" policy; create it with keylime-policy create measured-boot.',
  );

/** null: the policy accepts every boot and is no reference. */
export const parseMeasuredBootPolicy = (text: string): Result<MeasuredBootBody | null> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return unusable('it is not JSON');
  }
  if (parsed === null || (typeof parsed === 'object' && Object.keys(parsed).length === 0)) return ok(null);
  const checked = refstateSchema.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return unusable(visibleText(`${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? 'invalid'}`, 200));
  }
  const state = checked.data;
  return ok({
    bank: 'sha256',
    secureBoot: state.has_secureboot,
    firmware: (state.scrtm_and_bios ?? []).map((entry) => ({
      crtm: entry.scrtm?.sha256 ?? null,
      platformFirmware: (entry.platform_firmware ?? []).map((blob) => blob.sha256),
    })),
    secureBootKeys: { pk: referencesOf(state.pk), kek: referencesOf(state.kek), db: referencesOf(state.db), dbx: referencesOf(state.dbx) },
    bootChains: (state.kernels ?? []).map((chain) => ({
      shim: chain.shim_authcode_sha256 ?? null,
      bootLoader: chain.grub_authcode_sha256 ?? null,
      kernel: chain.kernel_authcode_sha256 ?? null,
      initrd: chain.initrd_plain_sha256 ?? null,
      kernelCommandLine: typeof chain.kernel_cmdline === 'string' ? `^(?:${chain.kernel_cmdline})$` : null,
    })),
    machineOwnerKeys: { mokList: digestsOf(state.mokdig), mokListX: digestsOf(state.mokxdig) },
    notJudged: holdsSomething(state.vendor_db) ? ['vendor_db'] : [],
  });
};
