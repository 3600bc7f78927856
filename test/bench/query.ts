import { parseArgs } from 'node:util';
import { startServer, type TestServer } from '../support/server.ts';
import { cpuMicros, load } from './load.ts';
import { SPANS_A_REQUEST } from './payload.ts';
import { filled } from './query-fill.ts';
import { type Question, questions } from './query-questions.ts';

export const HELP = `query: the read API of the real server over 90 days of made-up runs, kept in .cache/ once they are made.

  --tasks N                tasks in the books (default 10,000,000; a run for every ten)
  --calls N                calls of each question after a warm-up (default 40)
  --only TEXT              questions whose name contains it
  --under-load N           while so many spans come in a second; the kept books grow by them
  --seed N                 of the parameters (default 1)
`;

/** Calls of a question that are not measured: the engine compiles and reads files into memory. */
const WARM_UP = 3;

interface Measured {
  readonly question: Question;
  readonly p50: number;
  readonly p95: number;
  /** Milliseconds of processor time of the server for each call, ingest included. */
  readonly cpu: number;
}

/** Measures the questions of query-questions.ts and prints a table; `args` as in {@link HELP}. */
export async function benchQuery(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: '10000000' },
      calls: { type: 'string', default: '40' },
      only: { type: 'string', default: '' },
      'under-load': { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const books = await filled(Number(values.tasks));
  const rate = values['under-load'] === undefined ? 0 : Number(values['under-load']);
  console.log(
    `${books.tasks.toLocaleString('en')} tasks, ${books.runs.toLocaleString('en')} runs, ${rate} spans/s coming in, seed ${values.seed}`,
  );
  const server = await startServer({ dataDir: books.dataDir });
  try {
    const asked = (await questions((path) => ask(server, path), books, Number(values.seed))).filter(({ name }) =>
      name.includes(values.only),
    );
    const results = await underLoad(server, rate, () => measureAll(server, asked, Number(values.calls), rate > 0 ? 2 : 1));
    const missed = results.filter((one) => one.p95 > one.question.limit * (rate > 0 ? 2 : 1));
    console.log(missed.length === 0 ? 'all within their limits' : `${missed.length} of ${results.length} above their limits`);
  } finally {
    await server.stop();
  }
}

async function ask<T>(server: TestServer, path: string): Promise<T> {
  const response = await fetch(server.url + path);
  if (!response.ok) throw new Error(`${response.status} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function measureAll(server: TestServer, asked: readonly Question[], calls: number, allowance: number): Promise<Measured[]> {
  console.log(`${'question'.padEnd(36)}    p50    p95  limit  CPU ms a call`);
  const results: Measured[] = [];
  for (const question of asked) {
    const measured = await measure(server, question, calls);
    const limit = question.limit * allowance;
    const figures = [measured.p50.toFixed(0), measured.p95.toFixed(0), String(limit), measured.cpu.toFixed(0)].map((text) =>
      text.padStart(6),
    );
    console.log(`${question.name.padEnd(36)} ${figures.join(' ')}  ${measured.p95 <= limit ? '' : 'above'}`);
    results.push(measured);
  }
  return results;
}

async function measure(server: TestServer, question: Question, calls: number): Promise<Measured> {
  for (let i = 0; i < WARM_UP; i++) await ask(server, question.path());
  const before = cpuMicros(server.pid);
  const took: number[] = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await ask(server, question.path());
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  const cpu = (cpuMicros(server.pid) - before) / 1000 / calls;
  return { question, p50: took[Math.floor(calls * 0.5)]!, p95: took[Math.min(calls - 1, Math.floor(calls * 0.95))]!, cpu };
}

/** Runs `work` while spans come in at a rate, for as long as it takes. */
async function underLoad<T>(server: TestServer, rate: number, work: () => Promise<T>): Promise<T> {
  if (rate === 0) return work();
  let done = false;
  const seconds = 20;
  const sending = (async () => {
    for (let seed = 1; !done; seed++) {
      const bodies = Math.ceil((rate * (seconds + 4)) / SPANS_A_REQUEST);
      await load({ origin: server.url, pid: server.pid, shape: 'small', seconds, connections: 16, rate, bodies, seed });
    }
  })();
  const result = await work();
  done = true;
  await sending;
  return result;
}
