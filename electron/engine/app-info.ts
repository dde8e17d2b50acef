import type { AppInfo } from '../../shared/contract/schemas.ts';
import type { FleetReaders } from '../store/fleet-readers.ts';

type Start = Pick<AppInfo, 'version' | 'shell' | 'startedAtMs' | 'user' | 'dataFolder' | 'readOnly'> & {
  /** The data folder to which a demo is left; null where this is none that could be. */
  readonly leavesTo?: string | null;
};

/** What this program is, where it keeps its data, and whether that data is of a demo. */
export const appInfo =
  (
    fleet: Pick<FleetReaders, 'demoHosts' | 'endpoints'>,
    { version, shell, startedAtMs, user, dataFolder, readOnly, leavesTo = null }: Start,
  ) =>
  (): AppInfo => {
    const demoHosts = fleet.demoHosts();
    return {
      name: 'Plumbline',
      version,
      shell,
      runtime: process.versions.electron === undefined ? `Node ${process.versions.node}` : `Electron ${process.versions.electron}`,
      startedAtMs,
      user,
      dataFolder,
      demo:
        leavesTo !== null || demoHosts > 0 || fleet.endpoints().some((endpoint) => endpoint.demo) ? { hosts: demoHosts, leavesTo } : null,
      readOnly,
      pack: null,
    };
  };
