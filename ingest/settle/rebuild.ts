import { readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Params, Store } from '../../schema/index.ts';
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

export interface RebuildOptions {
  /** Ends it early, the query that is under way too. */
  stop: AbortSignal;
  onTrouble(message: string): void;
  /** Milliseconds until a slice that failed is asked for again. Default 10 s. */
  pauseMs?: number;
}

/**
 * Fills the seen index from the store after a start, in slices along its primary key, so that each row is read about once and no answer is
 * large. Until it is complete every trace costs a look-up: slower, never wrong. A slice that fails is asked for again until it is there.
 */
export async function rebuildSeen(store: Store, seen: SeenTraces, options: RebuildOptions): Promise<void> {
  const { stop } = options;
  const hours = await insist<{ hour: number; rows: string }>(store, HOURS, {}, options);
  for (const { from, to, low, high } of slicesOf(hours.map(({ hour, rows }) => ({ hour, rows: Number(rows) })))) {
    for (const { project, ids } of await insist<{ project: string; ids: string }>(store, SLICE, { from, to, low, high }, options)) {
      const bytes = Buffer.from(ids, 'base64');
      for (let at = 0; at < bytes.length; at += AT_ONCE) {
        seen.addMany(project, bytes.subarray(at, at + AT_ONCE), STRIDE);
        await setImmediate();
      }
    }
    if (stop.aborted) return;
  }
  seen.complete = !stop.aborted;
}

/** The answer, however often it takes; nothing once it is stopped. */
async function insist<Row>(
  store: Store,
  sql: string,
  params: Params,
  { stop, onTrouble, pauseMs = 10_000 }: RebuildOptions,
): Promise<Row[]> {
  while (!stop.aborted) {
    try {
      return await store.query<Row>(sql, params, { maxSeconds: 300, signal: stop });
    } catch (error) {
      if (stop.aborted) return [];
      onTrouble(`the seen index is not complete yet, next try in ${pauseMs} ms: ${String(error)}`);
      await setTimeout(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return [];
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
