import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Store, StoreError, verifyBooks } from '../../schema/index.ts';
import { IngestProcess } from '../property/process.ts';
import { call, spanId, traceId } from '../support/life.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

// Where journal, memory and store may each say something else of what is booked: the real ones, stopped in the middle of what they do.

let books: TestStore;
let troubles: string[];
let alarms: string[];
let running: IngestProcess | null = null;
beforeEach(async () => {
  books = await openTestStore();
  troubles = [];
  alarms = [];
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await running?.end();
  running = null;
  await books.close();
});

const open = async (store: Store = books.store, sweepMs = 3_600_000): Promise<IngestProcess> => {
  running = await IngestProcess.open(books.directory, store, 64 << 20, troubles, alarms, { sweepMs });
  return running;
};
const send = (ingest: IngestProcess, ...spans: SpanInput[]) => ingest.send('p', 'traces', requestOf(...spans.map(spanMessage)));
const wrong = async (): Promise<string[]> =>
  (await verifyBooks(books.store)).flatMap(({ name, mismatches }) => mismatches.map((line) => `${name} ${JSON.stringify(line)}`));
const figures = async (): Promise<Record<string, string>> =>
  (
    await books.store.query<Record<string, string>>(
      `SELECT (SELECT sum(tasks) FROM usage_hourly) AS tasks, (SELECT sum(received) FROM ingest_log) AS received,
         (SELECT sum(booked) FROM ingest_log) AS booked`,
    )
  )[0]!;

/** The store, with statements that fail. */
function failing(store: Store, fails: (sql: string) => boolean): Store {
  const command: Store['command'] = async (sql, params) => {
    if (fails(sql)) throw new StoreError('unavailable', 'cut short');
    return store.command(sql, params);
  };
  return wrapped(store, { command });
}

/** The next start finds another boot id than the one it knows. */
async function anotherBoot(): Promise<void> {
  const path = join(books.directory, 'journal/boot');
  await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), boot: 'the one before' }));
}

/** Keeps the loader from its next batch. Resolves to what lets it go on. */
function hold({ books: { loader } }: IngestProcess): Promise<() => void> {
  return new Promise((held, failed) => {
    loader.exclusive(() => new Promise<void>((done) => held(done))).catch(failed);
  });
}

/** A batch of which the refused trace is being left out, and which is cut short when its totals are complete and its balance is not. */
async function cutShort(): Promise<{ ingest: IngestProcess; goOn(): Promise<void> }> {
  let cut = true;
  const ingest = await open(failing(books.store, (sql) => cut && sql.startsWith('INSERT INTO ingest_log')));
  await send(ingest, call(1));
  await ingest.idle();
  await books.store.command("ALTER TABLE tasks ADD CONSTRAINT no_poison CHECK name != 'poison'");
  await send(ingest, call(2), { ...call(3), name: 'poison' });
  await until(async () => troubles.some((line) => line.includes('could not be examined')) || null, 'the batch is cut short');
  return {
    ingest,
    goOn: async () => {
      await books.store.command('ALTER TABLE tasks DROP CONSTRAINT no_poison');
      cut = false;
    },
  };
}

it('case 43: a batch that is half booked without its token is booked once, although the reason passes before it is done', async () => {
  const { ingest, goOn } = await cutShort();
  await goOn();
  await ingest.idle();
  expect(await wrong()).toEqual([]);
  expect(await figures()).toEqual({ tasks: '3', received: '3', booked: '3' });
});

it('case 43: a batch that is half booked without its token when the process ends is booked once by the next', async () => {
  const { ingest, goOn } = await cutShort();
  await ingest.end();
  await goOn();
  const next = await open();
  expect(alarms).toContainEqual(expect.stringContaining('a batch was being booked without its token'));
  await send(next, call(4));
  await next.idle();
  expect(await wrong()).toEqual([]);
  expect(await figures()).toEqual({ tasks: '4', received: '4', booked: '4' });
  await next.end();
  alarms.length = 0;
  await open();
  expect(alarms).toEqual([]);
});

