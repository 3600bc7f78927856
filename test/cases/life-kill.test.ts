import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStore, verifyBooks } from '../../schema/index.ts';
import { random } from '../bench/payload.ts';
import { call, traceId } from '../support/life.ts';
import { requestOf, spanMessage } from '../support/otlp-wire.ts';
import { startServer, type TestServer, until } from '../support/server.ts';

const ROUNDS = Number(process.env.AIRUNS_DELETE_ROUNDS ?? 5);
const SEED = Number(process.env.AIRUNS_SEED ?? 20_261_122);
/** From the request to the end of what it does: the blow falls anywhere in it. */
const LONGEST_MS = 400;

const dataDir = mkdtempSync(join(tmpdir(), 'airuns-life-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const statusOf = async (server: TestServer, path: string, method = 'GET'): Promise<number> =>
  fetch(`${server.url}${path}`, { method }).then(
    (response) => response.status,
    () => 0,
  );

async function send(server: TestServer, n: number): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf' };
  const body = new Uint8Array(requestOf(spanMessage(call(n)), spanMessage(call(1000 + n, { trace: traceId(n) }))));
  expect((await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200);
}

it(`case 35: a delete survives kill -9 wherever it falls, over ${ROUNDS} rounds`, { timeout: 900_000 }, async () => {
  console.log(`seed ${SEED} (AIRUNS_SEED), ${ROUNDS} rounds (AIRUNS_DELETE_ROUNDS)`);
  const next = random(SEED);
  let certain: number | null = null;
  for (let round = 0; round <= ROUNDS; round++) {
    const server = await startServer({ dataDir });
    if (certain !== null) {
      const run = `/api/runs/${traceId(certain)}`;
      await until(async () => ((await statusOf(server, run)) === 404 ? true : null), 'what was answered for is gone');
    }
    // Whoever got no answer asks again; then it is certain.
    for (let n = 1; n <= round; n++) expect([204, 404]).toContain(await statusOf(server, `/api/runs/${traceId(n)}`, 'DELETE'));
    for (let n = 1; n <= round; n++) await send(server, n);
    if (round === ROUNDS) {
      for (let n = 1; n <= round; n++) expect(await statusOf(server, `/api/runs/${traceId(n)}`)).toBe(404);
      await send(server, 500);
      expect(await server.stop()).toBe(0);
      break;
    }
    const n = round + 1;
    await send(server, n);
    await until(async () => ((await statusOf(server, `/api/runs/${traceId(n)}`)) === 200 ? true : null), 'the run is booked');
    const asked = statusOf(server, `/api/runs/${traceId(n)}`, 'DELETE');
    await new Promise((blow) => setTimeout(blow, next() * LONGEST_MS));
    await server.kill();
    const status = await asked;
    certain = status === 204 || status === 202 ? n : null;
  }
  const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store') });
  const runs = await store.query<{ run: string }>('SELECT run_id AS run FROM runs GROUP BY run_id HAVING sum(tasks) > 0');
  const wrong = (await verifyBooks(store)).flatMap(({ name, mismatches }) => mismatches.map((m) => `${name} ${JSON.stringify(m)}`));
  await store.close();
  expect(runs).toEqual([{ run: traceId(500) }]);
  expect(wrong).toEqual([]);
});
