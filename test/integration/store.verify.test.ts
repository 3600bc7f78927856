import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate, openStore, type Store, verifyBooks } from '../../schema/index.ts';
import { entries } from '../support/ledger.ts';
import { writeNative } from '../support/native.ts';

let directory: string;
let store: Store;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-verify-'));
  store = await openStore({ engine: 'embedded', path: join(directory, 'store') });
  await migrate(store);
  const booked = entries(
    { received: 4, reasons: "map('odd', 1)" },
    { span: 2, kind: 'embedding', inputTokens: 7 },
    { span: 3, kind: 'tool', counted: 0 },
    { span: 4, visible: 0 },
  );
  const corrected = entries(
    { sign: -1, received: 1, reasons: "map('odd', 2, 'late', 1)" },
    { ver: 2, inputTokens: 40, cost: '0.5' },
    { span: 5 },
  );
  for (const [token, select] of Object.entries({ booked, corrected })) {
    const file = join(directory, `${token}.native`);
    writeNative(file, select);
    await store.insertFile('inbox', file, token);
  }
});

afterAll(async () => {
  await store?.close();
  await rm(directory, { recursive: true, force: true });
});

const wrong = async () => (await verifyBooks(store)).filter((check) => check.mismatches.length > 0);

it('finds books exact that are exact, before and after merges', async () => {
  const names = ['runs', 'usage_hourly', 'usage_daily', 'ingest_log'];
  const exact = names.map((name) => ({ name, mismatches: [] }));
  expect(await verifyBooks(store)).toEqual(exact);
  for (const name of ['tasks', ...names]) await store.command(`OPTIMIZE TABLE ${name} FINAL`);
  expect(await verifyBooks(store)).toEqual(exact);
  expect(await store.query('SELECT sumMap(reasons) AS reasons FROM ingest_log')).toEqual([{ reasons: { late: '1', odd: '3' } }]);
});

it.each([
  [
    'runs',
    "INSERT INTO runs (project, day, run_id, tasks, cost) VALUES ('p', '2026-11-22', 'run-1', 0, 0.25)",
    { project: 'p', key: 'run-1', differences: { cost: '0.25' } },
  ],
  [
    'usage_hourly',
    "INSERT INTO usage_hourly (project, month, hour, kind, model, provider, tasks, latency) VALUES ('p', '2026-11-01', '2026-11-22 09:00:00', 'llm', 'm1', 'pr', 1, map(7, 2))",
    { project: 'p', key: '2026-11-22 09:00:00   llm pr m1 ', differences: { tasks: '1', latency: '2' } },
  ],
  [
    'usage_daily',
    "INSERT INTO usage_daily (project, month, day, user_id, calls, input_tokens) VALUES ('p', '2026-11-01', '2026-11-22', 'nobody', 1, -5)",
    { project: 'p', key: '2026-11-22 nobody    ', differences: { calls: '1', input_tokens: '-5' } },
  ],
  [
    'ingest_log',
    "INSERT INTO ingest_log (project, minute, signal, received, booked) VALUES ('p', '2026-11-22 10:00:00', 'traces', 5, 4)",
    { project: 'p', key: '2026-11-22 10:00:00 traces', differences: { received: '1' } },
  ],
])('names what is wrong: %s', async (name, sql, mismatch) => {
  await store.command(sql);
  expect(await wrong()).toEqual([{ name, mismatches: [mismatch] }]);
  await store.command(sql.replace(/VALUES .*/, takeBack(sql)));
  expect(await wrong()).toEqual([]);
});

it('notices a task that the totals do not know', async () => {
  await store.command(
    "INSERT INTO tasks (project, run_id, trace_id, span_id, ver, visible, seen) VALUES ('p', 'lost', 1, 1, 1, 1, now64(3))",
  );
  const names = (await wrong()).map((check) => check.name);
  expect(names).toEqual(['runs', 'usage_hourly']);
});

/** The same row with every figure negated. */
function takeBack(sql: string): string {
  const values = /VALUES \((.*)\)$/.exec(sql)![1]!;
  const negated = values.replace(/(^|, )(-?)([\d.]+)(?=,|$)/g, (_, comma, minus, n) => `${comma}${minus ? '' : '-'}${n}`);
  return `VALUES (${negated.replace(/map\((\d+), (\d+)\)/, 'map($1, -$2)')})`;
}
