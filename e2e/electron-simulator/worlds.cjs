'use strict';
// Scripts for the page's two worlds. The preload lives in an isolated world, as in Electron: the worlds share the DOM and nothing
// else, so every value crosses as a string in a DOM event, reduced to what structured clone lets through.

/** Encodes what may cross; anything else throws as Electron does. Functions cross only through contextBridge, as references. */
const codec = `
const simEncode = (value, onFunction, seen = new Set()) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === undefined) return { t: 'undefined' };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { t: 'number', v: String(value) };
  if (typeof value === 'bigint') return { t: 'bigint', v: String(value) };
  if (typeof value === 'function' && onFunction) return { t: 'function', v: onFunction(value) };
  if (typeof value !== 'object') throw new Error('An object could not be cloned.');
  if (seen.has(value)) throw new Error('electron-sim: cyclic values are not simulated');
  seen.add(value);
  const inner = (child) => simEncode(child, onFunction, seen);
  let out;
  if (value instanceof Date) out = { t: 'date', v: value.getTime() };
  else if (value instanceof Error) out = { t: 'error', v: value.message };
  else if (value instanceof Map) out = { t: 'map', v: [...value].map(inner) };
  else if (value instanceof Set) out = { t: 'set', v: [...value].map(inner) };
  else if (Array.isArray(value)) out = { t: 'array', v: value.map(inner) };
  else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new Error('An object could not be cloned.');
    out = { t: 'object', v: Object.entries(value).map(([key, child]) => [key, inner(child)]) };
  }
  seen.delete(value);
  return out;
};
const simDecode = (value, toFunction) => {
  if (value === null || typeof value !== 'object') return value;
  const inner = (child) => simDecode(child, toFunction);
  switch (value.t) {
    case 'undefined': return undefined;
    case 'number': return Number(value.v);
    case 'bigint': return BigInt(value.v);
    case 'date': return new Date(value.v);
    case 'error': return new Error(value.v);
    case 'map': return new Map(value.v.map(inner));
    case 'set': return new Set(value.v.map(inner));
    case 'array': return value.v.map(inner);
    case 'function': return toFunction(value.v);
    case 'object': return Object.fromEntries(value.v.map(([key, child]) => [key, inner(child)]));
    default: throw new Error('electron-sim: a value cannot be read');
  }
};`;

/** One end of the bridge: registers local functions, calls remote ones. A remote call always answers with a promise, as in Electron. */
const end = (outgoing, incoming) => `
const simFunctions = new Map(), simIds = new WeakMap(), simWaiting = new Map();
let simNext = 0;
const simFire = (message) => window.dispatchEvent(new CustomEvent('${outgoing}', { detail: JSON.stringify(message) }));
const simRegister = (local) => {
  if (!simIds.has(local)) { simNext += 1; simIds.set(local, simNext); simFunctions.set(simNext, local); }
  return simIds.get(local);
};
const simRemote = (id) => (...args) => {
  simNext += 1;
  const call = simNext, state = {};
  simWaiting.set(call, state);
  simFire({ kind: 'call', call, id, args: args.map((arg) => simEncode(arg, simRegister)) });
  if (state.settled) { if (state.error) throw state.error; return state.value; }
  return new Promise((resolve, reject) => { state.resolve = resolve; state.reject = reject; });
};
const simFreeze = (value) => {
  if (value && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) { Object.values(value).forEach(simFreeze); Object.freeze(value); }
  return value;
};
window.addEventListener('${incoming}', (event) => {
  const message = JSON.parse(event.detail);
  if (message.kind === 'call') {
    const settle = (mode, ok, value) => simFire({ kind: 'return', call: message.call, mode, ok, value: simEncode(value, simRegister) });
    const failed = (mode) => (error) => settle(mode, false, error instanceof Error ? error : new Error(String(error)));
    try {
      const result = simFunctions.get(message.id)(...message.args.map((arg) => simDecode(arg, simRemote)));
      if (result && typeof result.then === 'function') result.then((value) => settle('later', true, value), failed('later'));
      else settle('now', true, result);
    } catch (error) { failed('now')(error); }
  } else if (message.kind === 'return') {
    const state = simWaiting.get(message.call);
    if (!state) return;
    const value = simDecode(message.value, simRemote);
    if (message.mode === 'now') { state.settled = true; if (message.ok) state.value = value; else state.error = value; return; }
    simWaiting.delete(message.call);
    if (message.ok) state.resolve(value); else state.reject(value);
  } else if (message.kind === 'expose') {
    Object.defineProperty(window, message.key, { value: simFreeze(simDecode(message.api, simRemote)), enumerable: true, writable: false, configurable: false });
  }
});`;

/** New windows are caught in the page, so that none ever starts. */
const popups = `
window.open = (url = '') => { simFire({ kind: 'open', url: new URL(url, location.href).href }); return null; };
window.addEventListener('click', (event) => {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href);
  if (link && !event.defaultPrevented && (link.target === '_blank' || event.ctrlKey || event.metaKey)) { event.preventDefault(); window.open(link.href); }
});`;

const pageWorld = `(() => { if (window.top !== window) return; ${codec} ${end('sim-to-preload', 'sim-to-page')} ${popups} })();`;

/** The preload with what a sandboxed one may require: electron's renderer half, nothing of Node. */
const preloadWorld = (source, file) => `(() => {
if (window.top !== window) return;
${codec} ${end('sim-to-page', 'sim-to-preload')}
window.addEventListener('sim-to-preload', (event) => { if (JSON.parse(event.detail).kind === 'open') simSend(event.detail); });
const invoking = new Map(), listeners = new Map();
let sequence = 0;
globalThis.simDeliver = (message) => {
  if (message.kind === 'reply') {
    const waiting = invoking.get(message.id);
    invoking.delete(message.id);
    if (message.ok) waiting.resolve(simDecode(message.value)); else waiting.reject(new Error(message.value));
  } else for (const listener of [...(listeners.get(message.channel) ?? [])]) listener({}, ...simDecode(message.args));
};
const ipcRenderer = {
  invoke: (channel, ...args) => new Promise((resolve, reject) => {
    sequence += 1;
    const encoded = simEncode(args);
    invoking.set(sequence, { resolve, reject });
    simSend(JSON.stringify({ kind: 'invoke', id: sequence, channel, args: encoded }));
  }),
  on: (channel, listener) => { if (!listeners.has(channel)) listeners.set(channel, new Set()); listeners.get(channel).add(listener); return ipcRenderer; },
  removeListener: (channel, listener) => { listeners.get(channel)?.delete(listener); return ipcRenderer; },
};
const contextBridge = { exposeInMainWorld: (key, api) => simFire({ kind: 'expose', key, api: simEncode(api, simRegister) }) };
const require = (name) => {
  if (name === 'electron') return { ipcRenderer, contextBridge };
  throw new Error('module not found: ' + name + ' (sandboxed preload)');
};
const module = { exports: {} };
(function (exports, require, module) {
${source}
})(module.exports, require, module);
})();
//# sourceURL=${file}`;

module.exports = { codec, pageWorld, preloadWorld };
