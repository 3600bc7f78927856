import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Draft, hasUsage, Known } from '../../ingest/draft.ts';
import { verifyBooks } from '../../schema/index.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';
import { anyValue, fixed64Field, keyValue, lengthField, logsRequestOf, requestOf, spanMessage } from '../support/otlp-wire.ts';
import { IngestProcess } from './process.ts';
import { Recount, type Totals } from './recount.ts';
import { type Log, random, type Scenario, type Step, scenarioOf, spanOf, type Version } from './scenario.ts';

/** AIRUNS_SEEDS=2000 runs all, AIRUNS_SEED=n begins at n; a failure names the seeds that fail. */
const SEEDS = Number(process.env.AIRUNS_SEEDS ?? 80);
const FIRST = Number(process.env.AIRUNS_SEED ?? 1);
/** Senders at a time: they share batches, so many at a time are cheaper than the same number in turn. */
const AT_ONCE = SEEDS > 500 ? 100 : 40;

/** One sender: a scenario in a project of its own, and its own idea of what must be in the books. */
interface Sender {
  readonly project: string;
  readonly scenario: Scenario;
  readonly recount: Recount;
  /** Counted from what was sent and answered. */
  sent: number;
  rejected: number;
  logs: Set<string>;
}

let test: TestStore;
let ingest: IngestProcess;
let restarts = 0;
/** What went wrong and was made good, and what was lost. */
const troubles: string[] = [];
const alarms: string[] = [];
const senders: Sender[] = [];
/** What a project was when all its spans were sent, while others went on. */
const finished = new Map<string, string>();

const senderOf = (project: string, scenario: Scenario): Sender => ({
  project,
  scenario,
  recount: new Recount(),
  sent: 0,
  rejected: 0,
  logs: new Set(),
});

/** The process is ended only between two steps of all senders; what waits for the store does not wait for that. */
class Gate {
  #active = 0;
  #closed: Promise<void> | null = null;
  #empty: (() => void) | null = null;
  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed) await this.#closed;
    this.#active++;
    try {
      return await work();
    } finally {
      this.#active--;
      if (this.#active === 0) this.#empty?.();
    }
  }
  async alone(work: () => Promise<void>): Promise<void> {
    let open = (): void => undefined;
    this.#closed = new Promise((resolve) => {
      open = resolve;
    });
    if (this.#active > 0) {
      await new Promise<void>((resolve) => {
        this.#empty = resolve;
      });
    }
    this.#empty = null;
    await work();
    this.#closed = null;
    open();
  }
}
const gate = new Gate();

const openProcess = (n: number): Promise<IngestProcess> =>
  IngestProcess.open(test.directory, test.store, n % 2 === 0 ? 100_000 : 64 * 1024 * 1024, troubles, alarms);

async function sendSpans(sender: Sender, step: Extract<Step, { do: 'spans' }>): Promise<void> {
  const messages = step.versions.map((v) => spanMessage(spanOf(v)));
  for (let i = 0; i < step.broken; i++) messages.push(spanMessage({ traceId: '' }));
  let result = await ingest.send(sender.project, 'traces', requestOf(...messages), step.gzip);
  // A sender that is told to come again does.
  while (result.outcome === 'busy') result = await ingest.send(sender.project, 'traces', requestOf(...messages), step.gzip);
  if (result.outcome !== 'stored') throw new Error(`seed ${sender.scenario.seed}: ${result.outcome} ${result.message}`);
  sender.sent += messages.length;
  sender.rejected += result.rejected;
  sender.recount.stored(step.versions);
}

const logMessage = ({ traceId, spanId, at, text }: Log): Buffer =>
  Buffer.concat([
    fixed64Field(1, at),
    lengthField(5, anyValue({ content: text })),
    lengthField(6, keyValue('event.name', 'gen_ai.user.message')),
    lengthField(9, Buffer.from(traceId, 'hex')),
    lengthField(10, Buffer.from(spanId, 'hex')),
  ]);

