import { readFile } from 'node:fs/promises';
import { readBrokenParts } from './parts.ts';
import { type Store, StoreError } from './store.ts';

/** A place in the books that is wrong: which, and by how much (booked minus recounted) in which column. */
export interface Mismatch {
  readonly project: string;
  /** The run, or the hour, day or minute with its further keys; the text that is missing; the part that cannot be read. */
  readonly key: string;
  readonly differences: Readonly<Record<string, string>>;
}

export interface Check {
  /** The table that was checked; `parts`: the files of all of them. */
  readonly name: string;
  /** What was looked at: rows of the table, or parts. */
  readonly rows: number;
  /** At most 100. Empty: nothing is wrong. */
  readonly mismatches: readonly Mismatch[];
}

/** Each is a file of checks/ that answers with the rows that are wrong. */
const RECOUNTS = ['runs', 'usage_hourly', 'usage_daily', 'ingest_log'] as const;
const REFERENCES = ['messages', 'details'] as const;

/** A recount reads every task. */
const MAX_SECONDS = 3600;
/** Hashes of one slice in memory. */
const SLICE = 5_000_000;

/**
 * Recounts every total of the ledger from the tasks and compares, run by run, hour by hour, day by day; looks for the texts that tasks
 * refer to, and reads the files of every table. Months whose tasks retention dropped are left out. Reads only. Ask it while nothing is being
 * loaded, or a batch that is half way in shows as a difference. Rejects with StoreError.
 */
export async function verifyBooks(store: Store): Promise<Check[]> {
  const checks: Check[] = [];
  const gone = await droppedMonths(store);
  for (const name of RECOUNTS) {
    checks.push({ name, rows: await count(store, name), mismatches: await ask(store, name, name === 'ingest_log' ? {} : { gone }) });
  }
  for (const name of REFERENCES) {
    const slices = 1 + Math.floor((await count(store, 'messages')) / SLICE);
    const mismatches: Mismatch[] = [];
    for (let slice = 0; slice < slices; slice++) mismatches.push(...(await ask(store, name, { slices, slice })));
    checks.push({ name, rows: await count(store, name === 'messages' ? 'tasks' : name), mismatches });
  }
  checks.push(await checkParts(store));
  return checks;
}

/** `project YYYY-MM-01` of months whose totals are there and whose tasks are not. */
async function droppedMonths(store: Store): Promise<string[]> {
  const rows = await store.query<{ month: string }>(
    "SELECT DISTINCT concat(project, ' ', toString(month)) AS month FROM retention_log WHERE what = 'payload'",
  );
  return rows.map(({ month }) => month);
}

async function count(store: Store, table: string): Promise<number> {
  const [row] = await store.query<{ n: string }>(`SELECT count() AS n FROM ${table}`);
  return Number(row?.n ?? 0);
}

async function ask(store: Store, name: string, params: Readonly<Record<string, string[] | number>>): Promise<Mismatch[]> {
  const sql = await readFile(new URL(`./checks/${name}.sql`, import.meta.url), 'utf8');
  const rows = store.query<{ project: string; key: string } & Record<string, string>>(sql, params, { maxSeconds: MAX_SECONDS });
  return rows.then(
    (found) => found.map(({ project, key, ...columns }) => ({ project, key, differences: nonZero(columns) })),
    (error: unknown) => [unreadable(name, error)],
  );
}

/** A table that cannot be read is wrong, too. Throws what is another trouble of the store. */
function unreadable(table: string, error: unknown): Mismatch {
  if (!(error instanceof StoreError) || error.reason !== 'refused') throw error;
  return { project: '', key: table, differences: { [error.message.slice(0, 200)]: '1' } };
}

/** Reads every part of every table and compares it with its checksums. */
async function checkParts(store: Store): Promise<Check> {
  const tables = await store.query<{ name: string; parts: string }>(
    `SELECT t.name AS name, countIf(p.active) AS parts FROM system.tables AS t
     LEFT JOIN system.parts AS p ON p.database = t.database AND p.table = t.name
     WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree' GROUP BY name ORDER BY name`,
  );
  const mismatches: Mismatch[] = [];
  for (const { name } of tables) mismatches.push(...(await brokenParts(store, name)));
  for (const { table, name } of await readBrokenParts(store)) {
    mismatches.push({ project: '', key: `${table}/${name}`, differences: { 'set aside at a start': '1' } });
  }
  return { name: 'parts', rows: tables.reduce((sum, { parts }) => sum + Number(parts), 0), mismatches };
}

async function brokenParts(store: Store, table: string): Promise<Mismatch[]> {
  try {
    const parts = await store.query<{ part_path: string; is_passed: number; message: string }>(
      `CHECK TABLE ${table} SETTINGS check_query_single_value_result = 0`,
      {},
      { maxSeconds: MAX_SECONDS },
    );
    return parts
      .filter((part) => part.is_passed === 0)
      .map((part) => ({
        project: '',
        key: `${table}/${part.part_path}`,
        differences: { [part.message.split('\n')[0]!.slice(0, 200)]: '1' },
      }));
  } catch (error) {
    return [unreadable(table, error)];
  }
}

function nonZero(columns: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).filter(([, difference]) => Number(difference) !== 0));
}
