import type { AppInfo } from '../../shared/contract/schemas.ts';
import type { FleetReaders } from '../store/fleet-readers.ts';

type Start = Pick<AppInfo, 'version' | 'shell' | 'startedAtMs' | 'user' | 'dataFolder' | 'readOnly'>;

/** What this program is, where it keeps its data, and whether that data is of a demo. */
export const appInfo =
  (fleet: Pick<FleetReaders, 'demoHosts' | 'endpoints'>, { version, shell, startedAtMs, user, dataFolder, readOnly }: Start) =>
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
      demo: demoHosts > 0 || fleet.endpoints().some((endpoint) => endpoint.demo) ? { hosts: demoHosts } : null,
      readOnly,
      pack: null,
    };
  };
