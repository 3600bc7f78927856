import type { Balance } from '../../../query/contract/index.ts';
import type { StackBar } from '../charts/StackChart.tsx';
import { toMs } from '../format/time.ts';

/** What may become of what was received, in the order of the equation. */
export const FATES = [
  { key: 'booked', label: 'booked', colour: 'var(--series-1)' },
  { key: 'duplicate', label: 'duplicate', colour: 'var(--series-8)' },
  { key: 'rejected', label: 'rejected', colour: 'var(--status-failed)' },
] as const;

export type Fate = (typeof FATES)[number]['key'];

const WEEK = 604_800;
/** Weeks start on Mondays; 1970 did not. */
const FIRST_MONDAY = 4 * 86_400;

/** Where the bucket that holds an instant starts: milliseconds since 1970. */
function startOf(ms: number, interval: number): number {
  const origin = interval === WEEK ? FIRST_MONDAY : 0;
  const seconds = Math.floor(ms / 1000) - origin;
  return (seconds - (seconds % interval) + origin) * 1000;
}

/** A bar for every bucket from one instant to the other, of one signal or of all; times without traffic are bars without height. */
export function intakeBars({ buckets, interval }: Balance, signal: string, { from, to }: { from: number; to: number }): StackBar[] {
  const bars = new Map<number, StackBar>();
  const bar = (start: number): StackBar => {
    const known = bars.get(start) ?? { start, booked: 0, duplicate: 0, rejected: 0 };
    bars.set(start, known);
    return known;
  };
  for (let start = startOf(from, interval); start < to; start += interval * 1000) bar(start);
  for (const bucket of buckets) {
    if (signal !== '' && bucket.signal !== signal) continue;
    const at = bar(toMs(bucket.start));
    for (const { key } of FATES) at[key] = (at[key] ?? 0) + bucket[key];
  }
  return [...bars.values()].sort((a, b) => a.start - b.start);
}

/** Received less all that became of it: nothing, while the books are right. */
export function difference({ received, booked, duplicate, rejected }: Pick<Balance, 'received' | Fate>): number {
  return received - booked - duplicate - rejected;
}
