import type { Params } from '../../schema/store.ts';
import { fill, sql } from '../sql.ts';

const TOTALS = sql('runs/totals');

/** A run without an end and without news for this long is stalled. */
export const STALLED_AFTER_MS = 5 * 60_000;

/**
 * How far ahead of our clock a sender's may be booked. A run that starts at T therefore has no row on a day before T less this,
 * and a list may leave earlier days unread.
 */
export const CLOCK_LEAD_MS = 24 * 3_600_000;

/** Which rows of `runs` to read: by the day they were booked on, or by run. */
export type Rows = { firstDay: string } | { ids: readonly string[] } | 'all';

/** The subquery that makes one row of each run. */
export function totals(rows: Rows): { text: string; params: Params } {
  if (rows === 'all') return { text: fill(TOTALS, { rows: '1' }), params: {} };
  if ('ids' in rows) return { text: fill(TOTALS, { rows: 'run_id IN {ids:Array(String)}' }), params: { ids: rows.ids } };
  return { text: fill(TOTALS, { rows: 'day >= {firstDay:Date}' }), params: { firstDay: rows.firstDay } };
}

/** The moment and the live runs that decide between running and stalled. */
export function clock(now: number, running: readonly string[]): Params {
  return { stalledBefore: new Date(now - STALLED_AFTER_MS).toISOString().slice(0, 23).replace('T', ' '), running };
}

/** First day on which a run that started at `ns` (since 1970) can have been booked. */
export function dayBefore(ns: bigint): string {
  const ms = Math.max(0, Number(ns / 1_000_000n) - CLOCK_LEAD_MS);
  return new Date(ms).toISOString().slice(0, 10);
}