async function run(sender: Sender, steps: readonly Step[]): Promise<void> {
  const { project, recount } = sender;
  let underWay: Promise<void>[] = [];
  const settled = async (): Promise<void> => {
    const all = underWay;
    underWay = [];
    await Promise.all(all);
  };
  for (const step of steps) {
    if (step.do === 'spans') {
      underWay.push(gate.pass(() => sendSpans(sender, step)));
      if (step.waits) await settled();
    } else if (step.do === 'logs') {
      await gate.pass(async () => {
        const body = (): Buffer => logsRequestOf(...step.logs.map(logMessage));
        let result = await ingest.send(project, 'logs', body());
        while (result.outcome === 'busy') result = await ingest.send(project, 'logs', body());
        expect(result.outcome).toBe('stored');
        sender.sent += step.logs.length;
        if (result.outcome === 'stored') sender.rejected += result.rejected;
        for (const log of step.logs) sender.logs.add(log.text);
      });
    } else if (step.do === 'delete') {
      recount.delete(step.traceId);
      await gate.pass(async () => {
        // On a busy machine the answer may come before it is done, or tell to ask again.
        const ask = (): Promise<boolean> =>
          ingest.life.delete({ kind: 'run', project, runId: step.traceId, traceIds: [step.traceId] }).then(
            ({ done }) => done,
            () => false,
          );
        while (!(await ask()));
      });
    } else {
      await settled();
      const traceIds = [...new Set(sender.scenario.versions.map((v) => v.traceId))];
      const rewrite = (d: Draft): Draft =>
        hasUsage(d)
          ? {
              ...d,
              known: d.known | Known.pricedCost,
              pricedCost: BigInt(d.input) * step.inputPico + BigInt(d.output) * step.outputPico,
              priceId: 'test',
            }
          : d;
      await gate.pass(async () => void (await ingest.change(project, traceIds, { kind: 'rewrite', rewrite })));
      recount.reprice(step.inputPico, step.outputPico);
    }
  }
  await settled();
}

/** Everything once, in order, as a sender without any trouble would. */
const plainly = (versions: readonly Version[]): Step[] => [{ do: 'spans', versions, gzip: false, broken: 0, waits: true }];
const isPlain = (scenario: Scenario): boolean => scenario.steps.every((step) => step.do === 'spans' || step.do === 'logs');

/** Some batches, kept for later: the journal lets go of what is safe. */
async function keepSegments(): Promise<void> {
  const [folder, kept] = [join(test.directory, 'journal'), join(test.directory, 'kept')];
  await mkdir(kept, { recursive: true });
  const files = (await readdir(folder)).filter((name) => name.endsWith('.native'));
  for (const name of files.slice(-10)) await copyFile(join(folder, name), join(kept, name)).catch(() => undefined);
}

async function restart(): Promise<void> {
  await gate.alone(async () => {
    await keepSegments();
    await ingest.end();
    ingest = await openProcess(++restarts);
  });
}

/** One number for each project: all newest rows without what only tells their history. */
async function digests(): Promise<Map<string, string>> {
  const rows = await test.store.query<{ project: string; digest: string }>(
    `SELECT project, concat(toString(sum(cityHash64(trace_id, span_id, parent_id, run_id, visible, counted, not_counted, kind, status, name, model,
       user_id, started_at, duration_ns, known, input_tokens, output_tokens, cost, price_id, flags, response_id, fact_ver > 0, run_name, run_status,
       own, weight, content_hash, toString(input_refs), toString(context_ref), toString(mapSort(attributes))))), 'x', toString(count())) AS digest
     FROM tasks FINAL GROUP BY project`,
    {},
    { maxSeconds: 300 },
  );
  return new Map(rows.map(({ project, digest }) => [project, digest]));
}

type Booked = Omit<Totals, 'counted'>;

