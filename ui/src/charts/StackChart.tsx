import { Bar, BarChart, ResponsiveContainer } from 'recharts';
import { valueTicks } from './axis.ts';
import { TimeAxes } from './TimeAxes.tsx';

/** One bar: its start in milliseconds since 1970 and the height of each of its parts, by key. */
export type StackBar = { start: number } & Record<string, number>;

export interface StackPart {
  key: string;
  label: string;
  /** A colour of CSS, e.g. a variable. */
  colour: string;
}

interface StackChartProps {
  bars: StackBar[];
  /** From the bottom upwards. */
  parts: readonly StackPart[];
  interval: number;
  /** Heights are counts: no half of one on the axis. */
  whole: boolean;
  label: (value: number) => string;
  amount: (value: number) => string;
}

function heightOf({ start: _start, ...parts }: StackBar): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

/** Bars over time, stacked in the order of their parts. */
export default function StackChart({ bars, parts, interval, whole, label, amount }: StackChartProps) {
  return (
    <div className="chart-space">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={bars} margin={{ top: 6, right: 16, bottom: 0, left: 0 }} barCategoryGap="12%" accessibilityLayer={false}>
          <TimeAxes
            starts={bars.map(({ start }) => start)}
            interval={interval}
            ticks={valueTicks(Math.max(0, ...bars.map(heightOf)), whole)}
            label={label}
            amount={amount}
            says={(value) => value > 0}
            mark="ground"
          />
          {parts.map(({ key, label: name, colour }) => (
            <Bar
              key={key}
              dataKey={(bar: StackBar) => bar[key] ?? 0}
              name={name}
              stackId="all"
              fill={colour}
              stroke="var(--surface-1)"
              strokeWidth={1}
              maxBarSize={32}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
