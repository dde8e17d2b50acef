import { DIGEST_SIZE, hexDigest } from '../hashing.ts';
import type { Report } from '../report.ts';
import type { BootEvent, SignatureEntry } from '../types.ts';
import { secureBootMarkers } from './secure-boot-markers.ts';
import type { Derivation, SecureBootState, UsedAuthority } from './secure-boot-types.ts';

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const IMAGE_SECURITY = 'd719b2cb-3d3a-4596-a3bc-dad00e67656f';
const KEYS = [
  ['pk', 'PK', GLOBAL],
  ['kek', 'KEK', GLOBAL],
  ['db', 'db', IMAGE_SECURITY],
  ['dbx', 'dbx', IMAGE_SECURITY],
] as const;

const CONFIG = 'EV_EFI_VARIABLE_DRIVER_CONFIG';
const AUTHORITY = 'EV_EFI_VARIABLE_AUTHORITY';

/** In a CCEL log the events of PCR 1 and 7 share register 1. */
const placeOf = (events: readonly BootEvent[]): 1 | 7 =>
  !events.some((event) => event.pcr === 7) && events.some((event) => event.pcr === 1 && event.variable?.name === 'SecureBoot') ? 1 : 7;

type Said = { readonly value: 'on' | 'off'; readonly event: BootEvent };

/** Where shim measures; in a CCEL log PCR 14 is register 3. */
const SHIM_PLACES: Readonly<Record<1 | 7, readonly number[]>> = { 1: [1, 3], 7: [7, 14] };

const shimSaid = (event: BootEvent): Said | null => {
  if (event.variable?.name === 'MokSBState' && event.data === 'verified')
    return { value: event.variable.valueHex === '01' ? 'off' : 'on', event };
  if (event.text !== 'MokSBState') return null;
  for (const bank of ['sha256', 'sha1'] as const) {
    const digest = event.digests[bank];
    if (digest?.length !== DIGEST_SIZE[bank] * 2) continue;
    if (digest === hexDigest(bank, Buffer.of(1))) return { value: 'off', event };
    if (digest === hexDigest(bank, Buffer.of(0))) return { value: 'on', event };
  }
  return null;
};

/**
 * MokSBState (shim): 1 switches validation off. Shim measures it as a variable, or into PCR 14 under its name with a digest of the
 * one-byte value, which tells the value although the log does not hold it. Others can measure a second one there, so off counts.
 */
const shimValidation = (events: readonly BootEvent[], place: 1 | 7): Said | null => {
  let said: Said | null = null;
  for (const event of events) {
    const now = SHIM_PLACES[place].includes(event.pcr) ? shimSaid(event) : null;
    if (now?.value === 'off') return now;
    said ??= now;
  }
  return said;
};

const sameEntry = (a: SignatureEntry, b: SignatureEntry): boolean =>
  a.sha256 === b.sha256 ||
  // Old shims log one byte too many, which changes the digest of the certificate but not what it says.
  (a.certificate !== undefined &&
    b.certificate !== undefined &&
    a.certificate.serial === b.certificate.serial &&
    a.certificate.issuer === b.certificate.issuer &&
    a.certificate.subject === b.certificate.subject);

const authorityOf = (event: BootEvent, end: number, db: readonly SignatureEntry[] | null): UsedAuthority => {
  const { variable } = event;
  const entry = variable?.signatures?.[0] ?? null;
  const fromDb = variable?.name === 'db' && variable.guid === IMAGE_SECURITY;
  return {
    event: event.index,
    database: variable?.name ?? '?',
    entry,
    beforeSeparator: event.index < end,
    listed: !fromDb || entry === null || db === null ? null : db.some((known) => sameEntry(known, entry)),
  };
};

const modeOf = (value: string | undefined, keysEmpty: boolean, audit: boolean): SecureBootState['mode'] => {
  if (audit) return 'audit-mode';
  if (keysEmpty && value !== '01') return 'setup-mode';
  if (value === '01') return 'enabled';
  // Firmware measures a variable that does not exist as an empty one.
  return value === '00' || value === '' ? 'disabled' : 'unknown';
};

/**
 * Secure Boot as the log tells it, after go-attestation's ParseSecurebootState (PC Client PFP 3.3.4.8). Only event data that its digest
 * covers counts. Does not prove that firmware enforced what it measured, that the keys are good ones, nor anything about events whose
 * PCR is not in `provenPcrs`: an operating system that firmware let start could have extended PCR 7 itself.
 */
