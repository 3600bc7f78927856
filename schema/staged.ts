import type { Scope } from './differences.ts';
import type { Store } from './store.ts';

/** Rows of journal segments beside the books, to be looked at. One use at a time. */
export const STAGED = 'staged';

/**
 * What stands or falls together: the entries of a trace in a file, or the cargo of one signal. A number, so that a batch can be cut in two
 * anywhere.
 */
const unitOf = (file: number): string => `if(sign = 0, cityHash64(${file}, project, log_signal), cityHash64(${file}, project, trace_id))`;

/** Puts the rows of these files (Native blocks of `inbox`) into the table, which is empty before. Rejects with StoreError. */
export async function stage(store: Store, files: readonly string[]): Promise<void> {
  await unstage(store);
  await store.command(`CREATE TABLE ${STAGED} AS inbox ENGINE = MergeTree ORDER BY tuple()`);
  await store.command(`ALTER TABLE ${STAGED} ADD COLUMN unit UInt64`);
  for (const [i, file] of files.entries()) {
    await store.command(`ALTER TABLE ${STAGED} MODIFY COLUMN unit UInt64 DEFAULT ${unitOf(i)}`);
    await store.insertFile(STAGED, file, `staged-${i}`);
  }
}

export async function unstage(store: Store): Promise<void> {
  await store.command(`DROP TABLE IF EXISTS ${STAGED} SYNC`);
}

/** The totals that the staged rows have a part in, by table. */
export function stagedScope(table: string): Scope {
  const of = (columns: string): string => `(SELECT ${columns} FROM ${STAGED} WHERE sign != 0)`;
  switch (table) {
    case 'runs':
      return {
        // Whole traces, because the facts of a run depend on when its traces began.
        tasks: `(project, trace_id) IN (SELECT project, trace_id FROM tasks WHERE (project, run_id) IN ${of('project, run_id')})`,
        totals: `(project, run_id) IN ${of('project, run_id')}`,
      };
    case 'usage_hourly':
      return {
        tasks: `(project, toStartOfHour(started_at)) IN ${of('project, toStartOfHour(started_at)')}`,
        totals: `(project, hour) IN ${of("project, toStartOfHour(started_at)::DateTime('UTC')")}`,
      };
    case 'usage_daily':
      return {
        tasks: `(project, toDate(started_at)) IN ${of('project, toDate(started_at)')}`,
        totals: `(project, day) IN ${of('project, toDate(started_at)')}`,
      };
    default:
      throw new Error(`${table} is no table of totals`);
  }
}
