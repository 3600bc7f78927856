import { formatDuration } from '../format/duration.ts';
import { bucketLabel, day, dayClock } from '../format/time.ts';

/** A handful of labels under a time axis, evenly apart. */
export function tickStarts(starts: readonly number[], most = 5): number[] {
  if (starts.length <= most) return [...starts];
  const step = (starts.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => starts[Math.round(index * step)]!);
}

const TWO_DAYS = 172_800_000;

/** Under an axis: the hour, or the day where the axis is long. */
export function axisTime(starts: readonly number[], interval: number): (start: number) => string {
  const length = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
  return length > TWO_DAYS ? day : (start) => bucketLabel(start, interval);
}

const ROUND = [1, 2, 2.5, 5, 10];

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return (ROUND.find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
}

function ticksBy(step: number, most: number): number[] {
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Round figures from nothing to above the largest value, four or five of them. */
export function valueTicks(largest: number, whole = false): number[] {
  if (largest <= 0) return [0, 1];
  const step = niceStep(largest / 4);
  return ticksBy(whole ? Math.max(1, Math.ceil(step)) : step, largest);
}

const DURATION_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
  7_200_000, 21_600_000, 86_400_000,
];

/** The same for durations, which are round in sixties. */
export function durationTicks(largestMs: number): number[] {
  if (largestMs <= 0) return [0, 1000];
  const step = DURATION_STEPS.find((each) => largestMs / each <= 5) ?? niceStep(largestMs / 4);
  return ticksBy(step, largestMs);
}

/** A duration on an axis, in the unit of the axis: `0.5 s` beside `1 s`. */
export function axisDuration(ticks: readonly number[]): (ms: number) => string {
  const largest = ticks.at(-1) ?? 0;
  if (largest >= 120_000) return (ms) => (ms === 0 ? '0' : formatDuration(ms).replace(/ 00?[ms]$/, ''));
  if (largest < 1000) return (ms) => `${ms} ms`;
  return (ms) => `${Number((ms / 1000).toFixed(2))} s`;
}

const LETTER = 6.2;

/** Room for the longest label of a value axis. */
export function axisWidth(labels: readonly string[]): number {
  return Math.max(32, Math.ceil(Math.max(...labels.map((label) => label.length)) * LETTER) + 10);
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
