'use strict';
const { EventEmitter } = require('node:events');

/** Chromium's DevTools protocol over one WebSocket, with flat sessions. Events are emitted as `method` or `session:method`. */
class Cdp extends EventEmitter {
  #socket;
  #next = 0;
  #pending = new Map();

  constructor(socket) {
    super();
    this.setMaxListeners(0);
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(JSON.parse(event.data)));
  }

  static connect(url) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.addEventListener('open', () => resolve(new Cdp(socket)));
      socket.addEventListener('error', () => reject(new Error('electron-sim: Chromium does not answer')));
    });
  }

  send(method, params = {}, sessionId) {
    this.#next += 1;
    const id = this.#next;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject, method }));
  }

  #receive(message) {
    if (message.id === undefined) {
      this.emit(message.sessionId ? `${message.sessionId}:${message.method}` : message.method, message.params);
      return;
    }
    const waiting = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting?.resolve(message.result);
  }
}

module.exports = { Cdp };
