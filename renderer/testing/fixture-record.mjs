/** The record of the synthetic fleet: ledger, jobs, anchors, key, retention. Development only. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEY = 'plumbline.invalid/ledger/8f3a61c0d2b94e57+3f9a1c20+AXm4Vq0c1l2Qw8b8j9b1pYw3Qn1Yw2a0m7uR2mXr0kZ5';
const NEXT_KEY = 'plumbline.invalid/ledger/8f3a61c0d2b94e57+b07e4d19+AV0b7tX2dS9o1qk6mZl8uY3e5hWc4rF7gN2jP9aQ6vTb';
const ENTRIES = 18_412;

const KINDS = [
  [
    'verdict.changed',
    'host ber1-web-07',
    'ber1-web-07 changed from trusted to failed. Boot loader changed: shim 15.7 instead of 15.8.',
    'Plumbline',
  ],
  ['sweep.confirmed', 'fleet', '48 confirmations of what was known.', 'Plumbline'],
  ['finding.acknowledged', 'finding 41', 'Acknowledged: planned firmware update.', 'm.weber'],
  ['manifest.activated', 'manifest', 'demo-fleet, version 3, is in force: payments may run in the EU only.', 'a.lindqvist'],
  ['anchor.made', 'folder /mnt/worm/plumbline', 'A checkpoint over 18,200 entries was put into /mnt/worm/plumbline.', 'Plumbline'],
  ['store.backed-up', 'database', '3400 pages to /var/lib/plumbline/backups. The key of the ledger is not part of it.', 'm.weber'],
];

const found = (code, entry, entries, sentence, nextStep) => ({ code, entry, entries, sentence, nextStep });
const FIRST_USE = found(
  'key-first-use',
  null,
  null,
  `The key ${KEY} was believed because it came first.`,
  'Give the verifier key that you got over another channel, to see a key that was swapped from the start.',
);
const OUTSIDE = found(
  'nothing-outside',
  null,
  null,
  'Nothing that was kept elsewhere was held against it. An older ledger in its place, or one that was written anew by whoever has the key, looks the same.',
  'Give a checkpoint that was kept elsewhere, or name anchors in the endpoints file.',
);
const WRONG = [
  found(
    'entry-changed',
    12_041,
    null,
    'Entry 12041 was changed: its bytes do not fit its leaf hash, and the leaf hash is the signed one.',
    'Compare this entry with a backup or an export, and find out who could write to the database.',
  ),
  found(
    'entry-removed',
    null,
    { from: 14_001, to: 14_009 },
    'Entries 14001 to 14009 were removed.',
    'Get the entry from a backup or an export, and find out who could write to the database.',
  ),
  found(
    'evidence-changed',
    17_730,
    null,
    'Evidence 9f86d081884c… of entry 17730 does not match its digest.',
    'Do not rely on this evidence: its bytes are not those that the entry vouches for.',
  ),
  found(
    'record-changed',
    12_041,
    null,
    'Host dc-demo/7: the record says another verdict than entry 12041.',
    'What screens show is not what was signed. Compare with a backup, and find out who could write to the database.',
  ),
];

const reportOf = (outcome) => ({
  outcome,
  entries: ENTRIES,
  checkpoints: 1_204,
  signed: ENTRIES,
  records: 2_310,
  confirmations: 402_118,
  wrong: outcome === 'broken' ? WRONG : [],
  notEvaluated: outcome === 'holds' ? [] : [FIRST_USE, OUTSIDE],
  remarks: [],
});
const SENTENCES = {
  holds: ['Nothing is wrong in 18,412 entries, and everything was evaluated.', null],
  partly: [
    'Nothing wrong was found in 18,412 entries, but 2 things could not be evaluated.',
    'Each of them is named with what to do about it.',
  ],
  broken: [
    'The record does not hold: 4 things wrong in 18,412 entries.',
    'Change nothing here. Copy the data folder, run plumbline audit verify on the copy elsewhere, and compare with a backup.',
  ],
};

const anchorsOf = (kind, nowMs) =>
  kind === 'empty' || kind === 'broken'
    ? []
    : [
        {
          kind: 'file',
          target: '/mnt/worm/plumbline',
          lastAtMs: nowMs - 12 * MINUTE,
          lastSize: ENTRIES - 31,
          everyMs: HOUR,
          problem: null,
          triedAgainAtMs: null,
        },
        {
          kind: 'time-stamp',
          target: 'https://tsa.example/tsr',
          lastAtMs: nowMs - 26 * HOUR,
          lastSize: ENTRIES - 870,
          everyMs: 24 * HOUR,
          problem: {
            code: 'anchor-refused',
            message: 'tsa.example refuses the connection.',
            nextStep: 'Check the address and the network.',
          },
          triedAgainAtMs: nowMs + 8 * MINUTE,
        },
        {
          kind: 'witness',
          target: 'https://witness.example',
          lastAtMs: null,
          lastSize: null,
          everyMs: HOUR,
          problem: null,
          triedAgainAtMs: null,
        },
      ];

/** Answers to what the record page asks. Kinds: running (a job goes on for good), broken, failed, holds, empty; others as usual. */
export const makeRecord = (kind, nowMs, tell) => {
  let key = KEY;
  let retention = { confirmationsDays: 90, quotesDays: 90, evidenceDays: 400, trendDays: 31 };
  let next = 1;
  const entries = kind === 'empty' ? 3 : ENTRIES;
  const jobs = [];
  const add = (job) => {
    const whole = {
      id: next,
      state: 'done',
      who: 'm.weber',
      startedAtMs: nowMs,
      endedAtMs: nowMs,
      done: 1,
      total: 1,
      sentence: '',
      nextStep: null,
      report: null,
      made: null,
      ...job,
    };
    next += 1;
    jobs.unshift(whole);
    return whole;
  };
  const checked = (outcome) => ({
    done: entries,
    total: entries,
    sentence: SENTENCES[outcome][0],
    nextStep: SENTENCES[outcome][1],
    report: reportOf(outcome),
  });
  if (kind !== 'empty') {
    add({
      kind: 'purge',
      who: 'Plumbline',
      startedAtMs: nowMs - 9 * HOUR,
      endedAtMs: nowMs - 9 * HOUR,
      sentence:
        '1440 batches of confirmations, 52 quotes, 3 pieces of evidence and 96 points of the trend were older than they are kept for.',
    });
    add({
      kind: 'backup',
      startedAtMs: nowMs - 3 * HOUR,
      endedAtMs: nowMs - 3 * HOUR,
      sentence: '3400 pages to /var/lib/plumbline/backups/plumbline-2026-11-21T11-40-00-000Z.db. The key of the ledger is not part of it.',
    });
    if (kind === 'failed')
      add({
        kind: 'backup',
        state: 'failed',
        sentence: 'The backup to /var/lib/plumbline/backups/plumbline-2026-11-21T14-40-00-000Z.db failed: no space left on device.',
        nextStep: 'Check the folder, its rights and its free space.',
      });
    if (kind === 'failed')
      add({
        kind: 'recheck',
        state: 'failed',
        sentence:
          'The database in /var/lib/plumbline cannot be read to its end: database disk image is malformed. Nothing can be concluded from it.',
        nextStep: 'Get it from a backup.',
      });
    else if (kind === 'running') {
      add({ kind: 'recheck', state: 'running', endedAtMs: null, done: 7_300, total: ENTRIES });
      add({ kind: 'backup', state: 'running', endedAtMs: null, done: 1_200, total: 3_400 });
    } else
      add({
        kind: 'recheck',
        startedAtMs: nowMs - HOUR,
        endedAtMs: nowMs - HOUR,
        ...checked(kind === 'broken' || kind === 'holds' ? kind : 'partly'),
      });
  }
  const change = (id, part) => {
    const at = jobs.findIndex((job) => job.id === id);
    jobs[at] = { ...jobs[at], ...part };
    tell('jobs.progress', jobs[at]);
  };
  const begin = (job, total, end) => {
    for (let step = 0; step <= 20; step += 1)
      setTimeout(() => {
        if (jobs.find(({ id }) => id === job.id)?.state !== 'running') return;
        change(
          job.id,
          step < 20
            ? { done: Math.round((total * step) / 20), total }
            : { ...end, state: 'done', endedAtMs: Date.now(), done: total, total },
        );
      }, step * 150);
  };
  const started = (wanted, given) => {
    if (jobs.some((job) => job.kind === wanted && job.state === 'running'))
      return { state: 'refused', message: 'This is under way already.', nextStep: 'Wait for its end, or stop it.' };
    if (given !== undefined && !given.includes('+'))
      return {
        state: 'refused',
        message: 'The key that was given cannot be read.',
        nextStep: 'Give the line that `plumbline audit key` printed, whole.',
      };
    const job = add({ kind: wanted, state: 'running', startedAtMs: Date.now(), endedAtMs: null, done: 0, total: 0 });
    begin(
      job,
      wanted === 'recheck' ? entries : 3_400,
      wanted === 'recheck' ? checked('partly') : { sentence: '3400 pages were worked on.' },
    );
    return { state: 'running', id: job.id };
  };
  return {
    'ledger.state': () => ({
      entries,
      checkpoint: {
        size: entries,
        atMs: nowMs - 40_000,
        note: `plumbline.invalid/ledger/8f3a61c0d2b94e57\n${entries}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— plumbline.invalid/ledger/8f3a61c0d2b94e57 P5ocIBrglgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`,
      },
      verifierKey: key,
      problem: null,
      anchors: anchorsOf(kind, nowMs),
      found: [],
    }),
    'ledger.list': ({ offset, limit }) => ({
      total: entries,
      rows: Array.from({ length: Math.min(limit, Math.max(0, entries - offset)) }, (_, at) => {
        const seq = entries - 1 - offset - at;
        const [entryKind, subject, sentence, name] = KINDS[seq % KINDS.length];
        const who = { kind: name === 'Plumbline' ? 'system' : 'os-user', name };
        return {
          seq,
          atMs: nowMs - (offset + at) * 37_000,
          who,
          kind: entryKind,
          subject,
          sentence,
          body: JSON.stringify({ detail: sentence }),
        };
      }),
    }),
    'ledger.rotateKey': () => {
      key = NEXT_KEY;
      return { ok: true, verifierKey: key };
    },
    'jobs.list': () => jobs,
    'jobs.start': ({ kind: wanted }) => started(wanted),
    'ledger.recheck': ({ key: given }) => started('recheck', given),
    'jobs.cancel': ({ id }) => {
      setTimeout(
        () => change(id, { state: 'stopped', endedAtMs: Date.now(), sentence: 'Stopped; what was done until then stays done.' }),
        400,
      );
      return {};
    },
    'retention.get': () => retention,
    'retention.set': (input) => {
      ({ retention } = input);
      return {};
    },
  };
};
