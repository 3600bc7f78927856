import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../support/server.ts';
import type { Books } from './books.ts';
import type { Found } from './inspect.ts';
import type { World } from './world.ts';

/** Examples of one kind of fault that are told; of the others only the number. */
const EXAMPLES = 3;
const DRAIN_S = 120;
const DELETED_S = 20;

/**
 * Compares what the sender knows with what the product says, when everything ever sent is acknowledged and loaded: by the API, by the rows of
 * the store and by a recount. Stops the world's server. Resolves to what is wrong, a line each.
 */
export async function audit(world: World): Promise<string[]> {
  const { load } = world;
  await world.up();
  await load.drain(world.url, DRAIN_S);
  await loaded(world.url);
  const wrong = [...load.violations, ...(await settled(() => compareApi(world.url, load.books)))];
  const code = await world.stop();
  if (code !== 0) wrong.push(`a stop in order ended with: ${code}`);
  return [...wrong, ...compareRows(load.books, await inspect(world))];
}

async function loaded(url: string): Promise<void> {
  const idle = async (): Promise<true | null> =>
    /airuns_journal_batches_queued 0$/m.test(await (await fetch(`${url}/metrics`)).text()) ? true : null;
  await until(idle, 'the journal is loaded', DRAIN_S);
}

/** A run may be on its way out of the totals when its deletion is confirmed. What stays wrong is. */
async function settled(compare: () => Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + DELETED_S * 1000;
  for (;;) {
    const wrong = await compare();
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
    await new Promise((again) => setTimeout(again, 500));
  }
}

interface Breakdown {
  rows: { key: string; calls: number; tokens: { input: number | null; output: number | null }; cost: string | null }[];
}

interface Balance {
  received: number;
  booked: number;
  duplicate: number;
  rejected: number;
}

async function compareApi(url: string, books: Books): Promise<string[]> {
  const wrong: string[] = [];
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T;
  const balance = await get<Balance>('/api/ingest');
  if (balance.received !== balance.booked + balance.duplicate + balance.rejected) wrong.push(`unbalanced: ${JSON.stringify(balance)}`);
  if (balance.received < books.acknowledged)
    wrong.push(`${books.acknowledged} were acknowledged, ${balance.received} are said to be received`);
  const { rows } = await get<Breakdown>('/api/analytics/breakdown?by=model&limit=1000');
  const said = new Map(rows.filter((row) => row.key !== '' && row.calls !== 0).map((row) => [row.key, row]));
  for (const [model, want] of books.byModel()) {
    const row = said.get(model);
    said.delete(model);
    const got = row && { calls: row.calls, input: row.tokens.input, output: row.tokens.output, cost: row.cost && pico(row.cost) };
    if (text(got) !== text(want)) wrong.push(`${model}: the analytics say ${text(got)}, sent were ${text(want)}`);
  }
  for (const model of said.keys()) wrong.push(`${model} is in the analytics and was never sent`);
  const { runs } = await get<{ runs: number }>('/api/analytics/summary');
  if (runs !== books.runCount()) wrong.push(`the analytics say ${runs} runs, sent were ${books.runCount()}`);
  return wrong;
}

const text = (value: unknown): string => JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? String(v) : v));

/** US dollars as decimal text -> pico-dollars. */
function pico(usd: string): bigint {
  const [whole, fraction = ''] = usd.split('.');
  return BigInt(whole! + fraction.padEnd(12, '0'));
}

/** Opens the store in a process of its own. */
async function inspect(world: World): Promise<Found> {
  const file = join(world.folder, 'found.json');
  const script = fileURLToPath(new URL('./inspect.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions', 'airuns-source', script, file];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, UV_THREADPOOL_SIZE: '12', ...world.env } });
  return JSON.parse(readFileSync(file, 'utf8')) as Found;
}

function compareRows(books: Books, found: Found): string[] {
  const faults = new Faults();
  const stored = new Map(found.spans.map((span) => [span.id, span]));
  for (const [id, { run, call }] of books.spans) {
    const row = stored.get(id);
    stored.delete(id);
    if (books.deleted.has(run)) {
      if (row) faults.add('spans of deleted runs are there', id);
      continue;
    }
    if (!row) faults.add('acknowledged spans are lost', id);
    else if (row.rows !== '1') faults.add('spans are there more than once', `${id}: ${row.rows}`);
    else if (row.run !== run) faults.add('spans are in another run', `${id}: ${row.run} instead of ${run}`);
    else if (call && (row.model !== call.model || Number(row.input) !== call.input || Number(row.output) !== call.output))
      faults.add('spans are not in their newest version', `${id}: ${row.model} ${row.input}/${row.output}, not ${text(call)}`);
    else if (call?.cost && pico(row.cost) !== call.cost) faults.add('costs are wrong', `${id}: ${row.cost}, not ${call.cost} pico-dollars`);
  }
  for (const id of stored.keys()) faults.add('spans are there that were never acknowledged or sent', id);
  const logs = new Set(found.logs);
  for (const [id, { traceId }] of books.logs)
    if (!logs.has(id) && !books.deleted.has(traceId)) faults.add('acknowledged log records are lost', id);
  for (const mismatch of found.mismatches) faults.add('totals differ from a recount', mismatch);
  return faults.lines();
}

/** Counts faults by kind and keeps examples. */
class Faults {
  private readonly found = new Map<string, string[]>();

  add(kind: string, what: string): void {
    const list = this.found.get(kind);
    if (list) list.push(what);
    else this.found.set(kind, [what]);
  }

  lines(): string[] {
    return [...this.found].map(([kind, list]) => `${list.length} ${kind}, e.g. ${list.slice(0, EXAMPLES).join('; ')}`);
  }
}