it('a batch that is durable is stored and loaded, although memory fails to keep it, and is known when it comes again', async () => {
  const ingest = await open();
  const settle = ingest.settler.settle.bind(ingest.settler);
  vi.spyOn(ingest.settler, 'settle').mockImplementationOnce(async (...args) => {
    const settled = await settle(...args);
    settled.commit = () => {
      throw new Error('out of memory');
    };
    return settled;
  });
  expect(await send(ingest, call(1))).toMatchObject({ outcome: 'stored' });
  await ingest.idle();
  expect(await send(ingest, call(1))).toMatchObject({ outcome: 'stored' });
  await ingest.idle();
  expect(await wrong()).toEqual([]);
  expect((await figures()).tasks).toBe('1');
});

it('case 38: what was deleted and swept is swept again where the journal brings it back after a power cut', async () => {
  const onDisk = async (): Promise<boolean> => {
    const [row] = await books.store.query<{ n: string }>(
      `SELECT (SELECT count() FROM messages WHERE text LIKE '%SECRET%')
         + (SELECT count() FROM tasks WHERE trace_id = reinterpretAsUInt128(reverse(unhex({trace:String})))) AS n`,
      { trace: traceId(1) },
    );
    return row!.n !== '0';
  };
  const swept = (): Promise<true> => until(async () => ((await onDisk()) ? null : (true as const)), 'it is swept', 60);
  const [journal, before] = [join(books.directory, 'journal'), join(books.directory, 'before')];
  const first = await open();
  await send(first, call(1, { text: 'SECRET' }), call(2));
  await first.life.delete({ kind: 'run', project: 'p', runId: traceId(1), traceIds: [traceId(1)] });
  await first.idle();
  // A journal that lets go later than the sweep, as that of earlier versions did.
  await cp(journal, before, { recursive: true });
  await first.end();
  const second = await open(books.store, 100);
  const over = async () => (await books.store.query<{ s: number }>('SELECT max(stage) AS s FROM tombstones'))[0]!.s === 3;
  await until(async () => (await over()) || null, 'the sweep is over', 60);
  expect(await onDisk()).toBe(false);
  await second.end();
  await rm(journal, { recursive: true });
  await rename(before, journal);
  await anotherBoot();
  const third = await open();
  expect(alarms).toContainEqual(expect.stringContaining('are compared with the books'));
  expect(await onDisk()).toBe(true);
  await third.end();
  await open(books.store, 100);
  await swept();
  expect(await wrong()).toEqual([]);
  expect((await figures()).tasks).toBe('1');
});

it('case 38: the balance of a batch that was begun long before the last checkpoint survives a power cut', async () => {
  const first = await open();
  await send(first, call(1));
  await first.idle();
  await first.end();
  const slow = slowed(books.store, (sql) => sql.includes('FROM tasks'));
  const second = await open(slow.store);
  slow.begin();
  const late = send(second, call(2, { trace: traceId(1), parent: spanId(1) }));
  await slow.waits();
  // An hour later the store answers. Meanwhile the loader wrote down what was booked up to then.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await second.books.loader.release();
  const goOn = await hold(second);
  slow.end();
  expect(await late).toMatchObject({ outcome: 'stored' });
  const ended = second.end();
  goOn();
  await ended;
  await anotherBoot();
  for (let starts = 0; starts < 2; starts++) {
    const next = await open();
    expect(await figures(), `start ${starts}`).toEqual({ tasks: '2', received: '2', booked: '2' });
    expect(await wrong()).toEqual([]);
    await next.end();
    await anotherBoot();
  }
});

/** The store, with questions that are not answered while it is slow. */
function slowed(store: Store, isSlow: (sql: string) => boolean) {
  let gate: Promise<void> | null = null;
  let [end, asked] = [() => {}, () => {}];
  const waiting = new Promise<void>((done) => (asked = done));
  const query: Store['query'] = async (sql, ...rest) => {
    if (gate && isSlow(sql)) {
      asked();
      await gate;
    }
    return store.query(sql, ...rest);
  };
  return {
    store: wrapped(store, { query }),
    begin: () => {
      gate = new Promise<void>((done) => (end = done));
    },
    waits: () => waiting,
    end: () => {
      gate = null;
      end();
    },
  };
}

function wrapped(store: Store, own: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, key) => {
      if (key in own) return own[key as keyof Store];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
