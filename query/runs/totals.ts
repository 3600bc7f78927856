import type { Params } from '../../schema/store.ts';
import { fill, sql } from '../sql.ts';

const TOTALS = sql('runs/totals');
const EARLIER = sql('runs/earlier');

/** A run without an end and without news for this long is stalled. */
export const STALLED_AFTER_MS = 5 * 60_000;

/**
 * Which rows of `runs` to read. Since a run has no row that starts before the run itself, the rows that start at `since` or later hold all of
 * each run that does so too. Of a run that began earlier they hold a part, which must not be taken for the whole.
 */
export type Rows = { since: string } | { ids: readonly string[] } | 'all';

/** The subquery that makes one row of each run. */
export function totals(rows: Rows): { text: string; params: Params } {
  if (rows === 'all') return { text: fill(TOTALS, { rows: '1' }), params: {} };
  if ('ids' in rows) return { text: fill(TOTALS, { rows: 'run_id IN {ids:Array(String)}' }), params: { ids: rows.ids } };
  return { text: fill(TOTALS, { rows: "started_at >= {since:DateTime64(9, 'UTC')}" }), params: { since: rows.since } };
}

/** The moment and the live runs that decide between running and stalled, and how long a run has taken so far. */
export function clock(now: number, running: readonly string[]): Params {
  return {
    now: String(BigInt(now) * 1_000_000n),
    stalledBefore: new Date(now - STALLED_AFTER_MS).toISOString().slice(0, 23).replace('T', ' '),
    running,
  };
}

/**
 * Keeps the runs that are read in part out of a count: those that began before `from`, which the statement must bind.
 * A list does not need it, since it reads the whole of each run on its page.
 */
export function startedSince(from: string | undefined): string[] {
  return from === undefined ? [] : [`id NOT IN (${EARLIER})`];
}
