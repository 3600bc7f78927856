import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KeyTable } from '../../ingest/decode/attributes.ts';
import { isOver } from '../../ingest/life/retention.ts';
import { storeLookup } from '../../ingest/settle/lookup.ts';
import { entries } from '../support/ledger.ts';
import { apiOf, call, spanId, swept, traceId, wrongBooks } from '../support/life.ts';
import { writeNative } from '../support/native.ts';
import { TestServer } from '../support/otlp-server.ts';
import { until } from '../support/server.ts';

/** That of {@link entries}. */
const TRACE = 'a000'.padStart(32, '0');

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('a month is over', () => {
  const now = Date.UTC(2026, 10, 22);
  it.each([
    ['when all of its days are', '2026-08-01', 60, true],
    ['not while one of its days is kept', '2026-08-01', 84, false],
    ['on the very day', '2026-08-01', 82, true],
    ['never where it is kept for ever', '2020-01-01', null, false],
    ['not while batches of it may wait to be loaded', '2026-10-01', 1, false],
    ['not while it goes on', '2026-11-01', 1, false],
    ['also where it was the last of a year', '2025-12-01', 200, true],
  ])('%s', (_name, month, days, over) => {
    expect(isOver(month, days, now)).toBe(over);
  });
});

/** Books one call of a project as if it had come in another month. */
async function bookIn(to: TestServer, project: string, month: string): Promise<void> {
  const file = join(to.books.directory, `${project}-${month}.native`);
  const seen = `${month}-05 10:00:00.500`;
  writeNative(file, entries({}).replace("'p' AS project", `'${project}' AS project`).replace('2026-11-22 10:00:00.500', seen));
  await to.books.store.insertFile('inbox', file, `${project}-${month}`);
  await to.books.store.command(`INSERT INTO messages VALUES ('${project}', 1, 'said in ${month}', '${month}-01')`);
  await to.books.store.command(`INSERT INTO details SELECT '${project}', 1, 1, 'input', now64(9), 1, '${seen}', 0`);
}

const monthsOf = async (of: TestServer, table: string, month: string): Promise<string[]> =>
  (await of.query<{ m: string }>(`SELECT DISTINCT concat(project, ' ', toString(${month})) AS m FROM ${table} ORDER BY m`)).map(
    ({ m }) => m,
  );

describe('case 24: what is too old by its sender', () => {
  it('is kept by when it came: neither a time of long ago nor one to come makes it go early', async () => {
    server = await TestServer.open({ sweepMs: 100, policy: { payloadDays: 30, totalsDays: 30 } });
    const year = (n: number): bigint => BigInt(Date.UTC(n, 0, 1)) * 1_000_000n;
    await server.send(call(1, { start: year(2001) }), call(2, { start: year(2036) }), call(3));
    await bookIn(server, 'default', '2026-03');
    // Retention looks around at the start, and then once an hour.
    await server.restart();
    await until(async () => ((await server!.query('SELECT 1 FROM retention_log')).length > 0 ? true : null), 'what is over has gone');
    await until(
      async () => ((await monthsOf(server!, 'messages', 'month')).includes('default 2026-03-01') ? null : true),
      'with its texts',
    );
    for (const table of ['tasks', 'runs', 'usage_hourly', 'messages', 'details'])
      await server.books.store.command(`OPTIMIZE TABLE ${table} FINAL`);
    for (const n of [1, 2, 3]) {
      const run = (
        await apiOf(server)
          .get(`/api/runs/${traceId(n)}`)
          .expect(200)
      ).body;
      expect(run).toMatchObject({ taskCount: 1, tokens: { input: 100 + n } });
      const task = (
        await apiOf(server)
          .get(`/api/tasks/${traceId(n)}/${spanId(n)}`)
          .expect(200)
      ).body;
      expect(JSON.stringify(task.messages)).toContain(`answer to call ${n}`);
    }
    expect(await wrongBooks(server)).toEqual([]);
  });
});

