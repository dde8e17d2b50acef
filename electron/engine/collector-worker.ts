import { parentPort, workerData } from 'node:worker_threads';
import type { Blob, HostRecord } from '../store/records.ts';
import { createCollector, type Prior } from './collector.ts';
import { collectorStartSchema, type FromCollector, toCollectorSchema } from './collector-messages.ts';
import { loadConfig } from './load-config.ts';

const packedIn = (blob: Blob | null | undefined): readonly Uint8Array[] => {
  if (blob?.encoding === 'pieces') return blob.stretches.flatMap(({ pieces }) => pieces?.flatMap(({ packed }) => packed ?? []) ?? []);
  return blob?.encoding === 'gzip' ? [blob.bytes] : [];
};

/** Packed evidence is the record's alone and need not be copied to change threads; plain evidence may still be kept here, by content. */
const movable = (record: HostRecord): ArrayBuffer[] => {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of [record.blobs?.eventLog, record.blobs?.ima].flatMap(packedIn))
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  return [...buffers];
};

/** The collector's own thread: sweeps, verification and appraisal, so that none of them delays an answer of the engine. */
const run = (): void => {
  const port = parentPort;
  if (!port) throw new Error('the collector runs in a worker thread');
  const start = collectorStartSchema.parse(workerData);
  const config = loadConfig(start.endpointsPath, null);
  if (!config.ok) throw new Error(config.problem.message);
  const send = (message: FromCollector, move: ArrayBuffer[] = []): void => port.postMessage(message, move);
  const priors = new Map<number, (prior: Prior | null) => void>();
  const recorded = new Map<number, () => void>();
  let next = 0;
  const tellState = (): void => {
    for (const { name } of config.value.endpoints)
      send({ type: 'state', endpoint: name, sweeping: collector.isSweeping(name), nextAtMs: collector.nextSweepAtMs(name) });
  };
  const collector = createCollector(
    {
      endpoints: config.value.endpoints,
      endorsement: config.value.endorsement,
      inForce: start.inForce,
      references: start.references,
      nowMs: Date.now,
    },
    {
      prior: (endpoint, host, ekSha256) =>
        new Promise((resolve) => {
          next += 1;
          priors.set(next, resolve);
          send({ type: 'prior', id: next, endpoint, host, ekSha256 });
        }),
      onRecord: (record) =>
        new Promise((resolve) => {
          next += 1;
          recorded.set(next, resolve);
          send({ type: 'record', id: next, record }, movable(record));
        }),
      onSweep: (report) => {
        send({ type: 'sweep', report });
        // The next sweep is scheduled right after this one is told.
        setImmediate(tellState);
      },
      onProgress: (endpoint, done, total, running) => {
        send({ type: 'progress', endpoint, done, total, running });
        if (done === 0) tellState();
      },
    },
  );
  port.on('message', (raw) => {
    const message = toCollectorSchema.parse(raw);
    switch (message.type) {
      case 'start':
        collector.start();
        tellState();
        break;
      case 'manifest':
        collector.setManifest(message.inForce);
        break;
      case 'references':
        collector.setReferences(message.sets);
        break;
      case 'sweep-now':
        collector.sweepNow();
        tellState();
        break;
      case 'prior':
        priors.get(message.id)?.(message.prior);
        priors.delete(message.id);
        break;
      case 'recorded':
        recorded.get(message.id)?.();
        recorded.delete(message.id);
        break;
      case 'stop':
        void collector.stop().then(() => {
          send({ type: 'stopped' });
          port.close();
          return undefined;
        });
        break;
    }
  });
};

run();
