import type { Params, Store } from './store.ts';
import type { Total } from './targets.ts';

/** A part of the books: of which tasks it is made, and which totals those tasks make up, all of them. Conditions of SQL. */
export interface Scope {
  readonly tasks: string;
  readonly totals: string;
  readonly params?: Params;
}

/** Inserts of ours that are no repeats of anything, however much they look like an earlier one. */
export const ONCE = 'SETTINGS async_insert = 0, insert_deduplicate = 0, deduplicate_blocks_in_dependent_materialized_views = 0';

/** Recounts may read a month of tasks. */
const MAX_SECONDS = 3600;

/** Rows of tasks in the form of `inbox`, as if each had just been booked for the first time. */
function asEntries(table: string, where: string): string {
  // When the first span of a trace was booked stands in no column; only the facts of runs are ordered by it.
  const traceSeen = table === 'runs' ? ', min(seen) OVER (PARTITION BY project, trace_id) AS trace_seen' : '';
  return `(SELECT *, toInt8(1) AS sign${traceSeen} FROM tasks FINAL WHERE ${where})`;
}

/** A SELECT of the totals as the tasks of `scope` make them, in the columns of the table. */
export function recount({ target, whole }: Total, scope: Scope): string {
  return `SELECT * FROM (${target.select(asEntries(target.table, scope.tasks))}) WHERE ${scope.totals} AND ${whole}`;
}

/** A SELECT of what must be added to the totals of `scope` so that they are what the tasks make them: keys, sums and maps of rows that differ. */
export function missing(total: Total, scope: Scope): string {
  const { table, keys, sums, maps } = total.shape;
  const minus = (column: string): string => `mapApply((k, v) -> (k, -v), ${column})`;
  const booked = [...keys, ...sums.map((c) => `-${c} AS d_${c}`), ...maps.map((c) => `${minus(c)} AS d_${c}`)];
  const counted = [...keys, ...sums.map((c) => `${c} AS d_${c}`), ...maps.map((c) => `${c} AS d_${c}`)];
  const added = [...keys, ...sums.map((c) => `sum(d_${c}) AS ${c}`), ...maps.map((c) => `sumMap(d_${c}) AS ${c}`)];
  const differs = [...sums.map((c) => `${c} != 0`), ...maps.map((c) => `arrayExists(v -> v != 0, mapValues(${c}))`)];
  return `SELECT ${added.join(', ')} FROM (
    SELECT ${booked.join(', ')} FROM ${table} WHERE ${scope.totals} AND ${total.whole}
    UNION ALL
    SELECT ${counted.join(', ')} FROM (${recount(total, scope)})
  ) GROUP BY ${keys.join(', ')} HAVING ${differs.join(' OR ')}`;
}

/** How many totals of the scope differ from what the tasks make them. */
export async function countMissing(store: Store, total: Total, scope: Scope): Promise<number> {
  const sql = `SELECT count() AS n FROM (${missing(total, scope)})`;
  const [row] = await store.query<{ n: string }>(sql, scope.params, { maxSeconds: MAX_SECONDS });
  return Number(row?.n ?? 0);
}

/**
 * Adds what is missing, and says again what adds nothing to a sum: first and last times, names, statuses. To be called while nothing is
 * loaded: what is booked meanwhile would be booked twice.
 */
export async function complete(store: Store, total: Total, scope: Scope): Promise<void> {
  const { table, keys, sums, maps, facts } = total.shape;
  await store.command(`INSERT INTO ${table} (${[...keys, ...sums, ...maps].join(', ')}) ${ONCE} ${missing(total, scope)}`, scope.params);
  if (facts.length === 0) return;
  const columns = [...keys, ...facts].join(', ');
  await store.command(`INSERT INTO ${table} (${columns}) ${ONCE} SELECT ${columns} FROM (${recount(total, scope)})`, scope.params);
}
