import type { Params } from '../../schema/store.ts';
import type { Context } from '../context.ts';
import { fill, sql } from '../sql.ts';
import type { Figure } from '../values.ts';

const TOTALS = sql('runs/totals');
const EARLIER = sql('runs/earlier');
const SHARE = sql('runs/share');

/** A run without an end and without news for this long is stalled. */
export const STALLED_AFTER_MS = 5 * 60_000;

/**
 * Which rows of `runs` to read. Since a run has no row that starts before the run itself, the rows that start at `since` or later hold all of
 * each run that does so too. Of a run that began earlier they hold a part, which must not be taken for the whole.
 */
export type Rows = { since: string } | { ids: readonly string[] } | 'all';

/**
 * The subquery that makes one row of each run.
 * @param having conditions on single rows of `runs`, each of which at least one row of every wanted run fulfils: other runs are left out unread
 */
export function totals(rows: Rows, having: readonly string[] = []): { text: string; params: Params } {
  const { where, params } = chosen(rows);
  const keys = having.map((one) => `run_key IN (SELECT run_key FROM runs WHERE project = {project:String} AND ${where} AND (${one}))`);
  return { text: fill(TOTALS, { rows: [where, ...keys].join(' AND ') }), params };
}

function chosen(rows: Rows): { where: string; params: Params } {
  if (rows === 'all') return { where: '1', params: {} };
  if ('ids' in rows) return { where: 'run_id IN {ids:Array(String)}', params: { ids: rows.ids } };
  return { where: "started_at >= {since:DateTime64(9, 'UTC')}", params: { since: rows.since } };
}

/** A range that holds more than this share of the rows is read faster with all rows than with those that must then be told apart. */
const LARGE_SHARE = 0.3;

/**
 * The rows to read for a count of runs that started at `from` or later. Where `whole` is false they hold parts of earlier runs, which
 * {@link startedSince} must keep out.
 */
export async function rowsSince(context: Context, from: string | undefined): Promise<{ rows: Rows; whole: boolean }> {
  if (from === undefined) return { rows: 'all', whole: true };
  const [found] = await context.store.query<{ inside: Figure; everything: Figure }>(SHARE, { project: context.project, from });
  const large = Number(found?.inside ?? 0) > Number(found?.everything ?? 0) * LARGE_SHARE;
  return large ? { rows: 'all', whole: true } : { rows: { since: from }, whole: false };
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
 * Keeps the runs that are read in part out of a count: those that began before {from}, which the statement must bind.
 * A list does not need it, since it reads the whole of each run on its page.
 */
export const startedSince = `id NOT IN (${EARLIER})`;
