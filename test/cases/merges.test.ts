import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiOf, call, swept, traceId, wrongBooks } from '../support/life.ts';
import { TestServer } from '../support/otlp-server.ts';
import { until } from '../support/server.ts';

const TABLES = ['tasks', 'runs', 'usage_hourly', 'usage_daily', 'messages', 'details', 'ingest_log'];
const CALLS = 60;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.open({ sweepMs: 100 });
});
afterAll(() => server?.close());

it('case 63: merges, sweeps and re-sends change no answer', async () => {
  const api = apiOf(server);
  const range = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`;
  const answers = async (): Promise<string> => {
    const paths = [
      `/api/analytics/summary?${range}`,
      `/api/analytics/breakdown?by=model&${range}`,
      `/api/runs?limit=200&${range}`,
      `/api/runs/${traceId(7)}/messages`,
    ];
    const bodies = await Promise.all(paths.map(async (path) => (await api.get(path).expect(200)).text));
    return bodies.join('\n');
  };
  // One request after the other: each is a part of its own in every table.
  for (let n = 1; n <= CALLS; n++) await server.send(call(n));
  await until(async () => ((await api.get(`/api/runs/${traceId(CALLS)}`)).status === 200 ? true : null), 'all are booked');
  const before = await answers();
  let busy = true;
  const merging = (async () => {
    for (const table of TABLES) await server.books.store.command(`OPTIMIZE TABLE ${table} FINAL`);
  })();
  const sending = (async () => {
    for (let n = 1; n <= CALLS; n++) await server.send(call(n), call(CALLS + 1 - n));
  })();
  // Something is deleted meanwhile that no answer has: its removal rewrites the parts that the others lie in.
  await server.books.store.command(
    "INSERT INTO tombstones SELECT 'default', reinterpretAsUInt128(reverse(unhex({trace:String}))), '', now64(3), 0",
    { trace: traceId(9999) },
  );
  const work = Promise.all([merging, sending]).finally(() => {
    busy = false;
  });
  let asked = 0;
  for (; busy; asked++) expect(await answers()).toBe(before);
  await work;
  await server.restart();
  await swept(server);
  expect(asked).toBeGreaterThan(0);
  expect(await answers()).toBe(before);
  expect(await wrongBooks(server)).toEqual([]);
});
