import { afterEach, expect, it } from 'vitest';
import { type Store, verifyBooks } from '../../schema/index.ts';
import { IngestProcess } from '../property/process.ts';
import { call, traceId } from '../support/life.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

// What is removed from disk, looked at the very moment the order for it is given: what half of it would leave, and what a crash would repeat.

type Ordered = (sql: string, store: Store) => Promise<void>;

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

/** A process that sweeps ten times a second. `ordered` is called before each order to remove rows. */
async function start(ordered: Ordered, life: Parameters<typeof IngestProcess.open>[5] = {}): Promise<Swept> {
  books = await openTestStore();
  const { store } = books;
  const troubles: string[] = [];
  const watched = new Proxy(store, {
    get: (target, name) => {
      if (name !== 'command') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
      return async (...args: Parameters<Store['command']>) => {
        if (/^ALTER TABLE \w+ (DELETE|DROP PARTITION)/.test(args[0])) await ordered(args[0], store);
        return target.command(...args);
      };
    },
  });
  process = await IngestProcess.open(books.directory, watched, 64 << 20, troubles, [], { sweepMs: 100, ...life });
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
  // Of the two deleted spans two rows each: first what they were, then what says that they are gone (that of the shared trace stays).
  expect(mixed.slice(0, 2)).toEqual(['2 + 0', '0 + 1']);
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
