import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { KeyValue } from '../../ui/key-value.tsx';
import { Ago, Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';

const Since = ({ atMs }: { atMs: number | null }) => (atMs === null ? null : <Ago atMs={atMs} />);

/** Four clocks, because "when" has four answers; the first is an estimate and says so. */
export const Clocks = ({ host }: { host: HostDetail }) => {
  const { clocks } = host;
  const estimate =
    clocks.bootedAtMs === null
      ? ''
      : `at the latest: the first quote with this reset counter${clocks.clockSafe === false ? ', from a clock that is not safe' : ''}; `;
  const resets =
    clocks.resetCount === null || clocks.restartCount === null
      ? undefined
      : `${estimate}${plural(clocks.resetCount, 'reset', 'resets')}, ${plural(clocks.restartCount, 'restart', 'restarts')}`;
  return (
    <section aria-labelledby="four-clocks">
      <h2 id="four-clocks">Four clocks</h2>
      <KeyValue
        pairs={[
          { key: 'Booted', value: <Instant atMs={clocks.bootedAtMs} none="not known" />, note: resets },
          {
            key: 'Measured',
            value: clocks.measuredEvents === 0 ? 'nothing' : plural(clocks.measuredEvents, 'boot event', 'boot events'),
            note: host.ima > 0 ? `and ${count(host.ima)} files at run time` : undefined,
          },
          { key: 'Quoted', value: <Instant atMs={clocks.quotedAtMs} />, note: <Since atMs={clocks.quotedAtMs} /> },
          { key: 'Received', value: <Instant atMs={clocks.receivedAtMs} />, note: <Since atMs={clocks.receivedAtMs} /> },
        ]}
      />
    </section>
  );
};
