import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  usePlotArea,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import { formatDuration } from '../format/duration.ts';
import { axisDuration, axisTime, axisWidth, bucketTitle, durationTicks, type EndLabel, spreadLabels, tickStarts } from './axis.ts';
import { ChartTip } from './ChartTip.tsx';
import { isAlone, type LatencyPoint, lastKnown, QUANTILES } from './latency.ts';

const LABEL_GAP = 15;

/** The lines' names at their ends, instead of a legend to look up. */
function EndLabels({ points }: { points: LatencyPoint[] }) {
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (!area || !scale) return null;
  const labels = QUANTILES.toReversed().flatMap(({ key }): EndLabel[] => {
    const value = lastKnown(points, key);
    return value === null ? [] : [{ name: key, text: formatDuration(value), y: scale(value) ?? 0 }];
  });
  return spreadLabels(labels, LABEL_GAP, area.y + 4, area.y + area.height).map(({ name, text, y }) => (
    <text key={name} x={area.x + area.width + 6} y={y} dominantBaseline="central" className="end-label">
      <tspan className="strong">{name}</tspan> {text}
    </text>
  ));
}

export default function LatencyChart({ points, interval }: { points: LatencyPoint[]; interval: number }) {
  const tick = { fontSize: 11, fill: 'var(--text-3)' };
  const starts = points.map(({ start }) => start);
  const ticks = durationTicks(Math.max(0, ...points.flatMap(({ p50, p95, p99 }) => [p50 ?? 0, p95 ?? 0, p99 ?? 0])));
  const duration = axisDuration(ticks);
  const tip = ({ active, payload, label }: TooltipContentProps) =>
    active ? (
      <ChartTip
        title={bucketTitle(Number(label), interval)}
        rows={payload
          .filter(({ value }) => value !== null && value !== undefined)
          .toReversed()
          .map(({ name, value, color }) => ({ name: String(name), text: formatDuration(Number(value)), colour: color ?? '' }))}
      />
    ) : null;

  return (
    <div className="chart-space">
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={points} margin={{ top: 6, right: 84, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="start"
            ticks={tickStarts(starts)}
            tickFormatter={axisTime(starts, interval)}
            tick={tick}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-strong)' }}
            interval={0}
            height={20}
          />
          <YAxis
            ticks={ticks}
            domain={[0, ticks.at(-1) ?? 1]}
            tickFormatter={duration}
            tick={tick}
            tickLine={false}
            axisLine={false}
            width={axisWidth(ticks.map(duration))}
            interval={0}
          />
          <Tooltip content={tip} cursor={{ stroke: 'var(--line-strong)' }} isAnimationActive={false} />
          {QUANTILES.map(({ key, colour, dash }) => (
            <Line
              key={key}
              dataKey={key}
              stroke={colour}
              strokeWidth={1.75}
              type="linear"
              isAnimationActive={false}
              activeDot={{ r: 3, stroke: 'none', fill: colour }}
              dot={({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) =>
                isAlone(points, key, index ?? 0) ? <circle key={index} cx={cx} cy={cy} r={2} fill={colour} /> : <g key={index} />
              }
              {...(dash ? { strokeDasharray: dash } : {})}
            />
          ))}
          <EndLabels points={points} />
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
