'use strict';
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const { cancellable, unsupported } = require('./app.cjs');
const { codec, pageWorld, preloadWorld } = require('./worlds.cjs');

const { encode, decode } = new Function(`${codec}; return { encode: simEncode, decode: simDecode };`)();
const HOST_SUFFIX = '.electron-sim.invalid';
const INSECURE = { contextIsolation: false, sandbox: false, webSecurity: false, nodeIntegration: true, webviewTag: true, allowRunningInsecureContent: true };

/** Registered schemes appear to Chromium as https on a reserved name, and are answered by the app's own handler. */
const createAddresses = (schemes) => ({
  toWeb: (address) => {
    const url = new URL(address);
    const scheme = url.protocol.slice(0, -1);
    return schemes.has(scheme) ? `https://${url.host}.${scheme}${HOST_SUFFIX}${url.pathname}${url.search}${url.hash}` : address;
  },
  fromWeb: (address) => {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url?.hostname.endsWith(HOST_SUFFIX)) return address;
    const parts = url.hostname.slice(0, -HOST_SUFFIX.length).split('.');
    const scheme = parts.pop();
    return `${scheme}://${parts.join('.')}${url.pathname}${url.search}${url.hash}`;
  },
});

const createWindows = ({ chromium, schemes, ipcHandlers, app, windows, session }) => {
  const { toWeb, fromWeb } = createAddresses(schemes);
  let sequence = 0;

  class WebContents extends EventEmitter {
    #preloadContext;
    #allowed;
    #url = '';
    #openHandler = null;
    #setup;
    #send;

    constructor(window, options) {
      super();
      sequence += 1;
      this.id = sequence;
      this.session = session;
      const url = () => this.#url;
      this.mainFrame = Object.freeze({
        get url() {
          return url();
        },
        parent: null,
        detached: false,
      });
      this.#setup = this.#start(window, options);
      this.#setup.catch((error) => {
        process.stderr.write(`electron-sim: ${error.stack}\n`);
        app.exit(70);
      });
    }

    async #start(window, options) {
      const { width = 800, height = 600, webPreferences = {} } = options;
      this.simTarget = (await chromium.send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height })).targetId;
      const { sessionId } = await chromium.send('Target.attachToTarget', { targetId: this.simTarget, flatten: true });
      this.#send = (method, params) => chromium.send(method, params, sessionId);
      const on = (method, listener) => chromium.on(`${sessionId}:${method}`, listener);
      on('Runtime.executionContextCreated', ({ context }) => {
        if (context.name === 'electron-preload' && context.auxData.frameId === this.simTarget) this.#preloadContext = context.id;
      });
      on('Runtime.executionContextsCleared', () => {
        this.#preloadContext = undefined;
      });
      on('Runtime.bindingCalled', (call) => {
        if (call.name === 'simSend') void this.#fromPreload(JSON.parse(call.payload), call.executionContextId);
      });
      on('Page.frameNavigated', ({ frame }) => {
        if (!frame.parentId) this.#url = fromWeb(frame.url);
      });
      on('Page.loadEventFired', () => {
        this.emit('did-finish-load', cancellable());
        window.simShown();
      });
      on('Fetch.requestPaused', (request) => void this.#request(request));
      await Promise.all([
        this.#send('Page.enable'),
        this.#send('Runtime.enable'),
        this.#send('Fetch.enable', { patterns: [{ urlPattern: `https://*${HOST_SUFFIX}/*` }, { urlPattern: '*', resourceType: 'Document' }] }),
      ]);
      if (webPreferences.preload) {
        const source = fs.readFileSync(webPreferences.preload, 'utf8');
        await this.#send('Runtime.addBinding', { name: 'simSend', executionContextName: 'electron-preload' });
        await this.#send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorld });
        await this.#send('Page.addScriptToEvaluateOnNewDocument', { source: preloadWorld(source, webPreferences.preload), worldName: 'electron-preload' });
      }
    }

    async #fromPreload(message, contextId) {
      if (message.kind === 'open') {
        const answer = this.#openHandler?.({ url: fromWeb(message.url), frameName: '', features: '', disposition: 'foreground-tab' }) ?? { action: 'allow' };
        if (answer.action !== 'deny') unsupported('window.open that is allowed');
        return;
      }
      const deliver = (reply) => this.#send('Runtime.evaluate', { contextId, expression: `simDeliver(${JSON.stringify(reply)})` }).catch(() => {});
      const handler = ipcHandlers.get(message.channel);
      try {
        if (!handler) throw new Error(`No handler registered for '${message.channel}'`);
        const value = await handler(cancellable({ sender: this, senderFrame: this.mainFrame, type: 'frame' }), ...decode(message.args));
        await deliver({ kind: 'reply', id: message.id, ok: true, value: encode(value) });
      } catch (error) {
        await deliver({ kind: 'reply', id: message.id, ok: false, value: `Error invoking remote method '${message.channel}': ${error}` });
      }
    }

    async #request({ requestId, request, resourceType, frameId }) {
      const url = fromWeb(request.url);
      const respond = (method, params = {}) => this.#send(method, { requestId, ...params }).catch(() => {});
      if (resourceType === 'Document' && frameId === this.simTarget && this.#allowed !== request.url) {
        const event = cancellable({ url, isMainFrame: true, isSameDocument: false });
        this.emit('will-navigate', event, url);
        if (event.defaultPrevented) return respond('Fetch.failRequest', { errorReason: 'Aborted' });
      }
      this.#allowed = undefined;
      const handler = URL.canParse(url) ? schemes.get(new URL(url).protocol.slice(0, -1))?.handler : null;
      if (!handler) return respond('Fetch.continueRequest');
      const response = await handler(new Request(url, { method: request.method, headers: request.headers }));
      return respond('Fetch.fulfillRequest', {
        responseCode: response.status,
        responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      });
    }

    async loadURL(address) {
      await this.#setup;
      const loaded = new Promise((resolve) => this.once('did-finish-load', resolve));
      const url = toWeb(address);
      this.#allowed = url;
      const { errorText } = await this.#send('Page.navigate', { url });
      if (errorText) throw new Error(`${errorText} loading '${address}'`);
      await loaded;
    }

    send(channel, ...args) {
      const message = { kind: 'event', channel, args: encode(args) };
      if (this.#preloadContext === undefined) return;
      void this.#send('Runtime.evaluate', { contextId: this.#preloadContext, expression: `simDeliver(${JSON.stringify(message)})` }).catch(() => {});
    }

    async executeJavaScript(expression) {
      const { result, exceptionDetails } = await this.#send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'script failed');
      return result.value;
    }

    simSettled() {
      return this.#setup;
    }
    getURL() {
      return this.#url;
    }
    setWindowOpenHandler(handler) {
      this.#openHandler = handler;
    }
  }

  class BrowserWindow extends EventEmitter {
    #gone = false;
    #visible;
    #shown = false;

    constructor(options = {}) {
      super();
      if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
      const preferences = options.webPreferences ?? {};
      for (const [key, value] of Object.entries(INSECURE)) if (preferences[key] === value) unsupported(`webPreferences.${key}: ${value}`);
      this.#visible = options.show !== false;
      windows.add(this);
      this.webContents = new WebContents(this, options);
      queueMicrotask(() => app.emit('web-contents-created', cancellable(), this.webContents));
    }
    simShown() {
      if (this.#shown) return;
      this.#shown = true;
      this.emit('ready-to-show');
    }
    async simClose() {
      if (this.#gone) return;
      const event = cancellable();
      this.emit('close', event);
      if (event.defaultPrevented) return;
      await this.webContents.simSettled();
      await chromium.send('Target.closeTarget', { targetId: this.webContents.simTarget }).catch(() => {});
      this.simGone();
    }
    simGone() {
      if (this.#gone) return;
      this.#gone = true;
      windows.delete(this);
      this.emit('closed');
      if (windows.size === 0 && !app.simIsQuitting()) app.emit('window-all-closed');
    }
    loadURL(address) {
      return this.webContents.loadURL(address);
    }
    close() {
      void this.simClose();
    }
    isDestroyed() {
      return this.#gone;
    }
    isVisible() {
      return this.#visible;
    }
    show() {
      this.#visible = true;
    }
    isMinimized() {
      return false;
    }
    restore() {}
    focus() {}
    static getAllWindows() {
      return [...windows];
    }
    static fromWebContents(contents) {
      return [...windows].find((window) => window.webContents === contents) ?? null;
    }
  }

  const webContents = {
    fromDevToolsTargetId: (target) => [...windows].map((window) => window.webContents).find((contents) => contents.simTarget === target),
    getAllWebContents: () => [...windows].map((window) => window.webContents),
  };
  return { BrowserWindow, webContents };
};

module.exports = { createWindows };