export const secureBootState = (events: readonly BootEvent[], provenPcrs: readonly number[]): SecureBootState => {
  const pcr = placeOf(events);
  const own = events.filter((event) => event.pcr === pcr && event.claimedType !== 'EV_NO_ACTION');
  const end = own.find((event) => event.claimedType === 'EV_SEPARATOR')?.index ?? Number.POSITIVE_INFINITY;
  const derivations: Derivation[] = [];
  const remarks: Derivation[] = [];
  const contradictions: Derivation[] = [];
  const say = (to: Derivation[], statement: string, ...from: readonly BootEvent[]): void => {
    const verified = from.length > 0 && from.every((event) => event.data === 'verified' || event.text === 'MokSBState');
    to.push({
      statement,
      events: from.map((event) => event.index),
      basis: verified ? 'verified' : 'claimed',
      proven: verified && from.every((event) => provenPcrs.includes(event.pcr)),
    });
  };
  const configured = (name: string, guid: string): BootEvent | undefined =>
    own.find(
      (event) =>
        event.claimedType === CONFIG &&
        event.index < end &&
        event.data === 'verified' &&
        event.variable?.name === name &&
        event.variable.guid === guid,
    );
  const isOne = (name: string): BootEvent | undefined => {
    const event = configured(name, GLOBAL);
    return event?.variable?.valueHex === '01' ? event : undefined;
  };

  const keys: Record<'pk' | 'kek' | 'db' | 'dbx', readonly SignatureEntry[] | null> = { pk: null, kek: null, db: null, dbx: null };
  for (const [key, name, guid] of KEYS) {
    const event = configured(name, guid);
    keys[key] = event?.variable?.signatures ?? null;
    if (event !== undefined) say(derivations, `${name} holds ${keys[key]?.length ?? 'unreadable'} entries`, event);
  }

  const state = configured('SecureBoot', GLOBAL);
  const value = state?.variable?.valueHex;
  const platformKey = configured('PK', GLOBAL);
  const noKey = keys.pk !== null && keys.pk.length === 0;
  const mode = modeOf(value, noKey, isOne('AuditMode') !== undefined);
  if (state !== undefined) say(derivations, `SecureBoot is ${value === '' ? 'empty' : value}`, state);
  if (state !== undefined && value !== '' && value !== '00' && value !== '01') say(contradictions, 'SecureBoot is neither 0 nor 1', state);
  if (noKey && platformKey !== undefined)
    say(remarks, `no platform key is enrolled${value === '01' ? ', and Secure Boot should then be off' : ''}`, platformKey);

  const authorities = own
    .filter((event) => event.claimedType === AUTHORITY && event.data === 'verified')
    .map((event) => authorityOf(event, end, keys.db));
  for (const authority of authorities) {
    const event = own.find((candidate) => candidate.index === authority.event);
    if (event === undefined) continue;
    if (authority.entry !== null)
      say(
        derivations,
        `${authority.beforeSeparator ? 'a driver' : 'a program'} was allowed by ${authority.entry.subject ?? authority.entry.sha256} of ${authority.database}`,
        event,
      );
    if (authority.listed === false) say(contradictions, 'a program was allowed by an entry that the measured db does not have', event);
    if (authority.entry !== null && keys.dbx?.some((entry) => entry.sha256 === authority.entry?.sha256) === true)
      say(remarks, 'a program was allowed by an entry that dbx forbids', event);
  }
  const started = events.find((event) => event.claimedType === 'EV_EFI_BOOT_SERVICES_APPLICATION' && event.pcr === (pcr === 7 ? 4 : 2));
  if (mode === 'enabled' && started !== undefined && state !== undefined && authorities.every((authority) => authority.beforeSeparator))
    say(remarks, `Secure Boot is on, but no authority says why event ${started.index} was allowed to start`, state);

  const shim = shimValidation(events, pcr);
  if (shim !== null) say(shim.value === 'off' ? remarks : derivations, `shim's own validation is ${shim.value}`, shim.event);
  for (const [event, remark] of secureBootMarkers(own)) say(remarks, remark, event);
  const deployed = configured('DeployedMode', GLOBAL)?.variable?.valueHex;
  return {
    mode,
    deployed: deployed === undefined ? null : deployed === '01',
    pcr,
    proven: provenPcrs.includes(pcr),
    keys,
    authorities,
    shimValidation: shim?.value ?? 'not-said',
    remarks,
    contradictions,
    derivations,
  };
};

const MODES: Readonly<Record<SecureBootState['mode'], string>> = {
  enabled: 'Secure Boot is on',
  disabled: 'Secure Boot is off',
  'setup-mode': 'Secure Boot is off: the firmware is in setup mode',
  'audit-mode': 'Secure Boot only records: the firmware is in audit mode',
  unknown: 'The state of Secure Boot is not known',
};

const countsOf = (state: SecureBootState): string => {
  const parts = KEYS.flatMap(([key, name]) => (state.keys[key] === null ? [] : [`${name} ${state.keys[key].length}`]));
  return parts.length === 0 ? '' : `; entries: ${parts.join(', ')}`;
};

/**
 * `secure-boot-state`: what the log proves about Secure Boot. A pass means that the state is derived from verified data of a proven PCR 7,
 * on or off: which of them must hold is policy. Fails only for what no firmware writes.
 */
export const checkSecureBootState = (events: readonly BootEvent[], provenPcrs: readonly number[], report: Report): SecureBootState => {
  const state = secureBootState(events, provenPcrs);
  const say = (outcome: 'pass' | 'fail' | 'notice' | 'not-evaluated', message: string): SecureBootState => {
    report.add('secure-boot-state', outcome, message);
    return state;
  };
  if (!events.some((event) => event.pcr === state.pcr))
    return say('not-evaluated', 'The log has no event of PCR 7, so it says nothing about Secure Boot.');
  if (!state.proven)
    return say('not-evaluated', `PCR ${state.pcr} is not proven by the quote, so what the log says about Secure Boot is only a claim.`);
  if (report.outcome('event-type') === 'fail')
    return say('not-evaluated', 'The events of PCR 7 do not have the form that firmware gives them, so no state is derived from them.');
  const [contradiction] = state.contradictions;
  if (contradiction !== undefined)
    return say(
      'fail',
      `The log contradicts itself about Secure Boot: ${contradiction.statement} (event ${contradiction.events.join(', ')}).`,
    );
  if (state.mode === 'unknown')
    return say('not-evaluated', 'No verified event of PCR 7 holds the SecureBoot variable, so its state is not known.');
  const proven = state.remarks.filter((remark) => remark.proven);
  if (proven.length > 0)
    return say(
      'notice',
      `${MODES[state.mode]}, but ${proven
        .slice(0, 3)
        .map((remark) => remark.statement)
        .join('; ')}${countsOf(state)}.`,
    );
  return say('pass', `${MODES[state.mode]}, from verified events of proven PCR ${state.pcr}${countsOf(state)}.`);
};
