import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openStore, type Store } from '../../schema/index.ts';
import { requestOf, spanMessage } from '../support/otlp-wire.ts';
import { startServer, until } from '../support/server.ts';
import { makeBodies, makeTemplates, random, SPANS_A_REQUEST } from './payload.ts';

export interface StorageOptions {
  readonly seed: number;
  readonly chats: number;
  readonly turns: number;
  /** Spans of the small shape. */
  readonly spans: number;
}

/** What chats take on disk whose every call repeats its history, and what small spans do. Prints bytes; measures no time. */
export async function storage(options: StorageOptions): Promise<void> {
  await chats(options);
  await small(options);
}

/** All that is said is stored once: a chat costs its turns, not their square. Beside it a table that keeps the text of every call as it is. */
async function chats({ seed, chats, turns }: StorageOptions): Promise<void> {
  await stored(chatBodies(seed, chats, turns), async (store) => {
    await store.command(`CREATE TABLE plain (project LowCardinality(String), seen DateTime64(3, 'UTC'), trace_id UInt128, span_id UInt64,
      input String CODEC(ZSTD(3)), output String CODEC(ZSTD(3))) ENGINE = MergeTree ORDER BY (project, toStartOfHour(seen), trace_id, span_id)`);
    await store.command(`INSERT INTO plain
      SELECT any(project), any(seen), trace_id, span_id, arrayStringConcat(groupArrayIf(text, side = 0), ','), arrayStringConcat(groupArrayIf(text, side = 1), ',')
      FROM (
        SELECT project, seen, trace_id, span_id, ref.1 AS side, ref.2 AS hash FROM tasks
        ARRAY JOIN arrayConcat(arrayMap(h -> (0, h), input_refs), arrayMap(h -> (1, h), output_refs)) AS ref
      ) AS t ANY LEFT JOIN (SELECT hash, text FROM messages) AS m USING (hash)
      GROUP BY trace_id, span_id SETTINGS max_threads = 1`);
    await store.command('OPTIMIZE TABLE plain FINAL');
    const plain = (await sizes(store, 'plain')).get('plain') ?? 0;
    const ours = await sizes(store);
    const all = [...ours].filter(([table]) => table !== 'plain').reduce((sum, [, bytes]) => sum + bytes, 0);
    const texts = ours.get('messages') ?? 0;
    const [said] = await store.query<{ bytes: string; n: string }>('SELECT sum(length(text)) AS bytes, count() AS n FROM messages');
    const [sent] = await store.query<{ bytes: string }>('SELECT sum(length(input) + length(output)) AS bytes FROM plain');
    console.log(
      [
        `chats ${chats} x ${turns} turns, every call repeats its history: ${mega(Number(sent!.bytes))} sent, ${mega(Number(said!.bytes))} said in ${said!.n} texts`,
        `text of every call kept as it is (ZSTD 3): ${mega(plain)}`,
        `texts once: ${mega(texts)}, tasks with their references: ${mega(ours.get('tasks') ?? 0)}`,
        `all tables: ${mega(all)}, 1/${(plain / all).toFixed(1)}`,
      ].join('\n      '),
    );
  });
}

async function small({ seed, spans }: StorageOptions): Promise<void> {
  const bodies = makeBodies(makeTemplates('small', seed), Math.ceil(spans / SPANS_A_REQUEST));
  await stored(bodies, async (store) => {
    const [count] = await store.query<{ n: string }>('SELECT count() AS n FROM tasks FINAL');
    const n = Number(count!.n);
    const bytes = await sizes(store);
    const all = [...bytes.values()].reduce((a, b) => a + b, 0);
    const largest = await store.query<{ column: string; bytes: string }>(
      `SELECT column, sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
       WHERE database = currentDatabase() AND table = 'tasks' AND active GROUP BY column ORDER BY bytes DESC LIMIT 16`,
    );
    const data = await columns(store, 'tasks');
    console.log(
      [
        `small ${n.toLocaleString('en')} spans: ${(data / n).toFixed(1)} bytes a span in the columns of tasks, ${((bytes.get('tasks') ?? 0) / n).toFixed(1)} with indexes and marks`,
        `all tables ${(all / n).toFixed(1)} bytes a span: ${[...bytes].map(([table, b]) => `${table} ${(b / n).toFixed(1)}`).join(', ')}`,
        `columns: ${largest.map((c) => `${c.column} ${(Number(c.bytes) / n).toFixed(1)}`).join(', ')}`,
      ].join('\n      '),
    );
  });
}

