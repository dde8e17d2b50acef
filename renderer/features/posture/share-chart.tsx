import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { Posture } from '../../../shared/contract/posture-schemas.ts';
import { useZone } from '../../ui/clock.ts';
import { formatTick } from '../../ui/format-time.ts';
import { trustedPercent } from './posture-words.ts';

const TICK = { fontSize: 12, fill: 'var(--text-3)' };
const MARGIN = { top: 8, right: 8, bottom: 0, left: 0 };

/** Steps, because between two records nothing is known to have changed; nothing before the first one. */
export const ShareChart = ({ posture: { trend, nowMs, sinceMs, target, tally } }: { posture: Posture }) => {
  const zone = useZone((state) => state.zone);
  const points = [...trend, { ...tally, atMs: nowMs }].map((point) => ({ atMs: point.atMs, percent: trustedPercent(point) }));
  return (
    <ResponsiveContainer width="100%" height={200}>
      <LineChart data={points} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--line-1)" />
        <XAxis
          dataKey="atMs"
          type="number"
          domain={[sinceMs, nowMs]}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-2)' }}
          tickFormatter={(atMs: number) => formatTick(atMs, zone, nowMs - sinceMs)}
          minTickGap={48}
        />
        <YAxis domain={[0, 100]} width={44} tick={TICK} tickLine={false} axisLine={false} unit=" %" tickCount={6} />
        {target !== null && <ReferenceLine y={target} stroke="var(--text-2)" strokeDasharray="6 4" />}
        <Line
          type="stepAfter"
          dataKey="percent"
          stroke="var(--verdict-trusted-mark)"
          strokeWidth={2}
          dot={false}
          isAnimationActive={false}
        />
      </LineChart>
    </ResponsiveContainer>
  );
};