/** Of a recount, what the table of runs holds. */
const bookedOf = (recount: Recount): Record<string, Booked> =>
  Object.fromEntries(Object.entries(recount.totals()).map(([run, { counted, ...booked }]) => [run, booked]));

/** All totals of all projects, as text: what no merge, retry or restart may change. */
async function totals(): Promise<Record<string, Record<string, Booked>>> {
  const rows = await test.store.query<{
    project: string;
    run: string;
    tasks: string;
    calls: string;
    input: string;
    output: string;
    pico: string;
  }>(
    `SELECT project, run_id AS run, sum(tasks) AS tasks, sum(llm_calls) + sum(embedding_calls) AS calls, sum(input_tokens) AS input,
       sum(output_tokens) AS output, toString(toInt128(sum(cost) * 1000000000000)) AS pico
     FROM runs GROUP BY project, run_id HAVING sum(runs.tasks) != 0`,
    {},
    { maxSeconds: 300 },
  );
  const all: Record<string, Record<string, Booked>> = {};
  for (const { project, run, tasks, calls, input, output, pico } of rows) {
    all[project] ??= {};
    all[project][run] = { tasks: Number(tasks), calls: Number(calls), input: Number(input), output: Number(output), cost: BigInt(pico) };
  }
  return all;
}

const seedsOf = (wrong: readonly Sender[]): string => `seeds ${wrong.map(({ project }) => project).join(', ')}`;

beforeAll(async () => {
  console.log(`seeds ${FIRST} to ${FIRST + SEEDS - 1}; AIRUNS_SEED and AIRUNS_SEEDS set them`);
  test = await openTestStore();
  ingest = await openProcess(0);
  const next = random(FIRST);
  for (let from = FIRST; from < FIRST + SEEDS; from += AT_ONCE) {
    const group: Sender[] = [];
    const work: Promise<void>[] = [];
    for (let seed = from; seed < Math.min(from + AT_ONCE, FIRST + SEEDS); seed++) {
      const scenario = scenarioOf(seed);
      const sender = senderOf(`${seed}`, scenario);
      group.push(sender);
      work.push(run(sender, scenario.steps));
      if (!isPlain(scenario)) continue;
      const twin = senderOf(`${seed}-plain`, scenario);
      group.push(twin);
      work.push(run(twin, plainly(scenario.versions)));
    }
    const started = performance.now();
    const all = Promise.all(work);
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50 + next() * 200));
      await restart();
    }
    if (next() < 0.5) await test.store.command('OPTIMIZE TABLE tasks FINAL');
    await all;
    await ingest.idle();
    senders.push(...group);
    console.log(`seeds ${from} on: ${Math.round(performance.now() - started)} ms`);
    if (from === FIRST) for (const [project, digest] of await digests()) finished.set(project, digest);
  }
}, 3_600_000);

afterAll(async () => {
  await ingest?.end();
  await test?.close();
});

