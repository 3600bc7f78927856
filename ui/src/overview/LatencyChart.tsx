import { Line, LineChart, ResponsiveContainer, usePlotArea, useYAxisScale } from 'recharts';
import { axisDuration, durationTicks, type EndLabel, spreadLabels } from '../charts/axis.ts';
import { TimeAxes } from '../charts/TimeAxes.tsx';
import { formatDuration } from '../format/duration.ts';
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
  const ticks = durationTicks(Math.max(0, ...points.flatMap(({ p50, p95, p99 }) => [p50 ?? 0, p95 ?? 0, p99 ?? 0])));
  return (
    <div className="chart-space">
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={points} margin={{ top: 6, right: 84, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <TimeAxes
            starts={points.map(({ start }) => start)}
            interval={interval}
            ticks={ticks}
            label={axisDuration(ticks)}
            amount={formatDuration}
            mark="line"
          />
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
