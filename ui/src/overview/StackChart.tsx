import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, type TooltipContentProps, XAxis, YAxis } from 'recharts';
import { axisAmount, axisTime, axisWidth, bucketTitle, tickStarts, tooltipAmount, valueTicks } from './axis.ts';
import { ChartTip } from './ChartTip.tsx';
import type { Bar as BarDatum, Legend, StackMeasure } from './stack.ts';

interface StackChartProps {
  bars: BarDatum[];
  legend: Legend;
  measure: StackMeasure;
  interval: number;
}

function heightOf({ start: _start, ...parts }: BarDatum): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

/** Bars over time, stacked in the legend's order. Colours are variables, so a change of theme needs no drawing. */
export default function StackChart({ bars, legend, measure, interval }: StackChartProps) {
  const tick = { fontSize: 11, fill: 'var(--text-3)' };
  const amount = tooltipAmount(measure);
  const starts = bars.map(({ start }) => start);
  const ticks = valueTicks(Math.max(...bars.map(heightOf)), measure !== 'cost');
  const label = axisAmount(measure);
  const tip = ({ active, payload, label: at }: TooltipContentProps) =>
    active ? (
      <ChartTip
        title={bucketTitle(Number(at), interval)}
        rows={payload
          .filter(({ value }) => Number(value) > 0)
          .toReversed()
          .map(({ name, value, color }) => ({ name: String(name), text: amount(Number(value)), colour: color ?? '' }))}
      />
    ) : null;

  return (
    <div className="chart-space">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={bars} margin={{ top: 6, right: 16, bottom: 0, left: 0 }} barCategoryGap="12%" accessibilityLayer={false}>
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
            tickFormatter={label}
            tick={tick}
            tickLine={false}
            axisLine={false}
            width={axisWidth(ticks.map(label))}
            interval={0}
          />
          <Tooltip content={tip} cursor={{ fill: 'var(--surface-2)' }} isAnimationActive={false} />
          {legend.rows.map(({ key, label: name, colour }) => (
            <Bar
              key={key}
              dataKey={(bar: BarDatum) => bar[key] ?? 0}
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
