'use strict';
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const unsupported = (what) => {
  throw new Error(`electron-sim: ${what} is not simulated`);
};
const cancellable = (extra = {}) => ({
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true;
  },
  ...extra,
});

/** `app`: paths, switches, life cycle. `shutdown` ends Chromium and the process. */
const createApp = ({ root, manifest, argv, windows, shutdown }) => {
  const switches = new Map();
  for (const arg of argv) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    if (match) switches.set(match[1], match[2] ?? '');
  }
  let ready = false;
  let announceReady;
  const whenReady = new Promise((resolve) => {
    announceReady = resolve;
  });
  let quitting = false;
  const name = manifest.productName ?? manifest.name;
  const appData = process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config');
  const paths = { home: os.homedir(), appData, temp: os.tmpdir(), exe: process.execPath, userData: switches.get('user-data-dir') ?? path.join(appData, name) };

  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    getName: () => name,
    getVersion: () => manifest.version,
    getAppPath: () => root,
    getPath: (which) => paths[which] ?? unsupported(`app.getPath('${which}')`),
    enableSandbox() {},
    requestSingleInstanceLock: () => true,
    isReady: () => ready,
    whenReady: () => whenReady,
    commandLine: {
      hasSwitch: (key) => switches.has(key),
      getSwitchValue: (key) => switches.get(key) ?? '',
      appendSwitch: (key, value = '') => void switches.set(key, value),
    },
    exit: (code = 0) => shutdown(code),
    quit: () => {
      if (quitting) return;
      const before = cancellable();
      app.emit('before-quit', before);
      if (before.defaultPrevented) return;
      quitting = true;
      const closed = Promise.all([...windows].map((window) => window.simClose()));
      closed.then(() => {
        const will = cancellable();
        app.emit('will-quit', will);
        if (will.defaultPrevented) {
          quitting = false;
          return;
        }
        app.emit('quit', cancellable(), 0);
        shutdown(0);
      });
    },
    simIsQuitting: () => quitting,
    simReady: () => {
      fs.mkdirSync(paths.userData, { recursive: true });
      ready = true;
      app.emit('ready', cancellable(), {});
      announceReady();
    },
  });
  return app;
};

module.exports = { cancellable, createApp, unsupported };
