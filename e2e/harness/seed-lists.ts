import { record, observe } from '../../electron/engine/testing/observation.ts';
import { BANK, agileEvent, bootLog, digest, type ImaFile } from '../../electron/evidence/testing/host.ts';
import { openStore } from '../../electron/store/store.ts';

const EV_IPL = 0x0d;
/** Every so many files, one has another content on the second host. */
const DIFFERS_EVERY = 500;

const fileOf = (index: number, host: string): ImaFile => {
  const path = `/opt/services/part-${index % 97}/program-${index}`;
  const content = index % DIFFERS_EVERY === DIFFERS_EVERY - 1 ? `${path} of ${host}` : path;
  return { path, digest: digest('sha256', Buffer.from(content)) };
};

/** A log of so many bytes at least, with one boot loader command that is of this host alone. */
const logOf = (bytes: number, host: string): Buffer => {
  const parts: Buffer[] = [bootLog()];
  for (let size = parts[0]?.length ?? 0, index = 0; size < bytes; index += 1) {
    const text =
      index === 200 ? `grub_cmd: load <img src=x onerror=window.__pwned=1> ${host}` : `grub_cmd: module ${index} ${'x'.repeat(60)}`;
    const event = agileEvent(BANK, 8, EV_IPL, Buffer.from(`${text}\0`));
    parts.push(event);
    size += event.length;
  }
  return Buffer.concat(parts);
};

/** Two hosts of one class with long lists and logs that differ here and there. Ids: `dc/one` and `dc/two`. */
export const seedLists = (folder: string, files: number, logBytes: number): { readonly changed: number } => {
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  for (const host of ['one', 'two'] as const) {
    const observed = observe({ files: Array.from({ length: files }, (_, index) => fileOf(index, host)) });
    const { evidence } = observed;
    if (evidence.kind === 'none') throw new Error('no evidence was made');
    const own = record({
      ...observed,
      hostId: host,
      observedAtMs: Date.now(),
      identity: { ...observed.identity, ekTpm2bPublic: Buffer.from(`endorsement key of ${host}`) },
      claims: { ...observed.claims, name: `node-${host}`, hostClass: 'rack server' },
      evidence: { ...evidence, eventLog: logOf(logBytes, host), receivedAtMs: Date.now() },
    });
    const shown = { ...own, verdict: 'trusted', verified: 'trusted', maxAgeMs: 86_400_000 } as const;
    Array.from(store.value.write.putLarge(shown));
    store.value.write.recordHosts([shown]);
  }
  store.value.close();
  return { changed: Math.floor(files / DIFFERS_EVERY) };
};
