import { ONCE } from './differences.ts';
import type { Params, Store } from './store.ts';

/**
 * The balance of some minutes as it was at a moment. It says what requests brought and not what is booked, so it stands in no task and cannot
 * be recounted: what it was when the store was last known to be safe is written down instead.
 */
export interface Baseline {
  /** `YYYY-MM-DD hh:mm:ss`: what was booked of this minute and all later ones is in `rows`, and nothing else was. */
  readonly from: string;
  readonly rows: readonly BalanceRow[];
}

interface BalanceRow {
  readonly project: string;
  readonly minute: string;
  readonly signal: string;
  readonly received: string;
  readonly booked: string;
  readonly duplicate: string;
  readonly rejected: string;
  readonly reasons: Readonly<Record<string, string>>;
}

const SUMS = ['received', 'booked', 'duplicate', 'rejected'] as const;
const SECONDS = 60;

/** The balance from the minute of `since` (milliseconds since 1970) on. */
export async function readBaseline(store: Store, since: number): Promise<Baseline> {
  const from = new Date(since - (since % 60_000)).toISOString().slice(0, 19).replace('T', ' ');
  return { from, rows: await readRows(store, "minute >= {from:DateTime('UTC')}", { from }) };
}

function readRows(store: Store, where: string, params: Params): Promise<BalanceRow[]> {
  return store.query<BalanceRow>(
    `SELECT project, minute, signal, ${SUMS.map((c) => `sum(l.${c}) AS ${c}`).join(', ')}, sumMap(l.reasons) AS reasons
     FROM ingest_log AS l WHERE ${where} GROUP BY project, minute, signal`,
    params,
    { maxSeconds: SECONDS },
  );
}

/**
 * The baseline from an earlier minute on: the first one that rows of `source` bear, with what the store has of the minutes between. Null where
 * the baseline knows all of them. To be called while nothing of `source` that is earlier than the baseline is booked.
 */
export async function widened(store: Store, { from, rows }: Baseline, source: string): Promise<Baseline | null> {
  const [earlier] = await store.query<{ n: string; first: string }>(
    `SELECT count() AS n, toString(min(toStartOfMinute(seen))) AS first FROM ${source} WHERE log_received > 0 AND seen < {from:DateTime('UTC')}`,
    { from },
  );
  if (!earlier || earlier.n === '0') return null;
  const between = await readRows(store, "minute >= {first:DateTime('UTC')} AND minute < {from:DateTime('UTC')}", {
    first: earlier.first,
    from,
  });
  return { from: earlier.first, rows: [...between, ...rows] };
}

/**
 * Makes the balance what it was at `baseline` and what the rows of `source` (a table or subquery of the form of `inbox`) bring, minute by
 * minute. Minutes before it are left alone.
 */
export async function restoreBalance(store: Store, baseline: Baseline, source: string): Promise<void> {
  const known = baseline.rows.length === 0 ? '' : `UNION ALL SELECT ${baselineColumns()}`;
  const sql = `INSERT INTO ingest_log (project, minute, signal, ${SUMS.join(', ')}, reasons) ${ONCE}
    SELECT p, m, s, ${SUMS.map((c) => `sum(d_${c}) AS a_${c}`).join(', ')}, sumMap(d_reasons) AS a_reasons
    FROM (
      SELECT project::String AS p, minute AS m, signal::String AS s, ${SUMS.map((c) => `-${c} AS d_${c}`).join(', ')},
        mapApply((k, v) -> (k, -v), reasons) AS d_reasons
      FROM ingest_log WHERE minute >= {from:DateTime('UTC')}
      UNION ALL
      SELECT project::String, toStartOfMinute(seen)::DateTime('UTC'), log_signal::String, ${SUMS.map((c) => `log_${c}::Int64`).join(', ')}, log_reasons
      FROM ${source} WHERE log_received > 0 AND seen >= {from:DateTime('UTC')}
      ${known}
    )
    GROUP BY p, m, s
    HAVING ${SUMS.map((c) => `a_${c} != 0`).join(' OR ')} OR arrayExists(v -> v != 0, mapValues(a_reasons))`;
  const lines = baseline.rows.map((row) => JSON.stringify(row));
  await store.command(sql, lines.length === 0 ? { from: baseline.from } : { from: baseline.from, lines });
}

function baselineColumns(): string {
  const text = (name: string): string => `JSONExtractString(line, '${name}')`;
  const sums = SUMS.map((name) => `toInt64(${text(name)})`).join(', ');
  return `${text('project')}, toDateTime(${text('minute')}, 'UTC'), ${text('signal')}, ${sums},
    mapApply((k, v) -> (k, toInt64(v)), JSONExtract(line, 'reasons', 'Map(String, String)'))
    FROM (SELECT arrayJoin({lines:Array(String)}) AS line)`;
}
