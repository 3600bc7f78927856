import type { Store } from './store.ts';

/** Out of every total, and to be swept; what comes after it is under way or done. */
const UNBOOKED = 1;
const SHADOW = 'shadow_tombstones';

/**
 * Takes deleted traces of which `source` (a table of the form of `inbox`) holds rows or log records back to where they are swept from the disk:
 * booked once more they would stay there, with their texts. The stage of a tombstone can only grow where it lies, so the table is exchanged for
 * one that is written beside it, at once: a tombstone is never missing. Nothing may be deleted meanwhile.
 */
export async function reopenSwept(store: Store, source: string): Promise<void> {
  const traces = `SELECT project, trace_id FROM ${source} WHERE sign != 0
    UNION DISTINCT SELECT project, arrayJoin(detail_trace) AS trace_id FROM ${source}`;
  const swept = `stage > ${UNBOOKED} AND (project, trace_id) IN (${traces})`;
  const [row] = await store.query<{ n: string }>(`SELECT count() AS n FROM tombstones WHERE ${swept}`);
  if (Number(row?.n) === 0) return;
  await store.command(`DROP TABLE IF EXISTS ${SHADOW} SYNC`);
  await store.command(`CREATE TABLE ${SHADOW} AS tombstones`);
  await store.command(
    `INSERT INTO ${SHADOW} SELECT project, trace_id, run_id, asked_at, if(${swept}, ${UNBOOKED}, stage) AS s FROM tombstones FINAL`,
  );
  await store.command(`ALTER TABLE tombstones REPLACE PARTITION ID 'all' FROM ${SHADOW}`);
  await store.command(`DROP TABLE ${SHADOW} SYNC`);
}
