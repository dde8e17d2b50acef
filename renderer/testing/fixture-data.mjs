import { makeMap, worldHosts } from './fixture-map.mjs';
import { makeRecord } from './fixture-record.mjs';
import { makeReports } from './fixture-reports.mjs';

/**
 * A synthetic fleet for looking at screens: every call of the contract, answered from memory. Development only; nothing here ships.
 * Kinds: normal (50 hosts), large (10,000), world (10,000 in 50 countries), trusted (nothing failed), empty, silent, young (one trend point), error (every call fails),
 * and of the record: running, broken, failed, holds.
 */
const LINKS = ['hardware', 'firmware', 'secure-boot', 'boot-loader', 'kernel', 'runtime', 'container-engine', 'orchestrator', 'workloads'];
const VERDICTS = ['failed', 'inconclusive', 'stale', 'trusted'];
const SITES = [
  ['DE', 'DE-BE', 'Berlin 1', 'ber1'],
  ['DE', 'DE-HE', 'Frankfurt 2', 'fra2'],
  ['IE', null, 'Dublin 1', 'dub1'],
  ['FI', null, 'Helsinki 1', 'hel1'],
  ['NL', 'NL-NH', 'Amsterdam 3', 'ams3'],
  ['FR', 'FR-IDF', 'Paris 1', 'par1'],
  ['CH', 'CH-ZH', 'Zürich 1', 'zrh1'],
  [null, null, null, 'lab'],
];
const CLASSES = ['database', 'web', 'control-plane', 'storage', 'edge'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const hexFrom = (text, length = 64) => {
  let seed = 7;
  for (const character of text) seed = (Math.imul(seed, 31) + character.codePointAt(0)) | 0;
  const next = random(seed);
  let out = '';
  while (out.length < length) out += Math.floor(next() * 16).toString(16);
  return out;
};

const BREAKS = [
  [
    'boot-loader',
    'Boot loader changed: shim 15.7 instead of 15.8.',
    'the boot loader measured shim 15.7, and the reference allows only 15.8',
  ],
  [
    'runtime',
    'A file ran that the runtime reference does not know: /usr/local/bin/.cache-sync.',
    'a program ran that the runtime reference does not know',
  ],
  ['secure-boot', 'Secure Boot is off; the reference requires it.', 'Secure Boot is off, and the reference requires it to be on'],
  [
    'boot-loader',
    'Boot loader changed: GRUB 2.06 instead of 2.12.',
    'the boot loader measured GRUB 2.06, and the reference allows only 2.12',
  ],
  [
    'hardware',
    'The quote is signed by another attestation key than the pinned one.',
    'its quote is signed by another attestation key than the one pinned on 3 Nov',
  ],
  ['kernel', 'Kernel command line changed: “ima_policy=tcb” is missing.', 'the kernel command line no longer turns on measurement'],
];

const chainOf = (verdict, broken) => {
  const at = broken === null ? -1 : LINKS.indexOf(broken);
  return LINKS.map((_, index) => {
    if (index >= 6) return 'not-required';
    if (verdict === 'inconclusive') return index < 3 ? 'trusted' : 'inconclusive';
    if (at === -1 || index < at) return 'trusted';
    return index === at ? 'failed' : 'inconclusive';
  });
};

const makeHosts = (kind, count, nowMs) => {
  const next = random(42);
  return Array.from({ length: count }, (_, index) => {
    const [country, subdivision, site, prefix] = SITES[Math.min(SITES.length - 1, Math.floor(next() ** 1.6 * SITES.length))];
    const hostClass = CLASSES[Math.floor(next() * CLASSES.length)];
    const roll =
      kind === 'trusted'
        ? 1
        : count === 50
          ? ([0.01, 0.05, 0.085, 0.07, 0.02, 0.15, 0.2][[3, 11, 17, 24, 31, 38, 44].indexOf(index)] ?? 1)
          : next();
    const verdict =
      roll < 0.09 ? 'failed' : roll < 0.12 ? 'inconclusive' : roll < 0.16 ? 'inconclusive' : roll < 0.21 ? 'stale' : 'trusted';
    const breaks = BREAKS[index % BREAKS.length];
    const broken = verdict === 'failed' ? breaks[0] : null;
    const reason = {
      failed: breaks[1],
      inconclusive: 'No boot event log was delivered; the boot links cannot be judged.',
      stale: 'No evidence for 2 hours; the last was good.',
      trusted: 'Every required link was verified.',
    }[verdict];
    const ageMs =
      verdict === 'stale' ? 2 * HOUR + 11 * MINUTE : verdict === 'inconclusive' && index % 3 === 0 ? null : Math.floor(next() * 70_000);
    const reported =
      verdict === 'failed'
        ? index % 2 === 1
          ? 'trusted'
          : 'failed'
        : verdict === 'inconclusive'
          ? 'pending'
          : verdict === 'stale'
            ? 'unknown'
            : 'trusted';
    const name = `${prefix}-${hostClass.slice(0, 3)}-${String(index + 1).padStart(count > 1000 ? 5 : 2, '0')}`;
    const changedMs = verdict === 'failed' ? (index % 2 === 1 && index > 20 ? 4 : 90 + index * 7) * MINUTE : 3 * DAY + index * HOUR;
    return {
      id: `d432fbb3-d2f1-4a97-9ef7-${String(index).padStart(12, '0')}`,
      name,
      endpoint: index % 5 === 4 ? 'dc-edge' : 'dc-demo',
      hostClass,
      verdict,
      reported,
      disagreement: verdict === 'failed' && reported === 'trusted',
      brokenLink: broken,
      reason,
      chain: chainOf(verdict, broken),
      location: { country, subdivision, site, assurance: country === null ? 'unknown' : index % 3 === 0 ? 'declared' : 'tpm-certified' },
      evidenceAtMs: ageMs === null ? null : nowMs - ageMs,
      changedAtMs: nowMs - changedMs,
      lastSeenAtMs: nowMs - 5000,
      demo: true,
    };
  });
};

const tallyOf = (hosts) => {
  const tally = { inventory: hosts.length, trusted: 0, failed: 0, stale: 0, inconclusive: 0 };
  for (const host of hosts) tally[host.verdict] += 1;
  return tally;
};

const trendOf = (kind, tally, nowMs) => {
  if (tally.inventory === 0) return [];
  if (kind === 'young') return [{ ...tally, atMs: nowMs - 20_000 }];
  const next = random(9);
  const points = [];
  const worst = Math.max(1, tally.failed);
  for (let hour = 24; hour > 0; hour -= 1) {
    const failed = kind === 'trusted' ? 0 : hour > 17 ? 0 : hour > 9 ? Math.ceil(worst / 3) : hour > 3 ? Math.ceil(worst / 2) : worst;
    const stale = hour > 12 && hour < 16 && kind !== 'trusted' ? Math.max(2, tally.stale * 3) : hour > 6 ? 0 : tally.stale;
    const inconclusive = kind === 'trusted' ? 0 : Math.round(tally.inconclusive * (0.5 + next() * 0.6));
    points.push({
      inventory: tally.inventory,
      failed,
      stale,
      inconclusive,
      trusted: tally.inventory - failed - stale - inconclusive,
      atMs: nowMs - hour * HOUR,
    });
  }
  points.push({ ...tally, atMs: nowMs - 4 * MINUTE });
  return points;
};

const agesOf = (hosts, nowMs) => {
  const limits = [15_000, 30_000, MINUTE, 5 * MINUTE, HOUR, null];
  let from = -1;
  return limits.map((upToMs) => {
    const inside = hosts.filter(({ evidenceAtMs }) => {
      const age = evidenceAtMs === null ? Infinity : nowMs - evidenceAtMs;
      return age > from && (upToMs === null || age <= upToMs);
    }).length;
    from = upToMs ?? from;
    return { upToMs, hosts: inside };
  });
};

const EVENT_TYPES = [
  'EV_S_CRTM_VERSION',
  'EV_EFI_PLATFORM_FIRMWARE_BLOB',
  'EV_EFI_VARIABLE_DRIVER_CONFIG',
  'EV_SEPARATOR',
  'EV_EFI_BOOT_SERVICES_APPLICATION',
  'EV_IPL',
  'EV_EFI_VARIABLE_AUTHORITY',
];
const BROKE_AT = 37;
const EVENTS = 132;
const IMA = 4210;

const eventsOf = (host) =>
  Array.from({ length: EVENTS }, (_, index) => {
    const broke =
      (host.brokenLink === 'boot-loader' && index === BROKE_AT) ||
      (host.brokenLink === 'secure-boot' && index === 5) ||
      (host.brokenLink === 'kernel' && index === 90);
    const type = index === BROKE_AT ? EVENT_TYPES[4] : index > 60 ? 'EV_IPL' : EVENT_TYPES[index % EVENT_TYPES.length];
    return {
      index,
      pcr: index < 20 ? index % 8 : index < 60 ? 4 : 8 + (index % 2),
      claimedType: type,
      digest: hexFrom(`${host.id}${index}`),
      bank: 'sha256',
      data: type === 'EV_IPL' ? 'not-covered' : 'verified',
      replayProven: true,
      summary:
        index === BROKE_AT
          ? '\\EFI\\debian\\shimx64.efi'
          : type === 'EV_IPL'
            ? `grub_cmd: ${['set root=hd0,gpt2', 'linux /boot/vmlinuz-6.12.9 root=/dev/vda2 ro ima_policy=tcb', 'initrd /boot/initrd.img-6.12.9', 'insmod part_gpt'][index % 4]}`
            : [
                'SMBIOS 3.4',
                'Firmware volume 0x830000',
                'SecureBoot = enabled',
                'separator',
                'boot application',
                '',
                'db entry: Debian Secure Boot CA',
              ][index % 7] || 'variable',
      broke: broke ? { link: host.brokenLink, reason: host.reason, expected: [hexFrom('good shim'), hexFrom('also good shim')] } : null,
    };
  });

const imaOf = (host) =>
  Array.from({ length: IMA }, (_, index) => {
    const broke = host.brokenLink === 'runtime' && (index === 1877 || index === 1902);
    return {
      index,
      template: 'ima-ng',
      fileDigest: hexFrom(`file${index}`),
      path: broke
        ? '/usr/local/bin/.cache-sync'
        : [
            '/usr/bin/bash',
            '/usr/lib/x86_64-linux-gnu/libc.so.6',
            '/usr/lib/systemd/systemd',
            '/usr/bin/python3.13',
            '/usr/lib/modules/6.12.9/kernel/net/tls.ko',
          ][index % 5],
      judged: broke ? 'unknown-path' : index % 41 === 3 ? 'excluded' : 'allowed',
      proven: true,
      broke: broke ? { link: 'runtime', reason: host.reason, expected: [] } : null,
    };
  });

const LINK_WORDS = {
  hardware: [
    'The quote is signed by the pinned attestation key and carries our nonce.',
    ['signature', 'nonce', 'ak-binding'],
    ['The EK certificate was not followed to a TPM manufacturer: no roots are installed.'],
  ],
  firmware: ['Firmware measurements equal the approved reference of 12 Nov.', ['PCR 0, 2', 'log-replay'], []],
  'secure-boot': ['Secure Boot is on, with the approved keys.', ['PCR 7', 'event-data-digest'], []],
  'boot-loader': ['shim 15.8 and GRUB 2.12, as approved.', ['PCR 4', 'measured-boot reference'], []],
  kernel: ['Linux 6.12.9 with the approved command line.', ['PCR 8, 9'], ['Kernel modules loaded after boot.']],
  runtime: ['All 4,210 files that ran are in the runtime reference.', ['PCR 10', 'ima-replay'], []],
  'container-engine': ['No policy asks for this link.', [], ['Nothing measures the container engine on this host.']],
  orchestrator: ['No policy asks for this link.', [], []],
  workloads: ['No policy asks for this link.', [], []],
};

const detailOf = (host, nowMs) => {
  const chain = LINKS.map((link, index) => {
    const verdict = host.chain[index];
    const at = host.brokenLink === null ? 99 : LINKS.indexOf(host.brokenLink);
    const [reason, basis, notEvaluated] = LINK_WORDS[link];
    const words =
      verdict === 'failed'
        ? host.reason
        : verdict === 'inconclusive'
          ? index > at
            ? 'Its measurements replay, but they were taken by software that is itself not trusted.'
            : 'No boot event log was delivered.'
          : reason;
    return {
      link,
      verdict,
      reason: words,
      basis: verdict === 'not-required' ? [] : basis,
      notEvaluated: verdict === 'inconclusive' && index < at ? ['Single boot events.'] : notEvaluated,
      believable: index <= at,
    };
  });
  const failed = host.verdict === 'failed';
  const none = host.evidenceAtMs === null;
  return {
    row: host,
    sentence: {
      failed: `${host.name} is not true to its hardware root: ${BREAKS.find(([, reason]) => reason === host.reason)?.[2] ?? 'its evidence is not as approved'}.`,
      trusted: `${host.name} is true to its hardware root: every required link was verified.`,
      stale: `${host.name} was trusted, but there has been no evidence for 2 hours.`,
      inconclusive: `${host.name} cannot be judged: its boot event log is missing.`,
    }[host.verdict],
    nextStep: {
      failed: 'Isolate the host, or approve the change if it was planned.',
      stale: 'Check that the host is up and its agent runs.',
      inconclusive: 'Let the agent deliver its boot event log.',
      trusted: null,
    }[host.verdict],
    chain,
    checks: none
      ? []
      : [
          {
            code: 'signature',
            outcome: host.brokenLink === 'hardware' ? 'fail' : 'pass',
            message:
              host.brokenLink === 'hardware'
                ? 'The quote is signed by another key than the pinned one.'
                : 'The quote is signed by the pinned attestation key.',
          },
          { code: 'nonce', outcome: 'pass', message: 'The quote carries the nonce of this question.' },
          { code: 'pcr-digest', outcome: 'pass', message: 'The PCR values delivered hash to the digest that was signed.' },
          {
            code: 'log-replay',
            outcome: host.verdict === 'inconclusive' ? 'not-evaluated' : 'pass',
            message:
              host.verdict === 'inconclusive'
                ? 'There is no boot event log to replay.'
                : 'The boot event log replays to PCR 0 to 9 and 14.',
          },
          {
            code: 'event-type',
            outcome: failed ? 'fail' : 'pass',
            message: failed ? host.reason : 'Every boot event is in the measured-boot reference.',
          },
          { code: 'ima-replay', outcome: 'pass', message: 'The IMA list of 4,210 entries replays to PCR 10.' },
          {
            code: 'ek-chain',
            outcome: 'not-evaluated',
            message: 'The EK certificate was not followed to a manufacturer: no TPM vendor roots are installed.',
          },
          { code: 'geo-signer', outcome: 'not-evaluated', message: 'No geographic tag is provisioned in this TPM.' },
          { code: 'reboot-detected', outcome: 'notice', message: 'The host rebooted once since it was last asked.' },
        ],
    reportedSentence: {
      trusted: 'The endpoint says that the last quote passed its own policy.',
      failed: 'The endpoint says that the quote failed its measured-boot policy.',
      pending: 'The endpoint has not come to a verdict yet.',
      unknown: 'The endpoint said nothing that can be used.',
    }[host.reported],
    verifiedSentence: {
      failed: `From the same evidence, ${host.brokenLink ?? ''} breaks.`.replace('-', ' '),
      trusted: 'From the same evidence, every required link holds.',
      stale: 'The last evidence was good; it is too old to rely on.',
      inconclusive: 'Three of six required links hold; three cannot be judged.',
    }[host.verdict],
    disagreementSentence: host.disagreement
      ? 'The endpoint’s policy does not look at the boot loader; the quote that it accepted contains the change.'
      : null,
    clocks: {
      bootedAtMs: none ? null : nowMs - 14 * DAY - 3 * HOUR,
      measuredEvents: none ? 0 : EVENTS,
      quotedAtMs: host.evidenceAtMs === null ? null : host.evidenceAtMs - 340,
      receivedAtMs: host.evidenceAtMs,
      resetCount: none ? null : 12,
      restartCount: none ? null : 0,
      clockSafe: none ? null : true,
    },
    identity: {
      akName: none ? null : `000b${hexFrom(`${host.id}ak`)}`,
      akPinnedAtMs: none ? null : nowMs - 18 * DAY,
      ekSha256: none ? null : hexFrom(`${host.id}ek`),
      signatureScheme: none ? null : 'RSASSA with SHA-256, 2048 bit',
      address: '10.20.4.17:9002',
    },
    pcrs: none
      ? []
      : Array.from({ length: 16 }, (_, index) => {
          const value =
            index > 10 && index !== 14
              ? '0'.repeat(64)
              : hexFrom(`pcr${index}${host.brokenLink === 'boot-loader' && index === 4 ? host.id : ''}`);
          return {
            bank: 'sha256',
            index,
            value,
            quoted: index < 11 || index === 14,
            replayed: index > 10 && index !== 14 ? null : value,
            meaning: [
              'Firmware code',
              'Firmware settings',
              'Option ROMs',
              'Option ROM settings',
              'Boot loader',
              'Boot loader settings',
              'Platform',
              'Secure Boot state',
              'GRUB commands',
              'Kernel and initrd',
              'Files at run time (IMA)',
              'Not used',
              'Not used',
              'Not used',
              'Machine owner keys',
              'Not used',
            ][index],
          };
        }),
    workloads: [],
    policyClass: { name: null, why: 'The manifest has no classes; its defaults apply.' },
    coverage: { covered: 6, required: 6 },
    locationSource: { source: 'The endpoint', contradiction: null },
    references: [
      {
        kind: 'measured-boot',
        provenance: 'Fetched from dc-demo, policy “debian-13-uefi”',
        sha256: hexFrom('mb'),
        obtainedAtMs: nowMs - 9 * DAY,
      },
      {
        kind: 'runtime',
        provenance: 'Fetched from dc-demo, policy “fleet-runtime-2026-11”',
        sha256: hexFrom('rt'),
        obtainedAtMs: nowMs - 2 * DAY,
      },
    ],
    events: none || host.verdict === 'inconclusive' ? 0 : EVENTS,
    ima: none ? 0 : IMA,
    evidenceProblem:
      host.verdict === 'stale'
        ? {
            code: 'agent-unreachable',
            message: 'The agent of this host refuses the connection.',
            nextStep: 'Check that the host is up and keylime_agent runs.',
          }
        : null,
  };
};

const filtered = (rows, { text, onlyBroken }, print) =>
  rows.filter(
    (row) => (!onlyBroken || row.broke !== null) && (text === undefined || print(row).toLowerCase().includes(text.toLowerCase())),
  );

const page = (rows, { offset, limit }) => ({ total: rows.length, rows: rows.slice(offset, offset + limit) });

const differenceCell = (row) => ({
  index: row.index,
  claimed: row.summary,
  claimedType: row.claimedType,
  digest: row.digest,
  alternatives: 0,
  bank: row.bank,
  data: row.data,
  proven: row.replayProven,
});

export const makeEngine = (kind, tell = () => {}) => {
  let preferences = null;
  const startedAtMs = Date.now();
  const size = { large: 10_000, world: 10_000, empty: 0, fresh: 0 }[kind] ?? 50;
  const hosts = (kind === 'world' ? worldHosts : (all) => all)(makeHosts(kind, size, startedAtMs));
  const silent = kind === 'silent';
  const endpoints = () =>
    kind === 'empty'
      ? []
      : [
          {
            name: 'dc-demo',
            kind: 'keylime',
            url: 'https://127.0.0.1:8881',
            state: silent ? 'silent' : 'answering',
            problem: silent
              ? {
                  code: 'refused',
                  message: '127.0.0.1:8881 refuses the connection.',
                  nextStep: 'Check that keylime_verifier runs there and listens on port 8881.',
                }
              : null,
            hosts: Math.ceil(size * 0.8),
            lastSweepAtMs: startedAtMs - 9000,
            lastSuccessAtMs: silent ? startedAtMs - 12 * MINUTE : startedAtMs - 9000,
            lastDurationMs: 1840,
            nextSweepAtMs: startedAtMs + 51_000,
            intervalMs: MINUTE,
            demo: true,
          },
          {
            name: 'dc-edge',
            kind: 'keylime',
            url: 'https://127.0.0.1:8981',
            state: 'answering',
            problem: null,
            hosts: Math.floor(size * 0.2),
            lastSweepAtMs: startedAtMs - 12_000,
            lastSuccessAtMs: startedAtMs - 12_000,
            lastDurationMs: 410,
            nextSweepAtMs: startedAtMs + 48_000,
            intervalMs: MINUTE,
            demo: true,
          },
        ];
  const findings = hosts
    .filter((host) => host.verdict === 'failed' || host.verdict === 'stale')
    .toSorted((a, b) => b.changedAtMs - a.changedAtMs)
    .map((host, id) => ({
      id,
      hostId: host.id,
      hostName: host.name,
      kind: host.disagreement ? 'disagreement' : host.verdict === 'failed' ? 'host-failed' : 'host-stale',
      severity: host.verdict === 'failed' ? 'critical' : 'warning',
      title: `${host.name}: ${host.reason}`,
      detail: host.reason,
      openedAtMs: host.changedAtMs,
      resolvedAtMs: null,
      state: 'open',
      cause: 'unexplained',
      causeSinceMs: host.changedAtMs,
      assigned: null,
      acknowledged: null,
      waiver: null,
    }));

  const matches = (query) => (host) =>
    (query.verdicts === undefined || query.verdicts.length === 0 || query.verdicts.includes(host.verdict)) &&
    (query.brokenLink === undefined || host.brokenLink === query.brokenLink) &&
    (query.country === undefined || host.location.country === query.country) &&
    (query.endpoint === undefined || host.endpoint === query.endpoint) &&
    (query.disagreement === undefined || host.disagreement === query.disagreement) &&
    (query.evidenceOlderThanMs === undefined ||
      host.evidenceAtMs === null ||
      startedAtMs - host.evidenceAtMs > query.evidenceOlderThanMs) &&
    (query.text ?? '')
      .toLowerCase()
      .split(/\s+/)
      .every((word) =>
        `${host.name} ${host.id} ${host.hostClass} ${host.location.site} ${host.endpoint} ${host.reason}`.toLowerCase().includes(word),
      );
  const sortKey = {
    verdict: (host) => VERDICTS.indexOf(host.verdict),
    country: (host) => host.location.country ?? '~',
    brokenLink: (host) => (host.brokenLink === null ? 99 : LINKS.indexOf(host.brokenLink)),
  };
  const find = (id) => hosts.find((host) => host.id === id);

  return {
    hosts,
    'app.info': () => ({
      name: 'Plumbline',
      version: '0.1.0',
      shell: 'console',
      runtime: 'Node 24',
      startedAtMs,
      user: 'm.weber',
      dataFolder: '~/.local/share/plumbline/demo',
      demo: size === 0 ? null : { hosts: size, leavesTo: '~/.local/share/plumbline' },
      readOnly: false,
      pack: null,
    }),
    'preferences.get': () => ({ preferences, keptIn: '~/.local/share/plumbline/demo' }),
    'preferences.set': (change) => {
      preferences = { ...preferences, ...change };
      return { ok: true };
    },
    'demo.leave': () => ({ ok: false, problem: { code: 'no-demo', message: 'This is a fixture.', nextStep: 'Start Plumbline.' } }),
    'overview.get': () => {
      const tally = tallyOf(hosts);
      const countries = [...new Set(hosts.map((host) => host.location.country))];
      const evidence = hosts.flatMap((host) => (host.evidenceAtMs === null ? [] : [host.evidenceAtMs]));
      const trusted = hosts.flatMap((host) => (host.evidenceAtMs === null || host.verdict !== 'trusted' ? [] : [host.evidenceAtMs]));
      return {
        nowMs: startedAtMs,
        tally,
        disagreements: hosts.filter((host) => host.disagreement).length,
        trend: trendOf(kind, tally, startedAtMs),
        freshness: {
          newestEvidenceAtMs: evidence.length === 0 ? null : Math.max(...evidence),
          oldestTrustedEvidenceAtMs: trusted.length === 0 ? null : Math.min(...trusted),
          maxAgeMs: HOUR,
          ages: agesOf(hosts, startedAtMs),
        },
        links: LINKS.map((link, index) => ({
          link,
          ...Object.fromEntries(
            ['trusted', 'failed', 'inconclusive'].map((verdict) => [verdict, hosts.filter((host) => host.chain[index] === verdict).length]),
          ),
          notRequired: hosts.filter((host) => host.chain[index] === 'not-required').length,
          firstBroken: hosts.filter((host) => host.brokenLink === link).length,
        })),
        places: countries.map((country) => ({
          country,
          hosts: hosts.filter((host) => host.location.country === country).length,
          ...Object.fromEntries(
            VERDICTS.map((verdict) => [
              verdict,
              hosts.filter((host) => host.location.country === country && host.verdict === verdict).length,
            ]),
          ),
        })),
        findings: findings.slice(0, 8),
        openFindings: findings.length,
        findingCounts: { open: findings.length, acknowledged: 0, waived: 0 },
        endpoints: endpoints(),
        manifest: { name: 'built-in', builtIn: true },
      };
    },
    'hosts.list': ({ query, sort, offset, limit }) => {
      const key = sortKey[sort.by] ?? ((host) => host[sort.by] ?? '');
      const sign = sort.descending ? -1 : 1;
      const rows = hosts.filter(matches(query)).sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        return x < y ? -sign : x > y ? sign : a.name.localeCompare(b.name);
      });
      return { total: rows.length, inventory: hosts.length, offset, rows: rows.slice(offset, offset + limit), filterProblem: null };
    },
    'hosts.complete': () => ({ values: [] }),
    'views.list': () => [],
    'hosts.get': ({ id }) => {
      const host = find(id);
      return host === undefined ? null : detailOf(host, startedAtMs);
    },
    'hosts.history': ({ id }) => {
      const host = find(id);
      if (host === undefined) return [];
      return [
        {
          fromMs: host.changedAtMs,
          toMs: startedAtMs,
          verdict: host.verdict,
          reported: host.reported,
          brokenLink: host.brokenLink,
          reason: host.reason,
          confirmations: 214,
        },
        {
          fromMs: host.changedAtMs - 9 * DAY,
          toMs: host.changedAtMs,
          verdict: 'trusted',
          reported: 'trusted',
          brokenLink: null,
          reason: 'Every required link was verified.',
          confirmations: 12_960,
        },
      ];
    },
    'hosts.events': (input) =>
      page(
        filtered(eventsOf(find(input.id)), input, (row) => `${row.claimedType} ${row.summary} ${row.digest}`),
        input,
      ),
    'hosts.ima': (input) =>
      page(
        filtered(imaOf(find(input.id)), input, (row) => `${row.path} ${row.fileDigest}`),
        input,
      ),
    'hosts.peers': () => ({ hostClass: 'rack server', rows: [] }),
    'hosts.bytes': ({ offset, limit }) => ({
      problem: null,
      sha256: '0'.repeat(64),
      total: 4096,
      offset,
      hex: Array.from({ length: Math.max(0, Math.min(limit, 4096 - offset)) }, (_, at) =>
        ((offset + at) % 256).toString(16).padStart(2, '0'),
      ).join(''),
    }),
    'hosts.fields': ({ index }) => ({
      start: 0,
      length: 64,
      fields: [
        { depth: 0, label: 'PCR', value: '4', start: 0, length: 4 },
        { depth: 0, label: 'data', value: `of event ${index}`, start: 4, length: 60 },
      ],
      problem: null,
    }),
    'hosts.keys': () => ({
      ek: null,
      ekProblem: { code: 'none', message: 'No endorsement certificate of this host was delivered.', nextStep: '' },
      ak: null,
      akProblem: { code: 'not-kept', message: 'The newest quote is not kept any more, or was never kept.', nextStep: '' },
    }),
    'hosts.difference': ({ id, log, offset, limit }) => {
      const host = find(id);
      const side = {
        words: 'this host',
        provenance: null,
        hostId: id,
        hostName: host.name,
        verdict: host.verdict,
        atMs: host.evidenceAtMs,
        sha256: '1'.repeat(64),
      };
      const rows =
        log === 'programs'
          ? []
          : eventsOf(host).map((row) => {
              const changed = row.broke !== null;
              return {
                kind: 'pair',
                state: changed ? 'changed' : 'same',
                pcr: row.pcr,
                a: { ...differenceCell(row), index: null },
                b: differenceCell(row),
                reason: row.broke?.reason ?? null,
                details: [],
              };
            });
      const changeRows = rows.flatMap((row, at) => (row.state === 'changed' ? [at] : []));
      const [first] = changeRows;
      return {
        a: { ...side, words: 'the reference values', provenance: 'a fixture', hostId: null, hostName: null, verdict: null },
        b: side,
        problem: null,
        offers: ['reference', 'previous-boot', 'last-trusted', 'peer'].map((one) => ({
          with: one,
          available: one === 'reference',
          words: 'a fixture',
        })),
        identical: changeRows.length === 0,
        tally: { same: rows.length - changeRows.length, changed: changeRows.length, added: 0, removed: 0, moved: 0, notJudged: 0 },
        first: first === undefined ? null : { row: first, reason: rows[first].reason },
        changeRows,
        atRow: null,
        causes: [],
        notes: ['These are rows of a fixture.'],
        cluster: null,
        total: rows.length,
        rows: rows.slice(offset, offset + limit),
      };
    },
    'findings.list': (input) => page(findings, input),
    'fleet.asOf': ({ atMs, query, offset, limit }) => {
      const rows = hosts.filter(matches(query));
      const hostsThen = {
        total: rows.length,
        inventory: hosts.length,
        offset,
        rows: rows.slice(offset, offset + limit),
        filterProblem: null,
      };
      return {
        atMs,
        tally: tallyOf(hosts),
        disagreements: 2,
        findings: findings.length,
        silentEndpoints: 0,
        manifest: null,
        hosts: hostsThen,
      };
    },
    ...makeMap(hosts, matches, startedAtMs),
    ...makeRecord(kind, startedAtMs, tell),
    ...makeReports(kind, startedAtMs, hosts),
    'alerts.list': () => [],
    'pack.get': () => null,
    'posture.get': ({ days }) => {
      const tally = tallyOf(hosts);
      const changed = (from, to) =>
        hosts.filter((host) => host.verdict === to).map(({ id, name }) => ({ id, name, before: from, now: to }));
      const [worse, better] = [changed('trusted', 'failed'), changed('failed', 'trusted').slice(0, 3)];
      return {
        nowMs: startedAtMs,
        sinceMs: startedAtMs - days * 24 * HOUR,
        beganAtMs: size === 0 ? null : startedAtMs - 45 * 24 * HOUR,
        tally,
        before: size === 0 ? null : { ...tally, trusted: tally.trusted + tally.failed, failed: 0 },
        target: size === 0 ? null : 98,
        changes: { better: better.length, worse: worse.length, fresh: 0, firstBetter: better, firstWorse: worse.slice(0, 200) },
        trend: trendOf(kind, tally, startedAtMs),
        links: LINKS.map((link, index) => ({
          link,
          ...Object.fromEntries(
            ['trusted', 'failed', 'inconclusive'].map((verdict) => [verdict, hosts.filter((host) => host.chain[index] === verdict).length]),
          ),
          notRequired: hosts.filter((host) => host.chain[index] === 'not-required').length,
          firstBroken: hosts.filter((host) => host.brokenLink === link).length,
        })),
        causes: { total: 0, rows: [] },
        waivers: { total: 0, rows: [] },
        detect: { findings: worse.length, medianMs: worse.length === 0 ? null : 5 * 60_000, worstMs: worse.length === 0 ? null : HOUR },
        resolve: { findings: 0, medianMs: null },
      };
    },
    'endpoints.list': endpoints,
    'poll.now': () => ({ started: true }),
  };
};
