import { z } from 'zod';

/** Shapes of Keylime's answers, API 2.x: only what is used, everything else ignored. The payload key `v` is never even named here, so it is dropped on reading. */
export const AGENT_ID = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

export const versionSchema = z.object({
  supported_versions: z.array(z.string().max(16)).max(64).optional(),
  supported_version: z.string().max(16).optional(),
  current_version: z.string().max(16).optional(),
  simulator: z.string().max(64).optional(),
});

const flag = z.union([z.literal(0), z.literal(1), z.boolean()]).nullish();
const epochSeconds = z.number().nullish();

export const agentStatusSchema = z.object({
  operational_state: z.number().int().nullish(),
  ip: z.string().max(255).nullish(),
  port: z.number().int().min(0).max(65535).nullish(),
  tpm_policy: z.string().max(1_000_000).nullish(),
  meta_data: z.string().max(1_000_000).nullish(),
  has_mb_refstate: flag,
  has_runtime_policy: flag,
  severity_level: z.number().nullish(),
  last_event_id: z.string().max(4096).nullish(),
  last_received_quote: epochSeconds,
  last_successful_attestation: epochSeconds,
  attestation_status: z.string().max(64).nullish(),
  attestation_period: z.string().max(64).nullish(),
});
export type AgentStatus = z.infer<typeof agentStatusSchema>;

/** The bulk list: each entry is checked on its own, so that one odd host does not hide the others. */
export const bulkSchema = z.record(z.string(), z.unknown());

export const registrarListSchema = z.object({ uuids: z.array(z.union([z.string(), z.array(z.string())])).max(200_000) });

export const registrationSchema = z.object({
  ek_tpm: z.string().max(64_000).nullish(),
  ekcert: z.string().max(256_000).nullish(),
  aik_tpm: z.string().max(64_000).nullish(),
  ip: z.string().max(255).nullish(),
  port: z.number().int().min(0).max(65535).nullish(),
  mtls_cert: z.string().max(256_000).nullish(),
  regcount: z.number().int().nullish(),
});
export type Registration = z.infer<typeof registrationSchema>;

export const quoteSchema = z.object({
  quote: z.string().max(4_000_000),
  ima_measurement_list: z.string().nullish(),
  mb_measurement_list: z.string().nullish(),
});

/** An NV index as a number or as "0x…"; read as a number. */
export const nvIndexSchema = z.union([z.string().regex(/^0x[0-9a-fA-F]{1,8}$/), z.number().int().min(0).max(0xffffffff)]).transform(Number);

export const geoTagSchema = z.object({
  attest: z.string().max(8192),
  signature: z.string().max(8192),
  signer_pem: z.string().max(8192).nullish(),
  nv_index: nvIndexSchema,
});

export const runtimePolicySchema = z.object({ runtime_policy: z.string().nullish() });
export const measuredBootPolicySchema = z.object({ mb_policy: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() });
