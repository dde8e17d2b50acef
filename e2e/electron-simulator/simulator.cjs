'use strict';
// Loaded before the app by dist/electron. Puts the simulated `electron` module in place, starts Chromium, then Playwright's loader.
const { isMainThread } = require('node:worker_threads');

const start = () => {
  const { spawn } = require('node:child_process');
  const { EventEmitter } = require('node:events');
  const fs = require('node:fs');
  const Module = require('node:module');
  const os = require('node:os');
  const path = require('node:path');
  const { createApp, unsupported } = require('./app.cjs');
  const { Cdp } = require('./cdp.cjs');
  const { createWindows } = require('./window.cjs');

  const root = path.resolve(process.argv[1] ?? '.');
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const electronVersion = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8')).version;
  Object.defineProperty(process.versions, 'electron', { value: `${electronVersion}-sim`, enumerable: true });

  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'electron-sim-'));
  const flags = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --no-startup-window --hide-scrollbars --remote-debugging-port=0';
  const browser = spawn(process.env.PLUMBLINE_CHROMIUM ?? '/usr/bin/chromium', [...flags.split(' '), `--user-data-dir=${profile}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let ended = false;
  const shutdown = (code) => {
    if (ended) return;
    ended = true;
    browser.once('exit', () => {
      fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      process.exit(code);
    });
    browser.kill('SIGKILL');
  };
  browser.once('exit', () => shutdownUnexpectedly());
  const shutdownUnexpectedly = () => {
    if (!ended) {
      process.stderr.write('electron-sim: Chromium ended\n');
      process.exit(71);
    }
  };
  process.once('exit', () => browser.kill('SIGKILL'));

  // Calls made before Chromium answers wait for it.
  let connected;
  const connection = new Promise((resolve) => {
    connected = resolve;
  });
  const chromium = Object.assign(new EventEmitter(), { send: (...args) => connection.then((cdp) => cdp.send(...args)) });
  chromium.setMaxListeners(0);

  const windows = new Set();
  const schemes = new Map();
  const ipcHandlers = new Map();
  const app = createApp({ root, manifest, argv: process.argv.slice(2), windows, shutdown });
  const session = Object.assign(new EventEmitter(), { setPermissionRequestHandler() {}, setPermissionCheckHandler() {} });
  const { BrowserWindow, webContents } = createWindows({ chromium, schemes, ipcHandlers, app, windows, session });

  const simulated = {
    app,
    BrowserWindow,
    webContents,
    session: { defaultSession: session },
    Menu: { setApplicationMenu() {} },
    ipcMain: Object.assign(new EventEmitter(), {
      handle: (channel, handler) => {
        if (ipcHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
        ipcHandlers.set(channel, handler);
      },
      removeHandler: (channel) => ipcHandlers.delete(channel),
    }),
    protocol: {
      registerSchemesAsPrivileged: (list) => {
        if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
        for (const { scheme } of list) schemes.set(scheme, { handler: null });
      },
      handle: (scheme, handler) => {
        const known = schemes.get(scheme) ?? unsupported(`protocol.handle('${scheme}') without registerSchemesAsPrivileged`);
        known.handler = handler;
      },
    },
    dialog: {
      // A test puts its own in place, as it must with Electron, too: nobody answers a native dialog there.
      showSaveDialog: () => unsupported('dialog.showSaveDialog'),
      showErrorBox: (title, content) => process.stderr.write(`electron-sim: error box: ${title}: ${content}\n`),
    },
  };
  const names = ['app', 'BrowserWindow', 'webContents', 'session', 'Menu', 'ipcMain', 'protocol', 'dialog', 'shell', 'Tray', 'Notification', 'nativeTheme', 'safeStorage', 'utilityProcess', 'autoUpdater', 'clipboard', 'screen', 'net'];
  const electron = {};
  for (const name of names) {
    electron[name] =
      simulated[name] ?? new Proxy(function () {}, { get: (_target, key) => unsupported(`electron.${name}.${String(key)}`), construct: () => unsupported(`new electron.${name}()`) });
  }

  const source = `const electron = globalThis.electronSim; export default electron; ${names.map((name) => `export const ${name} = electron.${name};`).join(' ')}`;
  globalThis.electronSim = electron;
  Module.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' && context.conditions.includes('import') ? { url: 'electron-sim:main', format: 'module', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => (url === 'electron-sim:main' ? { format: 'module', shortCircuit: true, source } : next(url, context)),
  });
  const originalLoad = Module._load;
  Module._load = (request, ...rest) => (request === 'electron' ? electron : originalLoad.call(Module, request, ...rest));

  const onEndpoint = async (endpoint) => {
    const cdp = await Cdp.connect(endpoint);
    const emit = cdp.emit.bind(cdp);
    cdp.emit = (name, ...args) => {
      chromium.emit(name, ...args);
      return emit(name, ...args);
    };
    cdp.on('Target.targetDestroyed', ({ targetId }) => BrowserWindow.fromWebContents(webContents.fromDevToolsTargetId(targetId))?.simGone());
    await cdp.send('Target.setDiscoverTargets', { discover: true });
    connected(cdp);
    // Playwright reads this line from stderr, as it does from Electron.
    process.stderr.write(`DevTools listening on ${endpoint}\n`);
    app.simReady();
  };
  let log = '';
  let found = false;
  browser.stderr.on('data', (chunk) => {
    if (found) return;
    log += chunk;
    const match = /DevTools listening on (ws:\S+)/.exec(log);
    if (!match) return;
    found = true;
    void onEndpoint(match[1]);
  });

  if (process.env.ELECTRON_SIM_REQUIRE) require(process.env.ELECTRON_SIM_REQUIRE);
};

// Worker threads inherit --require; they have no electron.
if (isMainThread) start();
