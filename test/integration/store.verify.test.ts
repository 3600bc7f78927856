import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate, openStore, repairTotals, type Store, verifyBooks } from '../../schema/index.ts';
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
  const exact = [...names, 'messages', 'details', 'parts'].map((name) => ({ name, rows: expect.any(Number), mismatches: [] }));
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
  expect(await wrong()).toEqual([{ name, rows: expect.any(Number), mismatches: [mismatch] }]);
  await store.command(sql.replace(/VALUES .*/, takeBack(sql)));
  expect(await wrong()).toEqual([]);
});

it('notices a task that the totals do not know, and a repair makes them anew', async () => {
  await store.command(
    "INSERT INTO tasks (project, run_id, trace_id, span_id, ver, visible, seen) VALUES ('p', 'lost', 1, 1, 1, 1, now64(3))",
  );
  expect((await wrong()).map((check) => check.name)).toEqual(['runs', 'usage_hourly']);
  await repairTotals(store);
  expect(await wrong()).toEqual([]);
  expect(await store.query("SELECT sum(tasks) AS tasks FROM runs WHERE run_id = 'lost'")).toEqual([{ tasks: '1' }]);
});

it('repairs what was counted twice, and leaves names and first times as they are', async () => {
  const state = () =>
    store.query("SELECT min(facts_first).name AS name, sum(tasks) AS n, min(started_at) AS at FROM runs WHERE run_id = 'run-1'");
  const before = await state();
  for (const table of ['runs', 'usage_hourly', 'usage_daily']) await store.command(`INSERT INTO ${table} SELECT * FROM ${table}`);
  expect((await wrong()).map((check) => check.name)).toEqual(['runs', 'usage_hourly', 'usage_daily']);
  await repairTotals(store);
  expect(await wrong()).toEqual([]);
  expect(await state()).toEqual(before);
});

it('names a text that a task or a detail refers to and nobody has', async () => {
  await store.command(
    "INSERT INTO tasks (project, run_id, trace_id, span_id, ver, visible, seen, input_refs) VALUES ('p', 'lost', 1, 1, 2, 1, now64(3), [77])",
  );
  await store.command("INSERT INTO details (project, trace_id, span_id, side, hash, seen) VALUES ('p', 1, 1, 'input', 78, now64(3))");
  expect(await wrong()).toEqual([
    { name: 'messages', rows: expect.any(Number), mismatches: [{ project: 'p', key: '4d', differences: { tasks: '1' } }] },
    { name: 'details', rows: 1, mismatches: [{ project: 'p', key: '4e', differences: { details: '1' } }] },
  ]);
  await store.command("INSERT INTO messages (project, hash, text, month) SELECT 'p', arrayJoin([77, 78]), 'text', today()");
  expect(await wrong()).toEqual([]);
});

it('reads the files: a flipped bit is a line of its own', async () => {
  await store.command('OPTIMIZE TABLE usage_daily FINAL');
  const [part] = await store.query<{ path: string }>(
    "SELECT path FROM system.parts WHERE active AND table = 'usage_daily' AND database = currentDatabase()",
  );
  const file = (await readdir(part!.path)).filter((name) => name.endsWith('.bin')).map((name) => join(part!.path, name))[0]!;
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
  const parts = (await wrong()).find((check) => check.name === 'parts');
  expect(parts?.mismatches).toEqual([{ project: '', key: expect.stringContaining('usage_daily/'), differences: expect.anything() }]);
  // The totals are made anew from the tasks, and the broken part goes.
  await repairTotals(store);
  expect(await wrong()).toEqual([]);
});

it('leaves out months whose tasks retention dropped, and a repair keeps their totals', async () => {
  const old = "INSERT INTO usage_hourly (project, month, hour, kind, tasks) VALUES ('p', '2026-01-01', '2026-01-02 03:00:00', 'llm', 5)";
  await store.command(old);
  await store.command(
    "INSERT INTO runs (project, day, run_id, tasks) VALUES ('p', '2026-01-02', 'old', 5), ('p', '2026-11-22', 'run-1', 1)",
  );
  expect((await wrong()).map((check) => check.name)).toEqual(['runs', 'usage_hourly']);
  await store.command("INSERT INTO retention_log (project, month, what, at) VALUES ('p', '2026-01-01', 'payload', now64(3))");
  expect((await wrong()).map((check) => check.name)).toEqual(['runs']);
  await repairTotals(store);
  expect(await wrong()).toEqual([]);
  expect(await store.query("SELECT sum(tasks) AS n FROM usage_hourly WHERE month = '2026-01-01'")).toEqual([{ n: '5' }]);
  expect(await store.query("SELECT sum(tasks) AS n FROM runs WHERE run_id = 'old'")).toEqual([{ n: '5' }]);
});

/** The same row with every figure negated. */
function takeBack(sql: string): string {
  const values = /VALUES \((.*)\)$/.exec(sql)![1]!;
  const negated = values.replace(/(^|, )(-?)([\d.]+)(?=,|$)/g, (_, comma, minus, n) => `${comma}${minus ? '' : '-'}${n}`);
  return `VALUES (${negated.replace(/map\((\d+), (\d+)\)/, 'map($1, -$2)')})`;
}
