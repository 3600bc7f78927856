import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBooks } from '../../schema/index.ts';
import { IngestProcess } from '../property/process.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';

const START = 1_795_341_600_000_000_000n;
const SECOND = 1_000_000_000n;

let test: TestStore;
let ingest: IngestProcess;
const troubles: string[] = [];
beforeAll(async () => {
  test = await openTestStore();
  ingest = await IngestProcess.open(test.directory, test.store, 64 * 1024 * 1024, troubles, troubles);
});
afterAll(async () => {
  await ingest.end();
  await test.close();
  expect(troubles).toEqual([]);
});

const id = (n: number, digits = 16): string => n.toString(16).padStart(digits, '0');
const TRACE = id(0xabc, 32);

/** A span of a few words; n is its id and, in seconds, its start. */
function span(n: number, parent: number | null, operation: string, usage?: [number, number], over: SpanInput = {}): SpanInput {
  return {
    traceId: TRACE,
    spanId: id(n),
    ...(parent === null ? {} : { parentId: id(parent) }),
    name: `s${n}`,
    start: START + BigInt(n) * SECOND,
    end: START + BigInt(n + 1) * SECOND,
    ...over,
    attributes: {
      'gen_ai.operation.name': operation,
      ...(usage ? { 'gen_ai.usage.input_tokens': BigInt(usage[0]), 'gen_ai.usage.output_tokens': BigInt(usage[1]) } : {}),
      ...over.attributes,
    },
  };
}

async function send(project: string, ...spans: SpanInput[]): Promise<void> {
  const result = await ingest.send(project, 'traces', requestOf(...spans.map(spanMessage)));
  expect(result).toMatchObject({ outcome: 'stored', rejected: 0 });
}

const runs = (project: string) =>
  test.store.query<Record<string, string>>(
    `SELECT run_id, sum(r.tasks) AS tasks, sum(r.input_tokens) AS input, sum(r.output_tokens) AS output, max(status_last).status AS status
     FROM runs AS r WHERE project = {project:String} GROUP BY run_id HAVING tasks != 0 ORDER BY run_id`,
    { project },
  );

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

/** Sends the spans one by one in every order, each to a project of its own, and says what each came to. */
async function inEveryOrder(name: string, spans: readonly SpanInput[]): Promise<Record<string, string>[][]> {
  const orders = permutations(spans);
  await Promise.all(
    orders.map(async (order, i) => {
      for (const one of order) await send(`${name}-${i}`, one);
    }),
  );
  await ingest.idle();
  const found: Record<string, string>[][] = [];
  for (const i of orders.keys()) found.push(await runs(`${name}-${i}`));
  return found;
}

describe('a trace, span by span, in every order', () => {
  it('case 27: agents that sum up what is below them count once, whichever comes first', async () => {
    const spans = [
      span(1, null, 'invoke_agent', [300, 30]),
      span(2, 1, 'invoke_agent', [300, 30]),
      span(3, 2, 'chat', [100, 10]),
      span(4, 2, 'chat', [200, 20]),
    ];
    for (const found of await inEveryOrder('sums', spans)) {
      expect(found).toEqual([{ run_id: TRACE, tasks: '4', input: '300', output: '30', status: 'completed' }]);
    }
  });

  it.each([
    ['a circle', [span(1, 3, 'chat', [1, 1]), span(2, 1, 'invoke_agent'), span(3, 2, 'execute_tool')], 'completed'],
    ['a span that is its own parent', [span(1, 1, 'chat', [1, 1]), span(2, 1, 'execute_tool')], 'completed'],
    ['a root that never comes', [span(2, 1, 'chat', [1, 1]), span(3, 2, 'execute_tool'), span(4, 1, 'execute_tool')], 'running'],
    ['two roots', [span(1, null, 'invoke_agent'), span(2, null, 'chat', [1, 1]), span(3, 2, 'execute_tool')], 'completed'],
    [
      'a child an hour older than its parent',
      [
        span(1, 2, 'chat', [1, 1]),
        span(2, null, 'invoke_agent', undefined, { start: START + 3600n * SECOND, end: START + 3601n * SECOND }),
      ],
      'completed',
    ],
  ])('case 28: %s comes to the same run', async (name, spans, status) => {
    for (const found of await inEveryOrder(name, spans)) {
      expect(found).toEqual([{ run_id: TRACE, tasks: String(spans.length), input: '1', output: '1', status }]);
    }
  });

  it('case 34: of versions of a span the one that has ended, ends last and says most stands', async () => {
    const versions = [
      span(1, null, 'chat', undefined, { end: 0n }),
      span(1, null, 'chat', [1, 1], { end: START + 5n * SECOND }),
      span(1, null, 'chat', [2, 2], { end: START + 9n * SECOND }),
      span(1, null, 'chat', [3, 3], { end: START + 9n * SECOND, attributes: { more: 'x' } }),
    ];
    for (const found of await inEveryOrder('versions', versions)) {
      expect(found).toEqual([{ run_id: TRACE, tasks: '1', input: '3', output: '3', status: 'completed' }]);
    }
  });
});

