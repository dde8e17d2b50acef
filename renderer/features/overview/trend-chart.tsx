import { Area, AreaChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { Overview } from '../../../shared/contract/schemas.ts';
import { useZone } from '../../ui/clock.ts';
import { useMedia } from '../../ui/use-media.ts';
import { formatTick } from '../../ui/format-time.ts';
import { count } from '../../ui/words.ts';
import { OFF_TRUE } from './trend-words.ts';

const TICK = { fontSize: 12, fill: 'var(--text-3)' };
const MARGIN = { top: 8, right: 0, bottom: 0, left: 0 };

/** Steps, because between two records nothing is known to have changed. Hatching keeps the areas apart without colour. */
export const TrendChart = ({ trend, nowMs }: { trend: Overview['trend']; nowMs: number }) => {
  const zone = useZone((state) => state.zone);
  const tall = useMedia('(min-height: 960px)');
  const last = trend.at(-1);
  const points = last === undefined || last.atMs >= nowMs ? trend : [...trend, { ...last, atMs: nowMs }];
  const from = points[0]?.atMs ?? nowMs;
  return (
    <ResponsiveContainer width="100%" height={tall ? 216 : 136}>
      <AreaChart data={[...points]} margin={MARGIN} accessibilityLayer={false}>
        <defs>
          <pattern id="trend-inconclusive" width="5" height="5" patternUnits="userSpaceOnUse">
            <circle cx="1.5" cy="1.5" r="1.1" fill="var(--verdict-inconclusive-mark)" />
          </pattern>
          <pattern id="trend-stale" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0V5" stroke="var(--verdict-stale-mark)" strokeWidth="2.4" />
          </pattern>
        </defs>
        <CartesianGrid vertical={false} stroke="var(--line-1)" />
        <XAxis
          dataKey="atMs"
          type="number"
          domain={[from, nowMs]}
          tickFormatter={(atMs: number) => formatTick(atMs, zone, nowMs - from)}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-2)' }}
          minTickGap={48}
          height={22}
        />
        <YAxis allowDecimals={false} width={44} tickFormatter={count} tick={TICK} tickLine={false} axisLine={false} tickCount={4} />
        {OFF_TRUE.map((verdict) => (
          <Area
            key={verdict}
            dataKey={verdict}
            type="stepAfter"
            stackId="off"
            stroke={`var(--verdict-${verdict}-mark)`}
            strokeWidth={1.5}
            fill={verdict === 'failed' ? 'var(--verdict-failed-mark)' : `url(#trend-${verdict})`}
            fillOpacity={verdict === 'failed' ? 0.85 : 0.7}
            isAnimationActive={false}
            activeDot={false}
          />
        ))}
      </AreaChart>
    </ResponsiveContainer>
  );
};
