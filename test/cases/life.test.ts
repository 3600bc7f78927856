import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, call, filesWith, logRecord, spanId, swept, traceId, wrongBooks } from '../support/life.ts';
import { TestServer } from '../support/otlp-server.ts';
import { logsRequestOf } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

const TABLES = ['tasks', 'runs', 'messages', 'details', 'usage_hourly', 'usage_daily', 'run_marks'];

let server: TestServer;
const api = () => apiOf(server);

beforeAll(async () => {
  server = await TestServer.open({ sweepMs: 200 });
  // Parts that a change replaced are kept for minutes, in case of a power cut. Here nobody waits that long.
  for (const table of TABLES)
    await server.books.store.command(
      `ALTER TABLE ${table} MODIFY SETTING old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1`,
    );
});

afterAll(() => server?.close());

const total = async (): Promise<{ runs: number; tasks: number; tokens: { input: number | null } }> =>
  (await api().get('/api/analytics/summary').expect(200)).body;

/** The store has all of a run: its totals are written last. */
const booked = (run: string) => until(async () => ((await api().get(`/api/runs/${run}`)).status === 200 ? true : null), `${run} is booked`);

const texts = async (): Promise<string> => JSON.stringify(await server.query('SELECT text FROM messages'));

describe('case 35: what was deleted', () => {
  it('is gone from every question, and stays away when it is sent again', async () => {
    const secret = 'q7Zk0xWm4vTfR9pLs2Yh8Bd';
    const user = 'user-J5nGc1Aq6UeXo3';
    const run = traceId(1);
    const spans = [call(1, { user, text: secret }), call(2, { trace: run, user, text: 'shared words' })];
    const record = logsRequestOf(logRecord(run, spanId(1), `noted ${secret}`));
    await server.send(...spans, call(3, { user: 'bob', text: 'shared words' }));
    await server.post(record, { path: '/v1/logs' });
    await booked(run);
    await booked(traceId(3));
    expect(filesWith(server.books.directory, secret)).not.toEqual([]);
    expect(filesWith(server.books.directory, user)).not.toEqual([]);
    expect(await total()).toMatchObject({ runs: 2, tasks: 3, tokens: { input: 306 } });
    expect((await api().get(`/api/runs/${run}/messages`).expect(200)).text).toContain(secret);

    await api().delete(`/api/runs/${run}`).expect(204);
    expect(await total()).toMatchObject({ runs: 1, tasks: 1, tokens: { input: 103 } });
    for (const path of [`/api/runs/${run}`, `/api/runs/${run}/tasks`, `/api/runs/${run}/messages`, `/api/tasks/${run}/${spanId(1)}`])
      await api().get(path).expect(404);
    expect((await api().get('/api/runs').expect(200)).text).not.toContain(run);
    const facets = (await api().get('/api/facets').expect(200)).body;
    expect(facets.user).toEqual([{ value: 'bob', count: 1 }]);
    expect((await api().get('/api/analytics/breakdown?by=user').expect(200)).text).not.toContain(user);
    expect(await wrongBooks(server)).toEqual([]);

    const answer = await server.send(...spans, call(3, { user: 'bob', text: 'shared words' }));
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toContain('2 x it belongs to a run that was deleted');
    expect((await server.post(record, { path: '/v1/logs' })).body.toString()).toContain('1 x it belongs to a run that was deleted');
    await until(async () => ((await balance()).deleted === 3 ? true : null), 'the refusals are in the balance');
    expect(await balance()).toMatchObject({ received: 8, booked: 4, duplicate: 1, rejected: 3 });
    expect(await total()).toMatchObject({ runs: 1, tasks: 1, tokens: { input: 103 } });

    await swept(server);
    expect(await server.query('SELECT user_id FROM tasks')).toEqual([{ user_id: 'bob' }]);
    expect(await server.query('SELECT run_id FROM runs')).toEqual([{ run_id: traceId(3) }]);
    expect(await texts()).toContain('shared words');
    // The journal lets go of what is safe in the store, and the engine of the parts that were replaced.
    for (const word of [secret, user])
      await until(async () => (filesWith(server.books.directory, word).length === 0 ? true : null), `no file holds ${word}`, 90);
    expect(await wrongBooks(server)).toEqual([]);
    expect(server.troubles).toEqual([]);
  });

  const balance = async (): Promise<Record<string, number>> => {
    const [row] = await server.query<Record<string, string>>(
      `SELECT sum(received) AS received, sum(booked) AS booked, sum(duplicate) AS duplicate, sum(rejected) AS rejected,
        sumMap(reasons)['deleted'] AS deleted FROM ingest_log`,
    );
    return Object.fromEntries(Object.entries(row!).map(([key, value]) => [key, Number(value)]));
  };

  it('is all that a user did, over any number of traces, and nothing of another user', async () => {
    await server.send(
      call(10, { user: 'cora', run: 'chat-1' }),
      call(11, { user: 'cora', run: 'chat-1' }),
      call(12, { user: 'cora' }),
      call(13, { user: 'dora' }),
    );
    await booked(traceId(13));
    const before = await total();
    const answer = await api().delete('/api/runs?user=cora').expect(200);
    expect(answer.body).toEqual({ runs: 2, traces: 3, left: 0, done: true });
    expect((await total()).runs).toBe(before.runs - 2);
    expect((await api().delete('/api/runs?user=cora').expect(200)).body).toEqual({ runs: 0, traces: 0, left: 0, done: true });
    await api().delete('/api/runs').expect(400);
    await api()
      .get(`/api/runs/${traceId(13)}`)
      .expect(200);
    expect(await wrongBooks(server)).toEqual([]);
  });

  it('is one run of a trace that holds others, which stay', async () => {
    const trace = traceId(20);
    const root = {
      ...call(20, { trace, run: 'batch-a', text: 'words of a' }),
      attributes: { 'airuns.run.id': 'batch-a', 'airuns.kind': 'step' },
    };
    const spans = [
      root,
      call(21, { trace, parent: spanId(20), run: 'batch-a', text: 'words of a' }),
      call(22, { trace, parent: spanId(20), run: 'batch-b', text: 'words of b' }),
    ];
    const records = logsRequestOf(logRecord(trace, spanId(21), 'noted words of a'), logRecord(trace, spanId(22), 'noted words of b'));
    await server.send(...spans);
    await server.post(records, { path: '/v1/logs' });
    await booked('batch-a');
    await booked('batch-b');
    await api().delete('/api/runs/batch-a').expect(204);
    await api().get('/api/runs/batch-a').expect(404);
    expect((await api().get('/api/runs/batch-b').expect(200)).body).toMatchObject({ taskCount: 1, tokens: { input: 122 } });
    await swept(server);
    expect(await texts()).toContain('words of b');
    expect(await texts()).not.toContain('words of a');
    const answer = await server.send(...spans);
    expect(answer.body.toString()).toContain('2 x it belongs to a run that was deleted');
    expect((await server.post(records, { path: '/v1/logs' })).body.toString()).toContain('1 x it belongs to a run that was deleted');
    await api().get('/api/runs/batch-a').expect(404);
    await api().get('/api/runs/batch-b').expect(200);
    await server.send(call(23));
    await booked(traceId(23));
    expect(await texts()).toContain('noted words of b');
    expect(await texts()).not.toContain('words of a');
    expect(await wrongBooks(server)).toEqual([]);
  });

  it('is brought back by nobody who still uses its words: they store them again', async () => {
    await server.send(call(30, { text: 'a common phrase' }));
    await booked(traceId(30));
    await api()
      .delete(`/api/runs/${traceId(30)}`)
      .expect(204);
    await swept(server);
    expect(await texts()).not.toContain('a common phrase');
    await server.send(call(31, { text: 'a common phrase' }));
    await booked(traceId(31));
    expect(
      (
        await api()
          .get(`/api/runs/${traceId(31)}/messages`)
          .expect(200)
      ).text,
    ).toContain('a common phrase');
  });

  it.each([
    ['only the tombstone is written', 0],
    ['its rows are out of the books', 1],
  ])('is deleted to its end after a crash when %s', async (_name, step) => {
    const n = 40 + step;
    await server.send(call(n, { text: `half way ${step}` }));
    await booked(traceId(n));
    if (step === 0) {
      const buried = "SELECT 'default', reinterpretAsUInt128(reverse(unhex({trace:String}))), '', now64(3), 0";
      await server.books.store.command(`INSERT INTO tombstones ${buried}`, { trace: traceId(n) });
    } else
      await api()
        .delete(`/api/runs/${traceId(n)}`)
        .expect(204);
    await server.restart();
    await until(async () => ((await api().get(`/api/runs/${traceId(n)}`)).status === 404 ? true : null), 'the run is gone');
    await swept(server);
    expect(await texts()).not.toContain(`half way ${step}`);
    await server.send(call(n, { text: `half way ${step}` }));
    await api()
      .get(`/api/runs/${traceId(n)}`)
      .expect(404);
    expect(await wrongBooks(server)).toEqual([]);
  });
});
