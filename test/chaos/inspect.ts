import { writeFileSync } from 'node:fs';
import { openStore, verifyBooks } from '../../schema/index.ts';
import { readConfig } from '../../server/config.ts';

/**
 * Run as a process, since the embedded engine allows one at a time: `inspect.ts <file>` writes what the store has, one JSON, see {@link Found}.
 * The store is the one that the environment names.
 */
export interface Found {
  /** Newest version of each visible span, decimals as text. */
  readonly spans: readonly {
    id: string;
    run: string;
    model: string;
    input: string;
    output: string;
    cost: string;
    known: number;
    rows: string;
  }[];
  /** Trace, span and time of each log record. */
  readonly logs: readonly string[];
  /** Totals that differ from a recount. */
  readonly mismatches: readonly string[];
}

const TRACE = "leftPad(lower(hex(trace_id)), 32, '0')";
const SPAN = "leftPad(lower(hex(span_id)), 16, '0')";
const SPANS = `SELECT concat(${TRACE}, ' ', ${SPAN}) AS id, any(run_id) AS run, any(t.model) AS model, toString(any(input_tokens)) AS input,
  toString(any(output_tokens)) AS output, toString(any(t.cost)) AS cost, any(t.known) AS known, toString(count()) AS rows
  FROM tasks AS t FINAL WHERE visible GROUP BY trace_id, span_id`;
const LOGS = `SELECT DISTINCT concat(${TRACE}, ' ', ${SPAN}, ' ', toString(toUnixTimestamp64Nano(at))) AS log FROM details`;

const file = process.argv[2]!;
const store = await openStore(readConfig(process.env).store);
const limits = { maxSeconds: 600 };
const spans = await store.query<Found['spans'][number]>(SPANS, {}, limits);
const logs = await store.query<{ log: string }>(LOGS, {}, limits);
// Parts that a power cut tore stay set aside, although what was in them is there again.
const checks = (await verifyBooks(store)).filter(({ name }) => name !== 'parts');
await store.close();
const mismatches = checks.flatMap((check) => check.mismatches.map((m) => `${check.name} ${m.key} ${JSON.stringify(m.differences)}`));
writeFileSync(file, JSON.stringify({ spans, logs: logs.map(({ log }) => log), mismatches } satisfies Found));
process.exit(0);
