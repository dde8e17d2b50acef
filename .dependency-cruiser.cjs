/**
 * The walls of the house (ARCHITECTURE.md). Each rule is one row of the wall table: a room and all it may import.
 * Whatever a row does not allow is forbidden.
 */
const node = (...modules) => `^(node:)?(${modules.join('|')})$`;
const room = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  comment: `${name}: see the wall table in ARCHITECTURE.md`,
  // What only tests use may touch files, processes and sockets; no-test-code keeps it out of the product.
  from: { path: from, pathNot: '\\.test\\.tsx?$|/testing/' },
  to: { pathNot: allowed },
});
const npm = (...names) => names.map((name) => `node_modules/${name}/`);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-test-code', severity: 'error', from: { pathNot: '\\.test\\.tsx?$|^e2e/|/testing/' }, to: { path: '\\.test\\.tsx?$|^e2e/|/testing/' } },
    room('shared', '^shared/', '^shared/', ...npm('zod')),
    room('evidence', '^electron/evidence/', '^shared/', '^electron/evidence/', node('crypto')),
    room('appraisal', '^electron/appraisal/', '^shared/', '^electron/appraisal/', '^electron/evidence/types\\.ts$', node('crypto'), ...npm('zod', 'yaml', 're2js', 'iso-3166')),
    room('ledger', '^electron/ledger/', '^shared/', '^electron/ledger/', node('crypto'), ...npm('zod')),
    room('connector-port', '^electron/connectors/[^/]+\\.ts$', '^shared/', '^electron/connectors/[^/]+\\.ts$', '^electron/evidence/types\\.ts$', node('crypto', 'tls'), ...npm('zod', 'undici', 'yaml')),
    room('connector-keylime', '^electron/connectors/keylime/', '^shared/', '^electron/connectors/[^/]+\\.ts$', '^electron/connectors/keylime/', '^electron/evidence/types\\.ts$', node('crypto', 'tls', 'fs', 'fs/promises', 'path'), ...npm('zod', 'undici')),
    room('simulator', '^electron/simulator/', '^shared/', '^electron/simulator/', node('crypto', 'https', 'http', 'tls', 'net', 'fs', 'fs/promises', 'path', 'os', 'worker_threads', 'events', 'url'), ...npm('yaml', 'zod')),
    room('store', '^electron/store/', '^shared/', '^electron/store/', '^electron/ledger/', node('crypto', 'fs', 'fs/promises', 'os', 'path', 'zlib'), ...npm('better-sqlite3', '@types/better-sqlite3', 'zod')),
    // Of the store only what it reads and in which shape: a format opens nothing and writes nothing but its sink.
    room('reports', '^electron/reports/(?!pdf/)', '^shared/', '^electron/reports/', '^electron/ledger/', '^electron/store/(export-(rows|store)|host-evidence|report-facts|period-facts)\\.ts$', '^electron/pack/', '^resources/controls/', '^electron/(evidence|appraisal)/types\\.ts$', node('crypto', 'util', 'zlib'), ...npm('zod')),
    room('pack', '^electron/pack/', '^shared/', '^electron/pack/', '^electron/pdf-file/', '^electron/evidence/(index|types)\\.ts$', '^electron/ledger/', node('crypto', 'fs', 'util', 'zlib'), ...npm('zod', 'yauzl', '@types/yauzl')),
    // Bytes in, what they say out: the form of our own PDFs, and nothing of what is in them.
    room('pdf-file', '^electron/pdf-file/', '^shared/', '^electron/pdf-file/', node('crypto', 'zlib'), ...npm('zod')),
    room('signing', '^electron/signing/', '^shared/', '^electron/signing/', '^electron/pdf-file/', '^electron/ledger/timestamp/', node('crypto', 'fs'), ...npm('node-forge', '@types/node-forge')),
    { name: 'one-key-door', severity: 'error', from: { pathNot: '^electron/signing/' }, to: { path: 'node_modules/(node-forge|@types/node-forge)/' } },
    // Fonts come from files beside the program.
    room('reports-pdf', '^electron/reports/pdf/', '^shared/', '^electron/reports/', '^electron/ledger/', '^electron/pack/proof-schema\\.ts$', '^electron/store/(export-(rows|store)|report-facts|period-facts)\\.ts$', '^resources/controls/', '^electron/(evidence|appraisal)/types\\.ts$', node('crypto', 'zlib', 'fs', 'module'), ...npm('zod', 'pdfkit', '@types/pdfkit')),
    { name: 'one-database-door', severity: 'error', from: { pathNot: '^electron/store/' }, to: { path: 'node_modules/(better-sqlite3|@types/better-sqlite3)/' } },
    { name: 'one-electron-door', severity: 'error', from: { pathNot: '^electron/(shells/desktop/|main\\.ts$|preload\\.ts$)|^e2e/' }, to: { path: '^electron$|node_modules/electron/' } },
    { name: 'engine-knows-no-shell', severity: 'error', from: { path: '^electron/(engine|polling|connectors|evidence|appraisal|ledger|store|reports|pdf-file|signing|simulator)/' }, to: { path: '^electron/(shells|commands)/|^electron/(main|preload|cli)\\.ts$' } },
    room('shells', '^electron/shells/', '^shared/', '^electron/shells/', '^electron/engine/', '^electron$', node('.*'), ...npm('ws', '@types/ws', 'zod', 'electron')),
    { name: 'evidence-is-not-checked-by-its-own-encoder', severity: 'error', from: { path: '^electron/simulator/' }, to: { path: '^electron/evidence/' } },
    { name: 'outside-knows-no-renderer', severity: 'error', from: { path: '^(electron|shared)/' }, to: { path: '^renderer/' } },
    { name: 'renderer-one-side', severity: 'error', from: { path: '^renderer/' }, to: { path: '^electron/|^(node:)?(fs|path|os|crypto|net|http|https|child_process|worker_threads)$' } },
    { name: 'features-know-no-feature', severity: 'error', from: { path: '^renderer/features/([^/]+)/' }, to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' } },
    { name: 'features-know-no-app', severity: 'error', from: { path: '^renderer/(features|exporting|saved-views|ui|transport)/' }, to: { path: '^renderer/app/', pathNot: '^renderer/app/(theme|navigation)' } },
    { name: 'exporting-knows-no-feature', severity: 'error', from: { path: '^renderer/(exporting|saved-views|transport)/' }, to: { path: '^renderer/features/' } },
    { name: 'ui-knows-no-feature-and-no-transport', severity: 'error', from: { path: '^renderer/ui/' }, to: { path: '^renderer/(features|exporting|saved-views|transport|app)/|^shared/contract/' } },
    { name: 'nobody-knows-the-examples', severity: 'error', from: { pathNot: '^renderer/examples/' }, to: { path: '^renderer/examples/' } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\.(css|woff2)$|^electron$' } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
