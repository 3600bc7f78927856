import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { entries } from '../support/ledger.ts';
import { apiOf, call, traceId, wrongBooks } from '../support/life.ts';
import { writeNative } from '../support/native.ts';
import { TestServer } from '../support/otlp-server.ts';
import { until } from '../support/server.ts';

const TABLES = ['tasks', 'runs', 'usage_hourly', 'usage_daily', 'messages', 'details', 'ingest_log', 'run_marks'];

let server: TestServer;
afterEach(() => server?.close());

const rowsOf = async (project: string): Promise<Record<string, number>> => {
  const counts = TABLES.map((table) => `(SELECT count() FROM ${table} WHERE project = '${project}') AS ${table}`);
  const [row] = await server.query<Record<string, string>>(`SELECT ${counts.join(', ')}`);
  return Object.fromEntries(Object.entries(row!).map(([table, n]) => [table, Number(n)]));
};
const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));
const gone = () =>
  until(async () => (JSON.stringify(await rowsOf('default')) === JSON.stringify(nothing) ? true : null), 'nothing is left', 60);

/** A call of another project, `p`. */
async function bookNeighbour(): Promise<void> {
  const file = join(server.books.directory, 'neighbour.native');
  writeNative(file, entries({}));
  await server.books.store.insertFile('inbox', file, 'neighbour');
}

it('case 60: a project deleted while its spans stream in ends absent everywhere, twice over, and no other is touched', async () => {
  server = await TestServer.open({ sweepMs: 200 });
  await bookNeighbour();
  const neighbour = await rowsOf('p');
  const answers: number[] = [];
  let n = 0;
  const stream = (async () => {
    while (answers.filter((status) => status === 404).length < 3) answers.push((await server.send(call(++n))).status);
  })();
  await until(async () => (answers.length > 20 ? true : null), 'spans stream in');
  await apiOf(server).delete('/api/projects/default').expect(400);
  await apiOf(server).delete('/api/projects/default?confirm=p').expect(400);
  await apiOf(server).delete('/api/projects/p?confirm=p').expect(404);
  await apiOf(server).delete('/api/projects/default?confirm=default').expect(200);
  await stream;
  expect(answers.slice(-3)).toEqual([404, 404, 404]);
  expect(new Set(answers)).toEqual(new Set([200, 404]));
  for (const path of ['/api/runs', `/api/runs/${traceId(1)}`, '/api/analytics/summary', '/api/facets', '/api/ingest'])
    await apiOf(server).get(path).expect(404);
  await gone();
  await apiOf(server).delete('/api/projects/default?confirm=default').expect(200);
  await server.restart();
  expect((await server.send(call(1))).status).toBe(404);
  expect(await rowsOf('default')).toEqual(nothing);
  expect(await rowsOf('p')).toEqual(neighbour);
  expect(await wrongBooks(server)).toEqual([]);
});

it('case 60: a project whose delete was cut off is removed after the next start', async () => {
  server = await TestServer.open({ sweepMs: 200 });
  await bookNeighbour();
  await server.send(call(1), call(2));
  await until(async () => ((await rowsOf('default')).ingest_log! > 0 ? true : null), 'the calls are booked');
  // All that had happened before the crash: the decision was written.
  await server.books.store.command("INSERT INTO projects VALUES ('default', '', now64(3), 1)");
  await server.restart();
  expect((await server.send(call(3))).status).toBe(404);
  await gone();
  expect(await wrongBooks(server)).toEqual([]);
});
