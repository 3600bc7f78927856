import type { Series } from '../../../query/contract/index.ts';
import { formatMoney } from '../format/money.ts';
import { plural } from '../format/numbers.ts';
import { dayClock, toMs } from '../format/time.ts';

export interface StripBucket {
  start: number;
  runs: number;
  failed: number;
  /** A decimal string; null = unknown. */
  cost: string | null;
}

/** Three series as the buckets of one strip. */
export function stripBuckets(runs: Series, failed: Series, cost: Series): StripBucket[] {
  const failures = new Map(failed.buckets.map(({ start, value }) => [start, Number(value ?? 0)]));
  const costs = new Map(cost.buckets.map(({ start, value }) => [start, value === null ? null : String(value)]));
  return runs.buckets.map(({ start, value }) => ({
    start: toMs(start),
    runs: Number(value ?? 0),
    failed: failures.get(start) ?? 0,
    cost: costs.get(start) ?? null,
  }));
}

export const STRIP = { width: 1000, height: 64, base: 40, up: 38, down: 22 } as const;

export interface StripBar {
  start: number;
  x: number;
  width: number;
  runs: number;
  failed: number;
  cost: number;
}

/** Heights go by the square root, so that a single failure among hundreds of runs is still to be seen. */
export function stripBars(buckets: readonly StripBucket[]): StripBar[] {
  const width = STRIP.width / Math.max(1, buckets.length);
  const most = Math.sqrt(Math.max(1, ...buckets.map(({ runs }) => runs)));
  const dearest = Math.sqrt(Math.max(Number.MIN_VALUE, ...buckets.map(({ cost }) => Number(cost ?? 0))));
  const height = (value: number, unit: number, top: number) => (value > 0 ? Math.max(1.5, (top * Math.sqrt(value)) / unit) : 0);
  return buckets.map(({ start, runs, failed, cost }, index) => ({
    start,
    x: index * width + Math.min(1, width / 8),
    width: Math.max(0.5, width - Math.min(2, width / 4)),
    runs: height(runs, most, STRIP.up),
    failed: height(failed, most, STRIP.up),
    cost: height(Number(cost ?? 0), dearest, STRIP.down),
  }));
}

/** One bucket in words: `19 Nov 02:00, 12 runs, 1 failed, $0.32`. */
export function bucketWords({ start, runs, failed, cost }: StripBucket): string {
  return [dayClock(start), plural(runs, 'run'), failed > 0 && `${failed} failed`, runs > 0 && formatMoney(cost)].filter(Boolean).join(', ');
}

/** The bucket under a place on the strip, 0 to 1 from its left. */
export function bucketAt(place: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(place * count)));
}

export interface Selection {
  anchor: number;
  head: number;
}

/** The ends of a selection in time; whole buckets, both included. */
export function selectedRange(
  { anchor, head }: Selection,
  buckets: readonly StripBucket[],
  intervalSeconds: number,
): { from: number; to: number } {
  const first = buckets[Math.min(anchor, head)]!;
  const last = buckets[Math.max(anchor, head)]!;
  return { from: first.start, to: last.start + intervalSeconds * 1000 };
}

/** Four or five times under the strip. */
export function stripTicks(buckets: readonly StripBucket[], most = 5): number[] {
  if (buckets.length === 0) return [];
  const step = Math.max(1, (buckets.length - 1) / (most - 1));
  return [...new Set(Array.from({ length: most }, (_, index) => buckets[Math.min(buckets.length - 1, Math.round(index * step))]!.start))];
}
