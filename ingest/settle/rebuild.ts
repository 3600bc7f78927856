import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../../schema/index.ts';
import type { SeenTraces } from './seen.ts';

const HOURS = readFileSync(new URL('./rebuild-hours.sql', import.meta.url), 'utf8');
const SLICE = readFileSync(new URL('./rebuild-slice.sql', import.meta.url), 'utf8');
/** Rows of a slice: in the worst case each is a trace of its own, and the answer 21 MB. */
const SLICE_ROWS = 1_000_000;
/** Bytes of an id and what parts it from the next. */
const STRIDE = 17;
/** Bytes of ids that are added before others get their turn on this thread: some 10 ms. */
const AT_ONCE = STRIDE * 20_000;
const ALL = 1n << 128n;

/** Hours [from, to] in seconds since the epoch, trace ids [low, high]. */
interface Slice {
  from: number;
  to: number;
  low: bigint;
  high: bigint;
}

/**
 * Fills the seen index from the store after a start, in slices along its primary key, so that each row is read about once and no answer is
 * large. Until it is complete every trace costs a look-up: slower, never wrong. `stop` ends it early, with the store's error where a query is
 * under way.
 */
export async function rebuildSeen(store: Store, seen: SeenTraces, stop: AbortSignal): Promise<void> {
  const options = { maxSeconds: 300, signal: stop };
  if (stop.aborted) return;
  const hours = await store.query<{ hour: number; rows: string }>(HOURS, {}, options);
  for (const { from, to, low, high } of slicesOf(hours.map(({ hour, rows }) => ({ hour, rows: Number(rows) })))) {
    if (stop.aborted) return;
    const found = await store.query<{ project: string; ids: string }>(SLICE, { from, to, low, high }, options);
    for (const { project, ids } of found) {
      const bytes = Buffer.from(ids, 'base64');
      for (let at = 0; at < bytes.length; at += AT_ONCE) {
        seen.addMany(project, bytes.subarray(at, at + AT_ONCE), STRIDE);
        await setImmediate();
      }
    }
  }
  seen.complete = true;
}

/** Neighbouring hours together while they are few rows; an hour of many rows in ranges of trace ids. */
export function slicesOf(hours: readonly { hour: number; rows: number }[], size = SLICE_ROWS): Slice[] {
  const slices: Slice[] = [];
  let gathered = Number.POSITIVE_INFINITY;
  for (const { hour, rows } of hours) {
    const last = slices.at(-1);
    gathered += rows;
    if (last && gathered <= size) {
      last.to = hour;
      continue;
    }
    const parts = BigInt(Math.ceil(rows / size));
    for (let part = 0n; part < parts; part++) {
      slices.push({ from: hour, to: hour, low: (ALL * part) / parts, high: (ALL * (part + 1n)) / parts - 1n });
    }
    gathered = parts === 1n ? rows : Number.POSITIVE_INFINITY;
  }
  return slices;
}
