import { useNow, useZone } from './clock.ts';
import { formatAge, formatAgo, formatInstant, formatIso } from './format-time.ts';

type TimeProps = { atMs: number | null; none?: string };

/** `21 Nov 14:03:22 UTC`. */
export const Instant = ({ atMs, none = 'never' }: TimeProps) => {
  const zone = useZone((state) => state.zone);
  const nowMs = useNow(60_000);
  if (atMs === null) return <>{none}</>;
  return (
    <time dateTime={formatIso(atMs)} title={formatIso(atMs)}>
      {formatInstant(atMs, zone, nowMs)}
    </time>
  );
};

const useAge = (atMs: number): number => {
  const nowMs = useNow();
  return nowMs - atMs;
};

const AgeOf = ({ atMs, print }: { atMs: number; print: (ms: number) => string }) => {
  const zone = useZone((state) => state.zone);
  return (
    <time dateTime={formatIso(atMs)} title={formatInstant(atMs, zone, 0)}>
      {print(useAge(atMs))}
    </time>
  );
};

/** `4 min`: for columns. */
export const Age = ({ atMs, none = 'never' }: TimeProps) => (atMs === null ? <>{none}</> : <AgeOf atMs={atMs} print={formatAge} />);

/** `4 minutes ago`: for sentences. */
export const Ago = ({ atMs, none = 'never' }: TimeProps) => (atMs === null ? <>{none}</> : <AgeOf atMs={atMs} print={formatAgo} />);
