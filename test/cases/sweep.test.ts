import { afterEach, expect, it, vi } from 'vitest';
import { type Store, verifyBooks } from '../../schema/index.ts';
import { IngestProcess } from '../property/process.ts';
import { call, spanId, traceId } from '../support/life.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

// What is removed from disk, looked at the very moment the order for it is given: what half of it would leave, and what a crash would repeat.

type Ordered = (sql: string, store: Store) => Promise<void>;
const NOTHING: Ordered = async () => undefined;

type Rest = Parameters<Store['query']> extends [string, ...infer R] ? R : never;

let books: TestStore | undefined;
let process: IngestProcess | undefined;
afterEach(async () => {
  await process?.end();
  await books?.close();
});

interface Swept {
  readonly store: Store;
  readonly process: IngestProcess;
  readonly troubles: string[];
}

/** A process that sweeps ten times a second. `ordered` is called before each order to remove rows, `answered` when a question is answered. */
async function start(ordered: Ordered, answered: Ordered = NOTHING): Promise<Swept> {
  books = await openTestStore();
  const { store } = books;
  const troubles: string[] = [];
  const watched: Store = {
    engine: store.engine,
    command: async (sql, ...rest) => {
      if (/^ALTER TABLE \w+ (DELETE|DROP PARTITION)/.test(sql)) await ordered(sql, store);
      return store.command(sql, ...rest);
    },
    query: async <Row>(sql: string, ...rest: Rest) => {
      const rows = await store.query<Row>(sql, ...rest);
      await answered(sql, store);
      return rows;
    },
    insertFile: (...args) => store.insertFile(...args),
    close: () => store.close(),
  };
  process = await IngestProcess.open(books.directory, watched, 64 << 20, troubles, [], { sweepMs: 100 });
  return { store, process, troubles };
}

const send = (to: IngestProcess, ...spans: SpanInput[]) => to.send('p', 'traces', requestOf(...spans.map(spanMessage)));
const remove = (from: IngestProcess, runId: string) => from.life.delete({ kind: 'run', project: 'p', runId, traceIds: [] });

async function isSwept(store: Store): Promise<void> {
  const stages = 'SELECT toString(max(stage)) AS stage FROM tombstones GROUP BY project, trace_id, run_id';
  await until(
    async () => ((await store.query<{ stage: string }>(stages)).every(({ stage }) => stage === '3') ? true : null),
    'is swept',
    30,
  );
}

const wrongIn = async (store: Store): Promise<unknown[]> => (await verifyBooks(store)).flatMap(({ mismatches }) => mismatches);

it('case 35: what is removed is safe first, so that no crash repeats a batch whose parts are gone', async () => {
  const retained: number[] = [];
  const { store, process, troubles } = await start(async () => void retained.push(process.books.loader.retained));
  await send(process, call(1), call(2));
  expect(await remove(process, traceId(1))).toMatchObject({ traces: 1, done: true });
  await isSwept(store);
  expect([new Set(retained), troubles]).toEqual([new Set([0]), []]);
  expect(await wrongIn(store)).toEqual([]);
});

it('case 35: what says that a span is deleted outlives its earlier versions, whichever part of the table is changed first', async () => {
  const mixed: string[] = [];
  const { store, process } = await start(async (sql, asked) => {
    const where = /^ALTER TABLE tasks DELETE WHERE (.*) SETTINGS/s.exec(sql)?.[1];
    if (where === undefined) return;
    const rows = await asked.query<{ older: string; newest: string }>(
      `SELECT countIf(not_counted != 'deleted') AS older, countIf(not_counted = 'deleted') AS newest FROM tasks WHERE ${where}`,
    );
    mixed.push(`${rows[0]!.older} + ${rows[0]!.newest}`);
  });
  const shared = { trace: traceId(3) };
  await send(process, call(1), call(2), call(3, { ...shared, run: 'a' }), call(4, { ...shared, run: 'b' }));
  await remove(process, traceId(1));
  await remove(process, 'a');
  await isSwept(store);
  // A step takes what is older or what says that it is gone, never both (that of the shared trace stays).
  expect(mixed.filter((counts) => !/^0 | 0$/.test(counts))).toEqual([]);
  expect(mixed).toContain('0 + 1');
  expect(await store.query("SELECT run_id FROM tasks WHERE not_counted = 'deleted'")).toEqual([{ run_id: 'a' }]);
  expect(await wrongIn(store)).toEqual([]);
});

