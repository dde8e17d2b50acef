import type { Server as HttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Up to here every agent has a port of its own; beyond, agents share one port on distinct loopback addresses. */
const OWN_PORTS = 500;

export type AgentPorts = {
  readonly addresses: readonly { readonly ip: string; readonly port: number }[];
  readonly close: () => Promise<void>;
};

export type AgentPortsInput = {
  readonly count: number;
  readonly host: string;
  /** TLS servers are made when first called: most of a fleet's start time would go there. */
  readonly serverOf: (index: number) => HttpsServer;
  /** A host that is gone refuses connections. */
  readonly refuses: (index: number) => boolean;
};

const listening = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, 511, () => {
      const address: AddressInfo | string | null = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });

const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

const addressOf = (index: number): string => `127.77.${(index + 1) >> 8}.${(index + 1) & 0xff}`;

export const openAgentPorts = async (input: AgentPortsInput): Promise<AgentPorts> => {
  const servers = new Map<number, HttpsServer>();
  const sockets = new Set<Socket>();
  const accept = (index: number, socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (input.refuses(index)) {
      socket.resetAndDestroy();
      return;
    }
    const known = servers.get(index) ?? input.serverOf(index);
    servers.set(index, known);
    known.emit('connection', socket);
  };

  const shared = input.count > OWN_PORTS && process.platform === 'linux';
  const listeners: Server[] = [];
  const addresses: { ip: string; port: number }[] = [];
  if (shared) {
    const byAddress = new Map(Array.from({ length: input.count }, (_, index) => [addressOf(index), index]));
    const listener = createServer((socket) => {
      const index = byAddress.get(socket.localAddress ?? '');
      // Not one of ours: also everything that did not come over loopback.
      if (index === undefined) socket.destroy();
      else accept(index, socket);
    });
    listeners.push(listener);
    const port = await listening(listener, '0.0.0.0');
    for (let index = 0; index < input.count; index += 1) addresses.push({ ip: addressOf(index), port });
  } else {
    for (let index = 0; index < input.count; index += 1) listeners.push(createServer((socket) => accept(index, socket)));
    const ports = await Promise.all(listeners.map((listener) => listening(listener, input.host)));
    addresses.push(...ports.map((port) => ({ ip: input.host, port })));
  }

  // A port that nobody listens on is what "gone" looks like; checked as time passes.
  const watch = setInterval(() => {
    if (shared) return;
    listeners.forEach((listener, index) => {
      if (listener.listening && input.refuses(index)) listener.close();
    });
  }, 500);
  watch.unref();
  if (!shared) {
    await Promise.all(listeners.filter((_, index) => input.refuses(index)).map(closed));
  }

  return {
    addresses,
    close: async () => {
      clearInterval(watch);
      for (const socket of sockets) socket.destroy();
      for (const server of servers.values()) server.closeAllConnections();
      await Promise.all(listeners.filter((listener) => listener.listening).map(closed));
    },
  };
};
