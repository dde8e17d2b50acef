import { z } from 'zod';

const text = z.string().trim().min(1, 'must not be empty').max(4096);

export const endpointSchema = z.strictObject({
  name: text.max(80),
  kind: z.literal('keylime', { error: 'must be keylime: other kinds are not supported yet' }),
  verifier: text,
  registrar: text,
  tls: z
    .strictObject({
      ca: text.optional(),
      cert: text.optional(),
      key: text.optional(),
      password: z.string().optional(),
      serverName: text.max(253).optional(),
    })
    .optional(),
  interval: z
    .string()
    .regex(/^\d{1,6}(s|m|h)$/, 'must be a duration such as 60s, 5m or 1h')
    .optional(),
  allowPlaintextLoopback: z.boolean().optional(),
  runtimePolicy: text.max(200).optional(),
  measuredBootPolicy: text.max(200).optional(),
});
export type EndpointEntry = z.infer<typeof endpointSchema>;

export const endorsementSchema = z.strictObject({
  roots: text,
  intermediates: text.optional(),
  revocationLists: text.optional(),
  expired: z.enum(['refuse', 'notice', 'accept'], { error: 'must be refuse, notice or accept' }).optional(),
});

/** Whose name and logo (a file, PNG or JPEG) stand on reports. */
export const organisationSchema = z.strictObject({ name: text.max(200), logo: text.optional() });

const every = z
  .string()
  .regex(/^\d{1,6}(s|m|h|d)$/, 'must be a duration such as 30m, 1h or 1d')
  .optional();
const serviceShape = { url: text, ca: text.optional(), every, allowPlaintextLoopback: z.boolean().optional() };
const folderAnchorSchema = z.strictObject({ kind: z.literal('folder'), path: text, every });
const timeStampAnchorSchema = z.strictObject({ kind: z.literal('time-stamp'), ...serviceShape, roots: text });
const witnessAnchorSchema = z.strictObject({ kind: z.literal('witness'), ...serviceShape, key: text });

export const anchorSchema = z.discriminatedUnion('kind', [folderAnchorSchema, timeStampAnchorSchema, witnessAnchorSchema], {
  error: 'must be folder, time-stamp or witness',
});
export type AnchorEntry = z.infer<typeof anchorSchema>;

/** Kinds of entries, each whole (`finding.opened`) or by the word before the dot (`finding`). What tells of alerts makes none. */
const kinds = z
  .array(z.string().regex(/^(?!alert)[a-z]+(?:\.[a-z-]+)?$/u, 'must be kinds of entries such as verdict.changed or finding'))
  .min(1)
  .max(40)
  .optional();
const webhookSchema = z.strictObject({
  kind: z.literal('webhook'),
  name: text.max(80),
  url: text,
  secret: z.string().min(24, 'must have at least 24 characters').max(200),
  ca: text.optional(),
  kinds,
  allowPlaintextLoopback: z.boolean().optional(),
});
const syslogSchema = z.strictObject({
  kind: z.literal('syslog'),
  name: text.max(80),
  host: text.max(253),
  port: z.number().int().min(1).max(65_535).optional(),
  format: z.enum(['rfc5424', 'cef'], { error: 'must be rfc5424 or cef' }).optional(),
  tls: z
    .strictObject({ ca: text.optional(), cert: text.optional(), key: text.optional(), serverName: text.max(253).optional() })
    .optional(),
  kinds,
});
export const alertSchema = z.discriminatedUnion('kind', [webhookSchema, syslogSchema], { error: 'must be webhook or syslog' });
export type AlertEntry = z.infer<typeof alertSchema>;

/** A PKCS#12 file that reports can be signed with. */
export const signatureSchema = z.strictObject({
  pkcs12: text,
  password: z.string().max(4096),
  reason: text.max(200).optional(),
  location: text.max(200).optional(),
});

export const endpointsFileSchema = z.strictObject({
  manifest: text.optional(),
  controls: text.optional(),
  signature: signatureSchema.optional(),
  endorsement: endorsementSchema.optional(),
  organisation: organisationSchema.optional(),
  anchors: z.array(anchorSchema).max(20, 'must name at most 20 anchors').optional(),
  alerts: z.array(alertSchema).max(20, 'must name at most 20 places').optional(),
  endpoints: z.array(endpointSchema).min(1, 'must name at least one endpoint').max(1000),
});

/** Every key that the file may contain, for suggestions. */
export const KNOWN_KEYS: readonly string[] = [
  ...Object.keys(endpointsFileSchema.shape),
  ...Object.keys(endpointSchema.shape),
  ...Object.keys(endorsementSchema.shape),
  ...Object.keys(signatureSchema.shape),
  ...Object.keys(organisationSchema.shape),
  ...Object.keys(folderAnchorSchema.shape),
  ...Object.keys(timeStampAnchorSchema.shape),
  ...Object.keys(webhookSchema.shape),
  ...Object.keys(syslogSchema.shape),
  'ca',
  'cert',
  'key',
  'password',
  'serverName',
];
