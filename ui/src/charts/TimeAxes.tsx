import './charts.css';
import { CartesianGrid, Tooltip, type TooltipContentProps, XAxis, YAxis } from 'recharts';
import { axisTime, axisWidth, bucketTitle, tickStarts } from './axis.ts';
import { ChartTip } from './ChartTip.tsx';

interface TimeAxesProps {
  /** Starts of the buckets, milliseconds since 1970. */
  starts: readonly number[];
  /** Seconds a bucket covers. */
  interval: number;
  /** Round figures on the value axis, from nothing upwards. */
  ticks: readonly number[];
  /** A figure on the value axis. */
  label: (value: number) => string;
  /** A figure beside the pointer, in full. */
  amount: (value: number) => string;
  /** Leaves a series out of what is said beside the pointer. */
  says?: (value: number) => boolean;
  /** Marks what the pointer is at: a line, or the ground of a bar. */
  mark: 'line' | 'ground';
}

const TICK = { fontSize: 11, fill: 'var(--text-3)' };
const MARK = { line: { stroke: 'var(--line-strong)' }, ground: { fill: 'var(--surface-2)' } };

/** What every chart over time stands on: hairlines, the two axes, and the figures beside the pointer. Colours are variables, so a change of theme needs no drawing. */
export function TimeAxes({ starts, interval, ticks, label, amount, says = () => true, mark }: TimeAxesProps) {
  const tip = ({ active, payload, label: at }: TooltipContentProps) =>
    active ? (
      <ChartTip
        title={bucketTitle(Number(at), interval)}
        rows={payload
          .filter(({ value }) => value !== null && value !== undefined && says(Number(value)))
          .toReversed()
          .map(({ name, value, color }) => ({ name: String(name), text: amount(Number(value)), colour: color ?? '' }))}
      />
    ) : null;
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="start"
        ticks={tickStarts(starts)}
        tickFormatter={axisTime(starts, interval)}
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: 'var(--line-strong)' }}
        interval={0}
        height={20}
      />
      <YAxis
        ticks={[...ticks]}
        domain={[0, ticks.at(-1) ?? 1]}
        tickFormatter={label}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={axisWidth(ticks.map(label))}
        interval={0}
      />
      <Tooltip content={tip} cursor={MARK[mark]} isAnimationActive={false} />
    </>
  );
}
