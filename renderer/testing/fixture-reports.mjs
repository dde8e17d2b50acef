/** Reports, exports and what people said of items, of the synthetic fleet. Development only. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STATES = ['ready', 'approved', 'flagged', 'not-applicable'];
const NONE = { count: 0, first: [] };

const hex = (n) => Array.from({ length: 64 }, (_, at) => ((n * 7 + at * at * 13 + at) % 16).toString(16)).join('');
const stamp = (ms) => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
const FORMATS = [
  ['csv', 'hosts', 'csv'],
  ['pdf', 'report', 'pdf'],
  ['json-lines', 'ledger', 'jsonl'],
  ['oscal', 'hosts', 'json'],
  ['pack', 'hosts', 'zip'],
  ['pdf-board', 'board', 'pdf'],
];
const QUERIES = ['', 'verdict = failed and country in (DE, FR)', 'host_class = "database" and failed_link in (boot-loader, kernel)', ''];

const exportAt = (n, nowMs) => {
  const [format, name, extension] = FORMATS[n % FORMATS.length];
  const atMs = nowMs - 20 * MINUTE - n * 7 * HOUR;
  const rows = format === 'json-lines' ? 'ledger' : 'hosts';
  return {
    id: 18_300 - n * 11,
    name: `plumbline-${name}-${stamp(atMs)}.${extension}`,
    format,
    rows,
    count: format === 'oscal' ? 25 : 50 + ((n * 37) % 900),
    bytes: 4_200 + ((n * 918_273) % 48_000_000),
    sha256: hex(n + 3),
    query: rows === 'ledger' ? 'kind = "export"' : QUERIES[n % QUERIES.length],
    ...(format === 'oscal' && {
      sample: {
        algorithm: 'plumbline-sample-v1',
        size: 25,
        seed: 'audit-2026q4:dice-4-6-1-1-3',
        seedBy: 'given',
        population: 1_412,
        populationSha256: hex(n + 9),
      },
    }),
    cutOffMs: atMs,
    madeAtMs: atMs + 2_000,
    who: n % 3 === 0 ? 'Plumbline' : 'm.weber',
  };
};

const HOSTS = { rows: 'hosts', query: {}, sort: { by: 'verdict', descending: false } };
const reportAt = (id, name, definition, lastRun, more = {}) => ({
  id,
  definition: { name, note: '', format: 'csv', schedule: null, of: HOSTS, ...definition },
  definedBy: 'm.weber',
  definedAtMs: Date.UTC(2026, 8, 1),
  lastRun,
  nextRunAtMs: null,
  problem: null,
  ...more,
});

const reportsOf = (kind, nowMs) => {
  if (kind === 'empty') return [];
  const run = { entry: 18_204, cutOffMs: nowMs - 3 * HOUR, count: 50, difference: null, flagged: NONE };
  const usual = [
    reportAt(
      1,
      'Audit sample, quarter 4',
      {
        note: 'For Okafor & Lind. The seed was named by them in the meeting of 2 November.',
        format: 'oscal',
        of: { ...HOSTS, sample: { size: 25, seed: 'audit-2026q4:dice-4-6-1-1-3' } },
        schedule: { every: 'week', weekday: 1, minute: 390 },
      },
      {
        ...run,
        count: 25,
        difference: {
          sinceMs: nowMs - 7 * DAY,
          added: NONE,
          removed: NONE,
          changed: {
            count: 2,
            first: ['ber1-web-07', 'zrh1-database-02'].map((name, at) => ({
              name,
              before: at === 0 ? 'trusted' : 'failed',
              after: at === 0 ? 'failed' : 'trusted',
            })),
          },
        },
        flagged: {
          count: 2,
          first: [
            {
              kind: 'host',
              name: 'fra2-storage-04',
              before: 'failed',
              after: 'failed',
              comment: 'Shim 15.7 is still there; ticket 4711 was to be done by the 14th.',
            },
            {
              kind: 'host',
              name: 'zrh1-database-02',
              before: 'failed',
              after: 'trusted',
              comment: 'Kernel is not among the approved ones.',
            },
          ],
        },
      },
      { nextRunAtMs: nowMs + 2 * DAY },
    ),
    reportAt(
      2,
      'Board, monthly',
      { format: 'pdf-board', schedule: { every: 'month', day: 1, minute: 360 } },
      {
        ...run,
        difference: {
          sinceMs: nowMs - 30 * DAY,
          added: { count: 3, first: ['hel1-edge-11', 'hel1-edge-12', 'hel1-edge-13'] },
          removed: NONE,
          changed: NONE,
        },
      },
      { nextRunAtMs: nowMs + 9 * DAY },
    ),
    reportAt(
      3,
      'Findings of the week',
      { of: { rows: 'findings', query: {}, sort: 'newest', lastDays: 30 }, schedule: { every: 'day', minute: 0 } },
      run,
      {
        nextRunAtMs: nowMs + 4 * HOUR,
        problem:
          kind === 'failed'
            ? {
                code: 'report-failed',
                message: 'The export could not be written: no space left on device. Nothing is left of the file.',
                nextStep: 'Free space on the disk or check the rights of the folder, then begin again.',
              }
            : null,
      },
    ),
    reportAt(4, 'Databases in Germany', { of: { ...HOSTS, filter: 'host_class = "database" and country = DE' } }, null),
  ];
  if (kind !== 'large') return usual;
  return [
    ...usual,
    ...Array.from({ length: 196 }, (_, n) =>
      reportAt(n + 5, `Customer ${String(n + 1).padStart(3, '0')}, weekly`, { of: { ...HOSTS, filter: `label.tenant = "${n}"` } }, run),
    ),
  ];
};

const COMMENTS = {
  flagged: 'Shim 15.7 is still there; ticket 4711 was to be done by the 14th.',
  'not-applicable': 'Lab host, out of scope by the audit plan.',
  approved: '',
};
const CONTROLS = [
  ['sp800-53r5 CM-8', 'System component inventory', 'supported'],
  ['sp800-53r5 SI-7', 'Software, firmware and information integrity', 'against'],
  ['sp800-53r5 SI-7(6)', 'Cryptographic protection', 'not-evaluated'],
  ['iso27001-2022 A.8.9', 'Configuration management', 'not-evaluated'],
];

/** Answers to what Reports and Record, Exports ask. */
export const makeReports = (kind, nowMs, hosts) => {
  const exported = kind === 'empty' ? [] : Array.from({ length: kind === 'large' ? 500 : 9 }, (_, n) => exportAt(n, nowMs));
  const reports = reportsOf(kind, nowMs);
  const saidOf = (state, n) => ({
    run: 18_204,
    sha256: hex(4),
    state,
    comment: COMMENTS[state] ?? '',
    who: n % 2 === 0 ? 'a.lindqvist' : 'm.weber',
    atMs: nowMs - n * 9 * MINUTE,
    standing: 'failed',
    entry: 18_260 + n,
  });
  const judged = new Map();
  const itemsOf = (of) => {
    const rows =
      of === 'control'
        ? CONTROLS.map(([id, name, standing]) => ({ id, name, standing }))
        : hosts.map(({ id, name, verdict }) => ({ id, name, standing: verdict }));
    return rows.map((row, n) => {
      const state =
        judged.get(`${of} ${row.id}`)?.state ??
        (n % 9 === 2 ? 'flagged' : n % 4 === 1 ? 'approved' : n % 17 === 5 ? 'not-applicable' : 'ready');
      const said = judged.get(`${of} ${row.id}`) ?? (state === 'ready' ? null : saidOf(state, n));
      return {
        kind: of,
        ...row,
        state,
        said,
        former: n % 7 === 0 ? { ...saidOf('flagged', n), run: 17_800, atMs: nowMs - 7 * DAY } : null,
      };
    });
  };
  return {
    'exports.list': () => exported,
    'exports.get': ({ id }) => exported.find((one) => one.id === id) ?? null,
    'exports.delete': ({ id }) => {
      exported.splice(
        exported.findIndex((one) => one.id === id),
        1,
      );
      return { state: 'done' };
    },
    'reports.list': () => reports,
    'reports.save': ({ id }) => ({ state: 'done', id: id ?? 99 }),
    'reports.delete': ({ id }) => ({ state: 'done', id }),
    'reports.run': () => ({ state: 'refused', message: 'Another export is under way.', nextStep: 'Wait for its end, or stop it.' }),
    'reports.items': ({ id, kind: of, state, text = '', offset, limit }) => {
      if (!reports.find((one) => one.id === id)?.lastRun) return null;
      const all = itemsOf(of);
      const rows = all.filter((item) => (state === undefined || item.state === state) && item.name.includes(text));
      return {
        run: { entry: 18_204, cutOffMs: nowMs - 3 * HOUR, sha256: hex(4) },
        counts: Object.fromEntries(STATES.map((one) => [one, all.filter((item) => item.state === one).length])),
        kinds: { host: hosts.length, control: CONTROLS.length },
        total: rows.length,
        rows: rows.slice(offset, offset + limit),
      };
    },
    'reports.itemHistory': ({ item }) => {
      const found = itemsOf(item.kind).find(({ id }) => id === item.id);
      const rows = [found?.said, found?.former].filter(Boolean);
      return { total: rows.length, rows };
    },
    'reports.assess': ({ id, assessment }) => {
      for (const { kind: of, id: item } of assessment.items)
        judged.set(`${of} ${item}`, { ...saidOf(assessment.state, 0), atMs: Date.now(), comment: assessment.comment });
      return { state: 'done', id };
    },
  };
};