describe('the same ids', () => {
  it('case 33: in two projects are two runs, and what is deleted of one is there in the other', async () => {
    for (const project of ['one', 'two']) await send(project, span(1, null, 'chat', [5, 5]));
    await ingest.life.delete({ kind: 'run', project: 'one', runId: TRACE, traceIds: [TRACE] });
    await ingest.idle();
    expect(await runs('one')).toEqual([]);
    expect(await runs('two')).toMatchObject([{ tasks: '1', input: '5' }]);
  });

  it('case 31: sent a hundred times at once count once', async () => {
    const spans = [span(1, null, 'invoke_agent'), span(2, 1, 'chat', [7, 7])];
    await Promise.all(Array.from({ length: 100 }, () => send('hundred', ...spans)));
    await ingest.idle();
    expect(await runs('hundred')).toMatchObject([{ tasks: '2', input: '7' }]);
    const log = await test.store.query(
      "SELECT sum(l.received) AS received, sum(l.booked) AS booked, sum(l.duplicate) AS known FROM ingest_log AS l WHERE project = 'hundred'",
    );
    expect(log).toEqual([{ received: '200', booked: '2', known: '198' }]);
  });
});

describe('runs of any size', () => {
  /** A million and a hundred thousand by AIRUNS_LARGE=1000000. */
  const large = Number(process.env.AIRUNS_LARGE ?? 10_000);

  it(`case 29: a run of ${large} spans, whose root comes last and names it, is exact`, async () => {
    const cpu = process.cpuUsage();
    for (let from = 2; from < large + 1; from += 5000) {
      const count = Math.min(5000, large + 1 - from);
      await send(
        'large',
        ...Array.from({ length: count }, (_, i) => span(from + i, 1, i % 2 ? 'chat' : 'execute_tool', i % 2 ? [3, 1] : undefined)),
      );
    }
    await send('large', span(1, null, 'invoke_agent', undefined, { attributes: { 'airuns.run.id': 'R' } }));
    await ingest.idle();
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${large} spans of one run: ${((user + system) / large).toFixed(1)} us CPU a span, engine and a correction of every row included`,
    );
    const calls = Math.floor((large - 1) / 2);
    expect(await runs('large')).toEqual([
      { run_id: 'R', tasks: String(large), input: String(3 * calls), output: String(calls), status: 'completed' },
    ]);
  }, 3_600_000);

  it(`case 29: ${large / 10} runs of one span are that many runs`, async () => {
    for (let from = 1; from <= large / 10; from += 5000) {
      const count = Math.min(5000, large / 10 + 1 - from);
      await send('many', ...Array.from({ length: count }, (_, i) => ({ ...span(1, null, 'chat', [3, 1]), traceId: id(from + i, 32) })));
    }
    await ingest.idle();
    const [row] = await test.store.query(
      `SELECT count() AS runs, sum(t) AS tasks FROM (SELECT run_id, sum(r.tasks) AS t FROM runs AS r WHERE project = 'many' GROUP BY run_id) WHERE t = 1`,
    );
    expect(row).toEqual({ runs: String(large / 10), tasks: String(large / 10) });
  }, 3_600_000);

  it('case 32: leave books that a recount confirms, also after all is sent again by the next process', async () => {
    await ingest.end();
    ingest = await IngestProcess.open(test.directory, test.store, 64 * 1024 * 1024, troubles, troubles);
    await send(
      'large',
      ...Array.from({ length: 3000 }, (_, i) => span(2 + i, 1, i % 2 ? 'chat' : 'execute_tool', i % 2 ? [3, 1] : undefined)),
    );
    await send('sums-0', span(3, 2, 'chat', [100, 10]));
    await ingest.idle();
    expect((await runs('large'))[0]).toMatchObject({ run_id: 'R', tasks: String(large) });
    expect((await verifyBooks(test.store)).flatMap(({ name, mismatches }) => mismatches.map((m) => ({ name, ...m })))).toEqual([]);
  });
});
