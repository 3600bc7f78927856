import { formatDuration } from '../format/duration.ts';
import { formatAxisMoney, formatMoney } from '../format/money.ts';
import { formatCompact, formatInt } from '../format/numbers.ts';
import { bucketLabel, dayClock } from '../format/time.ts';
import type { StackMeasure } from './stack.ts';

/** A handful of labels under a time axis, evenly apart. */
export function tickStarts(starts: readonly number[], most = 5): number[] {
  if (starts.length <= most) return [...starts];
  const step = (starts.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => starts[Math.round(index * step)]!);
}

export function axisAmount(measure: StackMeasure): (value: number) => string {
  return measure === 'cost' ? formatAxisMoney : formatCompact;
}

export function tooltipAmount(measure: StackMeasure): (value: number) => string {
  return measure === 'cost' ? (value) => formatMoney(Math.max(0, value).toFixed(12)) : formatInt;
}

/** A duration on an axis, without decimals that say nothing: `5 s`, `200 ms`. */
export function axisDuration(ms: number): string {
  if (ms === 0) return '0 s';
  const text = formatDuration(ms);
  return text.replace(/\.00(?= )/, '').replace(/(\.\d)0(?= )/, '$1');
}

export function bucketTitle(start: number, interval: number): string {
  return interval >= 86_400 ? bucketLabel(start, interval) : `${dayClock(start)} UTC`;
}

export interface EndLabel {
  name: string;
  text: string;
  /** Where the line ends. */
  y: number;
}

/** Moves labels apart that would cover each other, keeping their order and staying between top and bottom. */
export function spreadLabels(labels: readonly EndLabel[], gap: number, top: number, bottom: number): EndLabel[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  let floor = top;
  const pushed = sorted.map((label) => {
    const y = Math.max(label.y, floor);
    floor = y + gap;
    return { ...label, y };
  });
  let ceiling = bottom;
  for (const label of pushed.toReversed()) {
    label.y = Math.min(label.y, ceiling);
    ceiling = label.y - gap;
  }
  return pushed;
}
