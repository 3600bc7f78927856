import { ONCE } from './differences.ts';
import type { Doubtful } from './lists.ts';
import { STAGED } from './staged.ts';
import { type Store, StoreError } from './store.ts';
import { columnsOf, readTargets, type Target } from './targets.ts';

/** Staged rows that a target refuses, and what stands or falls with them. */
export interface Refused {
  /** Of the table STAGED. */
  readonly units: readonly string[];
  /** By trace; an empty trace is the cargo of a signal. */
  readonly traces: readonly { readonly project: string; readonly trace: string; readonly spans: number; readonly reason: string }[];
}

const BLANK = 'staged_blank';
const trial = (table: string): string => `trial_${table}`;

/**
 * Finds the staged rows that a target does not take, by giving them to tables of the same form, all, then half, then half of that. Null
 * where the reason does not lie in them: a target is gone, or takes no row at all. Rejects with StoreError where the store is in trouble.
 */
export async function findRefused(store: Store): Promise<Refused | null> {
  const reasons = new Map<string, string>();
  try {
    const targets = await readTargets(store);
    const units = (await store.query<{ u: string }>(`SELECT DISTINCT unit AS u FROM ${STAGED} ORDER BY unit`)).map(({ u }) => u);
    await store.command(`CREATE TABLE IF NOT EXISTS ${BLANK} AS ${STAGED}`);
    await store.command(blankRow());
    for (const target of targets) {
      await store.command(`DROP TABLE IF EXISTS ${trial(target.table)} SYNC`);
      await store.command(`CREATE TABLE ${trial(target.table)} AS ${target.table}`);
      if ((await tried(store, target, STAGED)) === null) continue;
      if ((await tried(store, target, BLANK)) !== null) return null;
      await bisect(units, async (from, to) => {
        const reason = await tried(store, target, `(SELECT * FROM ${STAGED} WHERE unit BETWEEN ${from} AND ${to})`);
        if (reason !== null && from === to) reasons.set(from, reason);
        return reason === null;
      });
    }
    return reasons.size === 0 ? null : describe(store, reasons);
  } catch (error) {
    // Not even a table of the form of the target can be made.
    if (error instanceof StoreError && error.reason === 'refused') return null;
    throw error;
  } finally {
    const left = await store.query<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = currentDatabase() AND (name = '${BLANK}' OR startsWith(name, 'trial_'))`,
    );
    for (const { name } of left) await store.command(`DROP TABLE IF EXISTS ${name} SYNC`);
  }
}

/** Why a target does not take these rows; null where it does. */
async function tried(store: Store, target: Target, source: string): Promise<string | null> {
  const columns = (await columnsOf(store, target.table)).join(', ');
  try {
    await store.command(`INSERT INTO ${trial(target.table)} (${columns}) ${ONCE} SELECT ${columns} FROM (${target.select(source)})`);
    return null;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'refused') return `${target.table}: ${error.message.slice(0, 500)}`;
    throw error;
  }
}

/** Calls `takes` with ranges of sorted values until each single one that is not taken was asked for by itself. */
async function bisect(values: readonly string[], takes: (from: string, to: string) => Promise<boolean>): Promise<void> {
  if (values.length === 0 || (await takes(values[0]!, values.at(-1)!)) || values.length === 1) return;
  const middle = values.length >> 1;
  await bisect(values.slice(0, middle), takes);
  await bisect(values.slice(middle), takes);
}

/** A row with nothing odd in it, for every target: one that does not take it takes none. */
function blankRow(): string {
  return `INSERT INTO ${BLANK} (sign, project, run_id, trace_id, span_id, seen, ver, visible, counted, kind, status, name, started_at, duration_ns,
      fact_ver, run_name, run_status, text_hash, text_body, detail_trace, detail_span, detail_at, detail_side, detail_hash, log_signal, log_received, log_booked)
    SELECT 1, 'p', 'r', 1, 1, now64(3), 1, 1, 1, 'llm', 'completed', 'n', now64(9), 1, 1, 'n', 'completed', [1], ['t'], [1], [1], [now64(9)], ['input'], [1], 'traces', 1, 1`;
}

async function describe(store: Store, reasons: ReadonlyMap<string, string>): Promise<Refused> {
  const units = [...reasons.keys()];
  const rows = await store.query<{ unit: string; project: string; trace: string; spans: string }>(
    `SELECT unit, any(s.project) AS project, if(any(s.sign) = 0, '', leftPad(lower(hex(any(s.trace_id))), 32, '0')) AS trace,
       uniqExactIf(s.span_id, s.sign = 1) AS spans
     FROM ${STAGED} AS s WHERE unit IN (${units.join(', ')}) GROUP BY unit ORDER BY trace`,
  );
  const traces = rows.map(({ unit, project, trace, spans }) => ({ project, trace, spans: Number(spans), reason: reasons.get(unit)! }));
  return { units, traces };
}

/** The staged rows without, or only, those units. */
export const without = (units: readonly string[]): string => `(SELECT * FROM ${STAGED} WHERE unit NOT IN (${units.join(', ')}))`;
export const only = (units: readonly string[]): string => `(SELECT * FROM ${STAGED} WHERE unit IN (${units.join(', ')}))`;

/**
 * Takes the tasks of these units back out where they are in already, because it was another target that refused them. What they had replaced
 * comes back as the batch took it off the books, without attributes and events where the store has let go of it.
 */
export async function takeBack(store: Store, units: readonly string[]): Promise<void> {
  const target = (await readTargets(store)).find(({ table }) => table === 'tasks');
  if (!target) return;
  const version = 'project, trace_id, span_id, ver';
  const booked = `(${version}) IN (SELECT ${version} FROM ${only(units)} WHERE sign = 1)`;
  const [row] = await store.query<{ n: string }>(`SELECT count() AS n FROM tasks WHERE ${booked}`);
  if (row?.n === '0') return;
  await store.command(`ALTER TABLE tasks DELETE WHERE ${booked} SETTINGS mutations_sync = 1, allow_nondeterministic_mutations = 1`);
  const columns = (await columnsOf(store, 'tasks')).join(', ');
  const old = `(SELECT * REPLACE (toInt8(1) AS sign) FROM ${only(units)} WHERE sign = -1 AND (${version}) NOT IN (SELECT ${version} FROM tasks))`;
  await store.command(`INSERT INTO tasks (${columns}) ${ONCE} SELECT ${columns} FROM (${target.select(old)})`);
}

/** The totals that these units have a part in, by project. */
export async function totalsOf(store: Store, units: readonly string[]): Promise<Doubtful[]> {
  return store.query<Doubtful>(
    `SELECT project, groupUniqArray(run_id) AS runs, groupUniqArray(toString(toStartOfHour(started_at))) AS hours,
       groupUniqArray(toString(toDate(started_at))) AS days
     FROM ${only(units)} WHERE sign != 0 GROUP BY project`,
  );
}

/** Writes down, for those who ask the books, what they lack. */
export async function recordSetAside(store: Store, token: string, traces: Refused['traces']): Promise<void> {
  await store.command(
    `INSERT INTO set_aside (project, token, trace_id, spans, reason, at)
     SELECT JSONExtractString(line, 'project'), {token:String}, reinterpretAsUInt128(reverse(unhex(JSONExtractString(line, 'trace')))),
       JSONExtractUInt(line, 'spans'), JSONExtractString(line, 'reason'), now64(3)
     FROM (SELECT arrayJoin({lines:Array(String)}) AS line)`,
    { token, lines: traces.map((trace) => JSON.stringify(trace)) },
  );
}