/** Sends the bodies to a server of its own, and looks at the store it leaves, merged to its end. */
async function stored(bodies: readonly Buffer[], look: (store: Store) => Promise<void>): Promise<void> {
  const server = await startServer();
  try {
    const queue = [...bodies];
    const sender = async (): Promise<void> => {
      for (let body = queue.shift(); body; body = queue.shift()) {
        const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
        let status = 0;
        while (status !== 200) {
          status = (await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body: new Uint8Array(body) })).status;
          if (status === 503) await new Promise((again) => setTimeout(again, 1000));
          else if (status !== 200) throw new Error(`the server answers ${status}`);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, sender));
    await until(
      async () => (/airuns_journal_batches_queued 0$/m.test(await (await fetch(`${server.url}/metrics`)).text()) ? true : null),
      'the journal is loaded',
      300,
    );
    if ((await server.stop()) !== 0) throw new Error(server.output());
    const store = await openStore({ engine: 'embedded', path: join(server.dataDir, 'store') });
    const tables = await store.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
    );
    for (const { name } of tables) await store.command(`OPTIMIZE TABLE ${name} FINAL`);
    await look(store).finally(() => store.close());
  } finally {
    await server.kill();
    rmSync(server.dataDir, { recursive: true, force: true });
  }
}

/** Bytes on disk by table, the largest first. */
async function sizes(store: Store, only = ''): Promise<Map<string, number>> {
  const rows = await store.query<{ table: string; bytes: string }>(
    `SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE database = currentDatabase() AND active AND ({only:String} = '' OR table = {only:String}) GROUP BY table ORDER BY bytes DESC`,
    { only },
  );
  return new Map(rows.map((row) => [row.table, Number(row.bytes)]));
}

/** Compressed bytes of some columns of a table, or of all. */
async function columns(store: Store, table: string, names: readonly string[] = []): Promise<number> {
  const [row] = await store.query<{ bytes: string }>(
    `SELECT sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
     WHERE database = currentDatabase() AND active AND table = {table:String} AND (empty({names:Array(String)}) OR column IN {names:Array(String)})`,
    { table, names },
  );
  return Number(row!.bytes);
}

const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

const LETTERS = 'etaoinshrdlcumwfgypbvkjxqz';
const START = 1_795_341_600_000_000_000n;

/** Requests of all chats in turn, since people talk at the same time: a call of one chat seldom lies beside the next of the same. */
function* chatRequests(seed: number, chats: number, turns: number): Generator<Buffer> {
  const next = random(seed);
  const words = Array.from({ length: 6000 }, () =>
    Array.from({ length: 2 + Math.floor(next() * 9) }, () => LETTERS[Math.floor(next() * next() * LETTERS.length)]).join(''),
  );
  const prose = (length: number): string => {
    let text = '';
    while (text.length < length) text += `${words[Math.floor(next() * next() * next() * words.length)]}${next() < 0.1 ? '. ' : ' '}`;
    return text;
  };
  const message = (role: string, content: string): string => JSON.stringify({ role, parts: [{ type: 'text', content }] });
  const id = (bytes: number): string => Array.from({ length: bytes * 2 }, () => Math.floor(next() * 16).toString(16)).join('');
  const histories = Array.from({ length: chats }, (_, chat) => ({ run: `chat-${chat}`, said: [message('system', prose(500))] }));
  for (let turn = 0; turn < turns; turn++) {
    for (const { run, said } of histories) {
      said.push(message('user', prose(500)));
      const answer = message('assistant', prose(500));
      yield spanMessage({
        traceId: id(16),
        spanId: id(8),
        name: 'chat',
        start: START + BigInt(turn) * 60_000_000_000n,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': BigInt(said.length * 120),
          'gen_ai.usage.output_tokens': 120n,
          'airuns.run.id': run,
          'gen_ai.input.messages': `[${said.join(',')}]`,
          'gen_ai.output.messages': `[${answer}]`,
        },
      });
      said.push(answer);
    }
  }
}

function chatBodies(seed: number, chats: number, turns: number): Buffer[] {
  const bodies: Buffer[] = [];
  let spans: Buffer[] = [];
  for (const span of chatRequests(seed, chats, turns)) {
    spans.push(span);
    if (spans.length < 50) continue;
    bodies.push(gzipSync(requestOf(...spans), { level: 1 }));
    spans = [];
  }
  if (spans.length > 0) bodies.push(gzipSync(requestOf(...spans), { level: 1 }));
  return bodies;
}