describe('books of many senders in one store', () => {
  it('I1: totals are what a recount of the tasks gives, and what each sender counts for itself', async () => {
    const checks = await verifyBooks(test.store);
    expect(checks.flatMap(({ name, mismatches }) => mismatches.map((m) => ({ name, ...m })))).toEqual([]);
    const booked = await totals();
    const wrong = senders.filter(({ project, recount }) => !same(booked[project] ?? {}, bookedOf(recount)));
    for (const { project, recount } of wrong.slice(0, 3)) console.log(project, booked[project], bookedOf(recount));
    expect(wrong.length, seedsOf(wrong)).toBe(0);
    const hours = await test.store.query<{ project: string; sums: string }>(
      `SELECT project, toString((sum(h.tasks), sum(h.calls), sum(h.input_tokens), toInt128(sum(h.cost) * 1000000000000))) AS sums FROM usage_hourly AS h
       GROUP BY project HAVING sum(h.tasks) != 0`,
    );
    const byHour = new Map(hours.map(({ project, sums }) => [project, sums]));
    const wrongHours = senders.filter(({ project, recount }) => {
      const all = Object.values(recount.totals());
      const sum = (of: (t: Totals) => number | bigint): bigint => all.reduce((n, t) => n + BigInt(of(t)), 0n);
      const want = `(${[sum((t) => t.tasks), sum((t) => t.counted), sum((t) => t.input), sum((t) => t.cost)].join(',')})`;
      return (byHour.get(project) ?? '(0,0,0,0)') !== want;
    });
    expect(wrongHours.length, seedsOf(wrongHours)).toBe(0);
  });

  it('I3: any order, any batches, repeats and restarts leave the rows that one plain request leaves', async () => {
    const now = await digests();
    const plain = senders.filter(({ project }) => project.endsWith('-plain'));
    expect(plain.length).toBeGreaterThan(SEEDS / 10);
    const wrong = plain.filter(({ project }) => now.get(project) !== now.get(project.replace('-plain', '')));
    expect(wrong.length, seedsOf(wrong)).toBe(0);
  });

  it('I4: what is acknowledged is stored, what is stored was sent, byte for byte', async () => {
    const rows = await test.store.query<{ project: string; payloads: string[] }>(
      `SELECT project, arraySort(groupArray(attributes['test.payload'])) AS payloads FROM tasks FINAL WHERE not_counted != 'deleted' GROUP BY project`,
    );
    const stored = new Map(rows.map(({ project, payloads }) => [project, payloads]));
    const wrong = senders.filter(
      ({ project, recount }) => !same(stored.get(project) ?? [], [...recount.best.values()].map((v) => v.payload).sort()),
    );
    expect(wrong.length, seedsOf(wrong)).toBe(0);
    const texts = await test.store.query<{ project: string; texts: string[] }>(
      `SELECT t.project AS project, arraySort(groupArray(m.text)) AS texts
       FROM (SELECT project, arrayJoin(input_refs) AS ref FROM tasks FINAL) AS t
       JOIN (SELECT DISTINCT project, hash, text FROM messages) AS m ON m.project = t.project AND m.hash = t.ref GROUP BY project`,
    );
    const said = new Map(
      texts.map(({ project, texts: found }) => [project, found.map((text) => JSON.parse(text).parts[0].content as string).sort()]),
    );
    const wrongTexts = senders.filter(({ project, recount }) => {
      const want = [...recount.best.values()].filter(({ kind }) => kind === 'llm').map(({ text }) => text);
      return !same(said.get(project) ?? [], want.sort());
    });
    expect(wrongTexts.length, seedsOf(wrongTexts)).toBe(0);
  });

  it('I5: no span is there twice', async () => {
    const [row] = await test.store.query<{ rows: string; keys: string }>(
      'SELECT count() AS rows, uniqExact(project, trace_id, span_id) AS keys FROM tasks FINAL',
    );
    expect(row!.rows).toBe(row!.keys);
    expect(Number(row!.rows)).toBeGreaterThan(SEEDS);
  });

  it('I8: a new price changes no token, and every cost is tokens times price', async () => {
    const priced = senders.filter(({ scenario }) => scenario.steps.some((step) => step.do === 'reprice'));
    const booked = await totals();
    expect(priced.length).toBeGreaterThan(SEEDS / 10);
    const wrong = priced.filter(({ project, recount }) => !same(booked[project] ?? {}, bookedOf(recount)));
    expect(wrong.length, seedsOf(wrong)).toBe(0);
  });

  it('I9: what others send changes nothing of a project', async () => {
    const now = await digests();
    const wrong = [...finished].filter(([project, digest]) => now.get(project) !== digest);
    expect(wrong).toEqual([]);
  });

  it('I10: what is deleted and sent again is absent', async () => {
    const deleted = senders.flatMap((sender) => [...sender.recount.deleted].map((traceId) => ({ sender, traceId })));
    expect(deleted.length).toBeGreaterThan(SEEDS / 10);
    for (const { sender, traceId } of deleted) {
      const again = sender.scenario.versions.filter((v) => v.traceId === traceId);
      await sendSpans(sender, { do: 'spans', versions: again, gzip: false, broken: 0, waits: true });
    }
    await ingest.idle();
    const left = await test.store.query(
      `SELECT project, hex(trace_id) AS trace FROM tasks FINAL
       WHERE (project, trace_id) IN (SELECT project, trace_id FROM tombstones) AND (visible OR not_counted != 'deleted' OR notEmpty(attributes) OR name != '')`,
    );
    expect(left).toEqual([]);
    const booked = await totals();
    const wrong = deleted.filter(({ sender, traceId }) => booked[sender.project]?.[traceId] !== undefined);
    expect(wrong).toEqual([]);
  });

  it('I2: everything sent again changes nothing', async () => {
    const [before, beforeTotals] = [await digests(), await totals()];
    const some = senders.slice(0, 200);
    await Promise.all(some.map((sender) => run(sender, plainly(sender.scenario.versions))));
    await ingest.idle();
    expect(await digests()).toEqual(before);
    expect(await totals()).toEqual(beforeTotals);
  });

  it('I6: a batch given to the store again changes nothing', async () => {
    const [before, beforeTotals] = [await digests(), await totals()];
    const folder = join(test.directory, 'kept');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.native'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files.slice(0, 40)) {
      // The name is epoch-batch-bytes-crc; the token is that without what tells a torn file.
      const token = /^(.*-\d{10})/.exec(name)?.[1] ?? '';
      expect(token).not.toBe('');
      await test.store.insertFile('inbox', join(folder, name), token);
    }
    expect(await digests()).toEqual(before);
    expect(await totals()).toEqual(beforeTotals);
  });

  it('I11: merges and a restart change no answer', async () => {
    const [before, beforeTotals] = [await digests(), await totals()];
    for (const table of ['tasks', 'runs', 'usage_hourly', 'usage_daily', 'messages', 'details', 'ingest_log']) {
      await test.store.command(`OPTIMIZE TABLE ${table} FINAL`);
    }
    await restart();
    expect(await digests()).toEqual(before);
    expect(await totals()).toEqual(beforeTotals);
    expect((await verifyBooks(test.store)).flatMap(({ mismatches }) => mismatches)).toEqual([]);
  });

  it('I12: what was received is booked, known or refused, and what was refused was told', async () => {
    const rows = await test.store.query<{ project: string; received: string; rejected: string; rest: string }>(
      `SELECT project, sum(l.received) AS received, sum(l.rejected) AS rejected, received - sum(l.booked) - sum(l.duplicate) - rejected AS rest
       FROM ingest_log AS l GROUP BY project`,
    );
    const log = new Map(rows.map(({ project, received, rejected, rest }) => [project, [Number(received), Number(rejected), Number(rest)]]));
    const wrong = senders.filter(({ project, sent, rejected }) => !same(log.get(project), [sent, rejected, 0]));
    for (const { project, sent, rejected } of wrong.slice(0, 3)) console.log(project, log.get(project), [sent, rejected, 0]);
    expect(wrong.length, seedsOf(wrong)).toBe(0);
  });

  it('are kept without a loss', () => {
    for (const trouble of troubles) console.log(trouble.slice(0, 300));
    expect(restarts).toBeGreaterThan(1);
    expect(alarms).toEqual([]);
  });
});

const same = (a: unknown, b: unknown): boolean => text(a) === text(b);
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v === 'bigint') return `${v}n`;
    if (v === null || typeof v !== 'object' || Array.isArray(v)) return v;
    return Object.fromEntries(Object.entries(v).sort(([x], [y]) => (x < y ? -1 : 1)));
  }) ?? '';
