import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, type TooltipContentProps, XAxis, YAxis } from 'recharts';
import { bucketLabel } from '../format/time.ts';
import { axisAmount, bucketTitle, tickStarts, tooltipAmount } from './axis.ts';
import { ChartTip } from './ChartTip.tsx';
import type { Bar as BarDatum, Legend, StackMeasure } from './stack.ts';

interface StackChartProps {
  bars: BarDatum[];
  legend: Legend;
  measure: StackMeasure;
  interval: number;
}

/** Bars over time, stacked in the legend's order. Colours are variables, so a change of theme needs no drawing. */
export default function StackChart({ bars, legend, measure, interval }: StackChartProps) {
  const tick = { fontSize: 11, fill: 'var(--text-3)' };
  const amount = tooltipAmount(measure);
  const tip = ({ active, payload, label }: TooltipContentProps) =>
    active ? (
      <ChartTip
        title={bucketTitle(Number(label), interval)}
        rows={payload
          .filter(({ value }) => Number(value) > 0)
          .toReversed()
          .map(({ name, value, color }) => ({ name: String(name), text: amount(Number(value)), colour: color ?? '' }))}
      />
    ) : null;

  return (
    <div className="chart-space">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={bars} margin={{ top: 6, right: 2, bottom: 0, left: 0 }} barCategoryGap="20%" accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="start"
            ticks={tickStarts(bars.map(({ start }) => start))}
            tickFormatter={(start: number) => bucketLabel(start, interval)}
            tick={tick}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-strong)' }}
            interval={0}
            height={20}
          />
          <YAxis
            tickFormatter={axisAmount(measure)}
            tick={tick}
            tickLine={false}
            axisLine={false}
            width={44}
            allowDecimals={measure === 'cost'}
          />
          <Tooltip content={tip} cursor={{ fill: 'var(--surface-2)' }} isAnimationActive={false} />
          {legend.rows.map(({ key, label, colour }) => (
            <Bar
              key={key}
              dataKey={(bar: BarDatum) => bar[key] ?? 0}
              name={label}
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