describe('case 35: what retention removed', () => {
  it('goes month by month, tasks before totals, each project in its own time', async () => {
    server = await TestServer.open({ sweepMs: 100, policy: { payloadDays: 30, totalsDays: 200 } });
    await server.books.store.command("INSERT INTO retention VALUES ('keeper', NULL, NULL, 1)");
    for (const month of ['2026-01', '2026-06', '2026-07']) await bookIn(server, 'default', month);
    await bookIn(server, 'keeper', '2026-07');
    // A text of July that a version of this month replaced.
    await server.books.store.command("INSERT INTO messages VALUES ('default', 9, 'a first try', '2026-07-01')");
    await server.books.store.command("INSERT INTO details SELECT 'default', 1, 1, 'superseded', toDateTime64(0, 9), 9, now64(3), 0");
    await server.send(call(1));
    await server.restart();
    await until(
      async () => ((await monthsOf(server!, 'usage_hourly', 'month')).includes('default 2026-01-01') ? null : true),
      'the totals of January have gone',
    );
    await until(
      async () => ((await monthsOf(server!, 'messages', 'month')).includes('default 2026-07-01') ? null : true),
      'the texts of July have gone',
    );
    const now = `default ${new Date().toISOString().slice(0, 7)}-01`;
    expect(await monthsOf(server, 'tasks', 'toStartOfMonth(seen)')).toEqual([now, 'keeper 2026-07-01']);
    expect(await monthsOf(server, 'messages', 'month')).toEqual([now, 'keeper 2026-07-01']);
    expect(await monthsOf(server, 'details', 'toStartOfMonth(seen)')).toEqual([now, 'keeper 2026-07-01']);
    for (const [table, month] of [
      ['runs', 'toStartOfMonth(day)'],
      ['usage_hourly', 'month'],
      ['usage_daily', 'month'],
    ] as const)
      expect(await monthsOf(server, table, month)).toEqual(['default 2026-06-01', 'default 2026-07-01', now, 'keeper 2026-07-01']);
    expect(await monthsOf(server, "(SELECT project, concat(toString(month), ' ', what) AS month FROM retention_log)", 'month')).toEqual([
      'default 2026-01-01 payload',
      'default 2026-01-01 totals',
      'default 2026-06-01 payload',
      'default 2026-07-01 payload',
    ]);
    // The page of a run shows its totals, and that the rest is no longer kept.
    const api = apiOf(server);
    expect((await api.get('/api/runs/run-1').expect(200)).body).toMatchObject({ taskCount: 2, tokens: { input: 200 } });
    expect((await api.get('/api/runs/run-1/tasks').expect(200)).body).toEqual({ tasks: [], total: 0, order: 'tree', expired: true });
    expect(await wrongBooks(server)).toEqual([]);
    expect(server.troubles).toEqual([]);
  });

  it('is deleted to its end when somebody asks: the run, its name, and the days of its user', async () => {
    server = await TestServer.open({ sweepMs: 100, policy: { payloadDays: 30, totalsDays: null } });
    await bookIn(server, 'default', '2026-07');
    await server.send(call(1, { user: 'other' }));
    await server.restart();
    await until(
      async () => ((await monthsOf(server!, 'messages', 'month')).includes('default 2026-07-01') ? null : true),
      'what is over has gone',
    );
    const api = apiOf(server);
    await api.get('/api/runs/run-1').expect(200);
    await api.delete('/api/runs/run-1').expect(204);
    await api.get('/api/runs/run-1').expect(404);
    await swept(server);
    expect(await server.query('SELECT run_id FROM runs')).toEqual([{ run_id: traceId(1) }]);
    expect((await api.delete('/api/runs?user=user-1').expect(200)).body).toEqual({ runs: 0, traces: 0, left: 0, done: true });
    const users = 'SELECT DISTINCT user_id AS user FROM usage_daily';
    await until(async () => ((await server!.query(users)).length === 1 ? true : null), 'nothing names the user');
    expect(await server.query(users)).toEqual([{ user: 'other' }]);
    expect(await wrongBooks(server)).toEqual([]);
    expect(server.troubles).toEqual([]);
  });

  it('is nothing that a late version takes back, from the moment it is written down and before a row of it is gone', async () => {
    server = await TestServer.open();
    const spansOf = (of: TestServer) => storeLookup(of.books.store, () => new KeyTable())('default', [TRACE]);
    await bookIn(server, 'default', '2026-07');
    await bookIn(server, 'default', '2026-08');
    const all = await spansOf(server);
    await server.books.store.command(
      "INSERT INTO retention_log VALUES ('default', '2026-07-01', 'payload', now64(3)), ('other', '2026-08-01', 'payload', now64(3))",
    );
    await server.books.store.command("INSERT INTO retention_log VALUES ('default', '2026-08-01', 'totals', now64(3))");
    const left = await spansOf(server);
    expect([all, left].map((rows) => rows.map(({ seen }) => new Date(seen).toISOString().slice(0, 7)))).toEqual([
      ['2026-07', '2026-08'],
      ['2026-08'],
    ]);
  });

  it('can be set by project, and totals are kept as long as tasks at least', async () => {
    server = await TestServer.open({ sweepMs: 100 });
    const api = apiOf(server);
    expect((await api.get('/api/projects/default/retention').expect(200)).body).toEqual({ own: null });
    await api.patch('/api/projects/default/retention').send({ payloadDays: 90, totalsDays: 30 }).expect(400);
    await api.patch('/api/projects/default/retention').send({ payloadDays: 30, totalsDays: null }).expect(200);
    expect((await api.get('/api/projects/default/retention').expect(200)).body).toEqual({ own: { payloadDays: 30, totalsDays: null } });
    await api.patch('/api/projects/other/retention').send({ payloadDays: 30, totalsDays: null }).expect(404);
  });
});
