import { readFile } from 'node:fs/promises';
import type { Store } from './store.ts';

/** A place in the books that is wrong: which, and by how much (booked minus recounted) in which column. */
export interface Mismatch {
  readonly project: string;
  /** The run, or the hour, day or minute with its further keys. */
  readonly key: string;
  readonly differences: Readonly<Record<string, string>>;
}

export interface Check {
  /** The table that was checked. */
  readonly name: string;
  /** At most 100. Empty: the table is exact. */
  readonly mismatches: readonly Mismatch[];
}

/** Each is a file of checks/ that answers with the rows that are wrong. */
const CHECKS = ['runs', 'usage_hourly', 'usage_daily', 'ingest_log'] as const;

/** A recount reads every task. */
const MAX_SECONDS = 3600;

/**
 * Recounts every total of the ledger from the tasks and compares, run by run, hour by hour, day by day. Reads only. Ask it while nothing
 * is being loaded, or a batch that is half way in shows as a difference. Rejects with StoreError.
 */
export async function verifyBooks(store: Store): Promise<Check[]> {
  const checks: Check[] = [];
  for (const name of CHECKS) checks.push({ name, mismatches: await run(store, name) });
  return checks;
}

async function run(store: Store, name: string): Promise<Mismatch[]> {
  const sql = await readFile(new URL(`./checks/${name}.sql`, import.meta.url), 'utf8');
  const rows = await store.query<{ project: string; key: string } & Record<string, string>>(sql, {}, { maxSeconds: MAX_SECONDS });
  return rows.map(({ project, key, ...columns }) => ({ project, key, differences: nonZero(columns) }));
}

function nonZero(columns: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).filter(([, difference]) => Number(difference) !== 0));
}
