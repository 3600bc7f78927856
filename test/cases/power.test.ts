import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStore, type Store, verifyBooks } from '../../schema/index.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';
import { startServer, type TestServer, until } from '../support/server.ts';

// What a power cut leaves, done to the files of a server that was killed: what was acknowledged is in the books, once.

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const START = BigInt(Date.now()) * 1_000_000n - 3600n * 1_000_000_000n;
const call = (traceId: string, over: SpanInput = {}): SpanInput => ({
  traceId,
  spanId: randomBytes(8).toString('hex'),
  name: 'chat',
  start: START,
  end: START + 1_000_000_000n,
  ...over,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 10n, ...(over.attributes as object) },
});

async function send(server: TestServer, ...spans: SpanInput[]): Promise<void> {
  const body = new Uint8Array(requestOf(...spans.map(spanMessage)));
  const answer = await fetch(`${server.url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body });
  expect(answer.status).toBe(200);
}

/** Three runs of two calls; then one of them gets a name and another call, so that earlier rows are taken back. */
async function day(server: TestServer): Promise<string[]> {
  const traces = [1, 2, 3].map(() => randomBytes(16).toString('hex'));
  for (const trace of traces) await send(server, call(trace), call(trace));
  await send(server, call(traces[0]!, { attributes: { 'airuns.run.id': `run-${traces[0]}` } }));
  return traces;
}

async function untilLoaded(server: TestServer, batches: number): Promise<void> {
  const figure = (text: string, name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  await until(async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return figure(text, 'airuns_ingest_spans_total') >= batches && figure(text, 'airuns_journal_batches_queued') === 0 ? true : null;
  }, 'everything is loaded');
}

interface State {
  tasks: string;
  spans: string;
  input: string;
  runs: string;
  received: string;
  facts: string;
}

async function withStore<T>(dataDir: string, look: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store'), log: false });
  return look(store).finally(() => store.close());
}

const stateOf = async (store: Store): Promise<State> =>
  (
    await store.query<State>(`SELECT
      (SELECT count() FROM tasks FINAL) AS spans, (SELECT sum(tasks) FROM usage_hourly) AS tasks, (SELECT sum(input_tokens) FROM usage_daily) AS input,
      (SELECT count() FROM (SELECT run_id FROM runs GROUP BY run_id HAVING sum(tasks) > 0)) AS runs,
      (SELECT sum(received) FROM ingest_log WHERE signal = 'traces') AS received,
      (SELECT toString(arraySort(groupUniqArray((name, began)))) FROM (
        SELECT min(facts_first).name AS name, min(started_at) AS began FROM runs GROUP BY run_id HAVING sum(tasks) > 0)) AS facts`)
  )[0]!;

/** Folders of the parts that were written since `since`, by table. */
async function freshParts(dataDir: string, since: number): Promise<string[]> {
  const parts: string[] = [];
  const root = join(dataDir, 'store/store');
  for (const prefix of await readdir(root)) {
    for (const table of await readdir(join(root, prefix))) {
      for (const name of await readdir(join(root, prefix, table))) {
        const path = join(root, prefix, table, name);
        if (/_\d+_\d+_\d+$/.test(name) && (await stat(path)).mtimeMs >= since) parts.push(path);
      }
    }
  }
  return parts;
}

async function dataFiles(part: string): Promise<string[]> {
  return (await readdir(part)).filter((name) => name.endsWith('.bin')).map((name) => join(part, name));
}

async function tearTokens(dataDir: string): Promise<void> {
  for (const file of await readdir(join(dataDir, 'store/store'), { recursive: true })) {
    if (!/deduplication_log_\d+\.txt$/.test(file)) continue;
    const path = join(dataDir, 'store/store', file);
    await truncate(path, Math.max(0, (await stat(path)).size - 10));
  }
}

type Damage = (dataDir: string, parts: readonly string[]) => Promise<void>;
const empty: Damage = async (_dir, parts) => {
  for (const part of parts) for (const file of await dataFiles(part)) await truncate(file, 0);
};
const zeros: Damage = async (_dir, parts) => {
  for (const part of parts) {
    for (const file of await dataFiles(part)) {
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(0, bytes.length >> 1));
    }
  }
};
const gone: Damage = async (_dir, parts) => {
  for (const part of parts) await rm(part, { recursive: true });
};

it.each<[string, Damage]>([
  ['are empty', empty],
  ['end in zeros', zeros],
  ['are gone', gone],
  [
    'are gone in every second table, and tokens are torn',
    async (dir, parts) => {
      await gone(
        dir,
        parts.filter((part) => part.charCodeAt(part.indexOf('/store/store/') + 13) % 2 === 0),
      );
      await tearTokens(dir);
    },
  ],
  ['are whole, and only tokens are torn', (dir) => tearTokens(dir)],
])('case 38: after a power cut where fresh parts %s, everything acknowledged is in the books, once', async (_name, damage) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'airuns-power-'));
  folders.push(dataDir);
  const first = await startServer({ dataDir });
  await day(first);
  expect(await first.stop()).toBe(0);
  const since = Date.now();
  const second = await startServer({ dataDir });
  await day(second);
  await untilLoaded(second, 7);
  await second.kill();
  const before = await withCopyOf(dataDir, stateOf);
  await damage(dataDir, await freshParts(dataDir, since));
  await anotherBoot(dataDir);

  const third = await startServer({ dataDir });
  expect(third.output()).toMatch(/the machine was restarted: \d+ batches of the journal are compared with the books/);
  // The books go on: the next batch is settled on top of what was put right.
  const more = await day(third);
  expect(more).toHaveLength(3);
  expect(await third.stop()).toBe(0);
  const after = await withStore(dataDir, async (store) => {
    const wrong = (await verifyBooks(store)).filter(({ name, mismatches }) => name !== 'parts' && mismatches.length > 0);
    expect(wrong).toEqual([]);
    return stateOf(store);
  });
  // Three days of the same: what was there before the cut, and half of it again.
  const grown = (value: string): string => String((Number(value) * 3) / 2);
  expect(after).toEqual({
    spans: grown(before.spans),
    tasks: grown(before.tasks),
    input: grown(before.input),
    runs: grown(before.runs),
    received: grown(before.received),
    // Names and first times are those of each day.
    facts: before.facts,
  });
  expect(before).toMatchObject({ spans: '14', tasks: '14', input: '140', runs: '6', received: '14' });
});

/** The state of a folder as it is, looked at in a copy: looking changes files. */
async function withCopyOf<T>(dataDir: string, look: (store: Store) => Promise<T>): Promise<T> {
  const { cp } = await import('node:fs/promises');
  const copy = await mkdtemp(join(tmpdir(), 'airuns-power-copy-'));
  folders.push(copy);
  await cp(join(dataDir, 'store'), join(copy, 'store'), { recursive: true });
  return withStore(copy, look);
}

/** The next start finds another boot id than the one it knows. */
async function anotherBoot(dataDir: string): Promise<void> {
  const path = join(dataDir, 'journal/boot');
  const known = JSON.parse(await readFile(path, 'utf8')) as { boot: string };
  await writeFile(path, JSON.stringify({ ...known, boot: 'the one before' }));
}
