import path from 'node:path';
import { app, BrowserWindow, dialog, Menu, session } from 'electron';
import { DEMO_HOSTS, startDemoFleet } from './engine/demo-fleet.ts';
import { startEngine } from './engine/host.ts';
import type { EngineStart } from './engine/messages.ts';
import { connectWindow } from './shells/desktop/ipc.ts';
import { confine, denyPermissions, START_URL } from './shells/desktop/policy.ts';
import { registerScheme, serveRenderer } from './shells/desktop/protocol.ts';
import { runSelfTest } from './shells/desktop/self-test.ts';
import { shownEngine } from './shells/leave-demo.ts';

/** Composition root of the desktop app: window, protocol, engine, nothing else. */
const here = import.meta.dirname;
const option = (name: string): string | null => {
  const value = app.commandLine.getSwitchValue(name);
  return value === '' ? null : value;
};

const start = async (): Promise<void> => {
  Menu.setApplicationMenu(null);
  denyPermissions(session.defaultSession);
  serveRenderer(path.join(here, '../renderer'));
  const demo = app.commandLine.hasSwitch('demo');
  const pack = option('pack');
  const selfTest = app.commandLine.hasSwitch('self-test');
  const realFolder = path.join(app.getPath('userData'), 'data');
  const dataFolder = option('data') ?? (demo ? path.join(app.getPath('userData'), 'demo') : realFolder);

  const refuse = (message: string, nextStep: string): void => {
    process.stderr.write(`plumbline: ${message}\n${nextStep}\n`);
    if (!selfTest) dialog.showErrorBox('Plumbline cannot start', `${message}\n\n${nextStep}`);
    app.exit(2);
  };
  const hosts = Number(option('demo-hosts') ?? DEMO_HOSTS);
  const fleet = demo ? await startDemoFleet(new URL('simulator-worker.js', import.meta.url), dataFolder, hosts) : null;
  if (fleet && !fleet.ok) return refuse(fleet.problem.message, fleet.problem.nextStep);
  const leavesTo =
    demo && pack === null && !app.commandLine.hasSwitch('read-only') && path.resolve(dataFolder) !== realFolder ? realFolder : null;
  const worker = new URL('engine-worker.js', import.meta.url);
  const ofData: EngineStart = {
    dataFolder,
    endpointsPath: fleet?.value.endpointsFile ?? option('endpoints'),
    manifestPath: option('manifest'),
    version: app.getVersion(),
    shell: 'desktop',
    leavesTo,
    readOnly: app.commandLine.hasSwitch('read-only'),
    pack: pack === null ? null : { file: path.resolve(pack), keys: [option('key')].filter((key) => key !== null) },
  };
  const started = await startEngine(worker, ofData);
  if (!started.ok) return refuse(started.problem.message, started.problem.nextStep);
  const engine = shownEngine(
    started.value,
    dataFolder,
    fleet?.value ?? null,
    leavesTo === null
      ? null
      : {
          dataFolder: realFolder,
          start: () => startEngine(worker, { ...ofData, dataFolder: realFolder, endpointsPath: null, manifestPath: null, leavesTo: null }),
          onLeft: () => {},
        },
  );
  engine.onCrash((message) => refuse(`The engine stopped: ${message}`, 'Start Plumbline again; what was recorded is kept.'));

  const window = new BrowserWindow({
    width: 1280,
    height: 840,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Plumbline',
    webPreferences: {
      preload: path.join(here, '../preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: !app.isPackaged,
    },
  });
  connectWindow(window, engine);
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  let stopped = false;
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    stopped = true;
    void engine.stop().finally(() => app.quit());
  });
  if (!selfTest) window.once('ready-to-show', () => window.show());
  await window.loadURL(START_URL);
  if (selfTest) await runSelfTest(window, engine);
};

app.enableSandbox();
registerScheme();
app.on('web-contents-created', (_event, contents) => confine(contents));
app.on('window-all-closed', () => app.quit());
/** What only shows may be open beside the one that keeps the record. */
const shows = app.commandLine.hasSwitch('read-only') || option('pack') !== null;
if (!app.commandLine.hasSwitch('self-test') && !shows && !app.requestSingleInstanceLock()) app.quit();
else void app.whenReady().then(start);