it('case 35: nothing is recounted while rows are being removed', async () => {
  const recounts: boolean[] = [];
  const { store, process } = await start(async () => {
    let counted = false;
    process.books.loader.alone(async () => {
      counted = true;
    });
    await store.query('SELECT 1');
    recounts.push(counted);
  });
  await send(process, call(1));
  await remove(process, traceId(1));
  await isSwept(store);
  expect(new Set(recounts)).toEqual(new Set([false]));
});

it.each([
  ['once', 1],
  ['whenever it is looked for', 9],
])('case 35: a run that joins a trace %s while another run of it is being deleted stays', async (_how, times) => {
  const joined: Promise<unknown>[] = [];
  let deleting: IngestProcess | null = null;
  const { store, process } = await start(NOTHING, async (sql) => {
    if (!deleting || !sql.includes('AS shared') || joined.length >= times) return;
    joined.push(send(deleting, call(10 + joined.length, { trace: traceId(1), run: 'b' })));
    // In its last look the delete holds the place, and who sends waits.
    if (joined.length < 3) await Promise.all(joined);
  });
  await send(process, call(1, { run: 'a' }));
  deleting = process;
  expect(await remove(process, 'a')).toMatchObject({ runs: 1, done: true });
  await Promise.all(joined);
  await process.idle();
  const runs = 'SELECT run_id, toUInt32(sum(tasks)) AS n FROM runs GROUP BY run_id HAVING n > 0';
  expect(await store.query(runs)).toEqual([{ run_id: 'b', n: joined.length }]);
  expect(await wrongIn(store)).toEqual([]);
});

it('case 35: a user is deleted with every trace that names him, also where he is not the first or it is no run', async () => {
  const { store, process } = await start(NOTHING);
  const plain = (n: number, user: string): SpanInput => ({ ...call(n), attributes: { 'user.id': user, note: `of ${user}` } });
  const nested = call(11, { trace: traceId(10), parent: spanId(10), user: 'bob' });
  await send(process, call(10, { user: 'ann' }), nested, plain(12, 'bob'), plain(13, 'ann'), call(14, { user: 'ann' }));
  const answer = await process.life.delete({ kind: 'user', project: 'p', user: 'bob' });
  expect(answer).toEqual({ runs: 1, traces: 2, left: 0, done: true });
  await isSwept(store);
  const left = "SELECT leftPad(lower(hex(trace_id)), 32, '0') AS trace FROM tasks FINAL ORDER BY span_id";
  expect(await store.query(left)).toEqual([{ trace: traceId(13) }, { trace: traceId(14) }]);
  expect(await wrongIn(store)).toEqual([]);
});

it('case 48: a delete waits for a store that could not tell more batches apart', async () => {
  const { store, process, troubles } = await start(NOTHING);
  await send(process, call(1));
  await process.idle();
  const full = vi.spyOn(process.books.loader, 'full', 'get').mockReturnValue(true);
  const deleted = remove(process, traceId(1));
  await until(async () => (full.mock.calls.length > 1 ? true : null), 'it was asked again');
  expect(await store.query("SELECT ver FROM tasks FINAL WHERE not_counted = 'deleted'")).toEqual([]);
  full.mockReturnValue(false);
  expect(await deleted).toMatchObject({ traces: 1, done: true });
  expect(troubles).toEqual([]);
});
