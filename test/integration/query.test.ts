import { mkdtemp, rm } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrice, picoToUsd, priceCall } from '@ai-runs/pricing';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveEvent, LiveRun, Run, RunList, RunSort, Series, Summary, Task, TaskList } from '../../query/contract/index.ts';
import { type LiveSource, queryRoutes } from '../../query/index.ts';
import { encodeCursor } from '../../query/runs/cursor.ts';
import { migrate, openStore, type Store, StoreError } from '../../schema/index.ts';
import { book, type Entry } from './query-ledger.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
/** Ids that end in 00, are all ff, or differ in the last byte only. */
const T = {
  chat1: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00',
  chat2: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01',
  adopted: 'ffffffffffffffffffffffffffffffff',
  failed: '00000000000000000000000000000100',
  running: '00000000000000000000000000000101',
  stalled: '00000000000000000000000000000102',
  plain: '0af7651916cd43dd8448eb211c80319c',
  hidden: '0af7651916cd43dd8448eb211c803100',
  odd: '0af7651916cd43dd8448eb211c803101',
};
const span = (n: number) => n.toString(16).padStart(16, '0');
const user = (content: string) => JSON.stringify({ role: 'user', content });
const answer = (content: string) => JSON.stringify({ role: 'assistant', parts: [{ type: 'text', content }], finish_reason: 'stop' });

const usage = { input: 1000, output: 100, cacheRead: 200, cacheWrite: null, reasoning: 10 };
const price = findPrice('openai', 'gpt-4o-mini', BigInt(NOW) * 1_000_000n)!;
const PRICED = picoToUsd(priceCall(usage, price).pico!);
const llm: Entry = {
  kind: 'llm',
  provider: 'openai',
  model: 'gpt-4o-mini',
  tokens: [1000, 100, 200, null, 10],
  pricedCost: PRICED,
  priceId: price.priceId,
};

const chat = { run: 'chat-1', feature: 'chat', user: 'ada', session: 's1' } as const;
const CHAT: Entry[] = [
  {
    ...chat,
    trace: T.chat1,
    span: '1',
    kind: 'agent',
    counted: 0,
    started: '2026-11-10 10:00:00.123456789',
    durationMs: 4000,
    fact: { name: 'Weather', tags: ['demo', 'eu'] },
  },
  {
    ...chat,
    ...llm,
    trace: T.chat1,
    span: '2',
    parent: '1',
    started: '2026-11-10 10:00:01',
    durationMs: 1000,
    ttftMs: 200,
    input: [user('one')],
    output: [answer('1')],
  },
  {
    ...chat,
    trace: T.chat1,
    span: '3',
    parent: '1',
    kind: 'tool',
    name: 'get_weather',
    counted: 0,
    started: '2026-11-10 10:00:02',
    status: 'failed',
    errorType: 'timeout',
    errorMessage: 'too slow',
    input: ['{"city":"Paris"}'],
    output: ['plain words'],
  },
];
const TURN_TWO: Entry[] = [
  {
    ...chat,
    ...llm,
    trace: T.chat2,
    span: '2',
    started: '2026-11-22 11:00:00',
    durationMs: 2000,
    ttftMs: 400,
    fact: { name: 'Weather again', tags: ['other'] },
    input: [user('one'), answer('1'), user('two')],
    output: [answer('2')],
    attributes: { 'gen_ai.system': 'openai' },
    events: '[{"name":"log","at":"1795345200000000000","attributes":{"x":1}}]',
    links: `[{"traceId":"${T.chat1}","spanId":"${span(1)}","attributes":{}}]`,
    flags: 2,
    responseId: 'resp-1',
  },
];
/** A worker's call that was booked before anybody knew its run, in a block of its own. */
const WORKER: Entry = {
  ...llm,
  run: T.adopted,
  trace: T.adopted,
  span: '2',
  parent: '1',
  started: '2026-11-21 09:30:00',
  durationMs: 500,
  seen: '2026-11-21 09:31:00',
  fact: { name: 'worker' },
};
const ADOPTION: Entry[] = [
  { ...WORKER, sign: -1 },
  { ...WORKER, ver: 2, run: 'adopted-1', feature: 'workflow', source: 'nightly', user: 'bob', fact: undefined },
  {
    run: 'adopted-1',
    trace: T.adopted,
    span: '1',
    kind: 'step',
    counted: 0,
    feature: 'workflow',
    source: 'nightly',
    user: 'bob',
    started: '2026-11-21 09:29:59',
    durationMs: 3000,
    seen: '2026-11-21 09:32:00',
    fact: { ver: 2, name: 'Nightly' },
  },
];
const OTHERS: Entry[] = [
  {
    run: 'failed-1',
    trace: T.failed,
    span: '1',
    feature: 'prompt',
    source: 'p-7',
    user: "O'Hara",
    provider: 'anthropic',
    model: 'claude-x',
    tokens: [50, null],
    reportedCost: '0.25',
    status: 'failed',
    errorType: 'rate_limit',
    errorMessage: '429',
    started: '2026-11-21 23:10:00',
    durationMs: 100,
    fact: { name: 'Broken', status: 'failed' },
  },
  {
    run: 'running-1',
    trace: T.running,
    span: '2',
    parent: '1',
    feature: 'chat',
    provider: 'acme',
    model: 'home',
    tokens: [10, 5],
    started: '2026-11-22 11:57:00',
    durationMs: 1000,
    fact: { name: 'Going', status: 'running' },
  },
  {
    run: 'stalled-1',
    trace: T.stalled,
    span: '2',
    parent: '1',
    feature: 'chat',
    provider: 'acme',
    model: 'home',
    started: '2026-11-22 11:40:00',
    durationMs: 1000,
    fact: { name: 'Silent', status: 'running' },
  },
  {
    trace: T.plain,
    span: '1',
    // Its sender did not say which feature was used.
    feature: '',
    started: '2026-11-20 00:00:00',
    durationMs: 50,
    tokens: [1, 1],
    reportedCost: '0.000000000001',
    fact: { name: '50%_off\\', tags: ['demo'] },
  },
  { trace: T.hidden, span: '1', visible: 0, kind: 'other', counted: 0, started: '2026-11-20 01:00:00' },
];
const FOREIGN: Entry[] = [
  {
    project: 'p2',
    run: 'secret',
    trace: T.plain,
    span: '9',
    user: 'ada',
    tokens: [7, 7],
    reportedCost: '99',
    fact: { name: 'Canary' },
    started: '2026-11-21 00:00:00',
  },
];
const LOG: Entry = {
  sign: 0,
  seen: '2026-11-22 11:00:30',
  log: { signal: 'traces', received: 10, booked: 7, duplicate: 2, rejected: 1, reasons: { zero_trace_id: 1 } },
};

const listeners = new Set<(event: LiveEvent) => void>();
let liveRuns: LiveRun[] = [];
const live: LiveSource = {
  runs: () => liveRuns,
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
const logger = pino({ level: 'silent' });

let directory: string;
let store: Store;
let server: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-query-'));
  store = await openStore({ engine: 'embedded', path: join(directory, 'store') });
  await migrate(store);
  for (const block of [CHAT, [WORKER], TURN_TWO, ADOPTION, OTHERS, FOREIGN, [LOG]]) await book(store, block);
  server = express()
    .use(queryRoutes({ store, live, logger, now: () => NOW }))
    .listen(0);
});

afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await store?.close();
  await rm(directory, { recursive: true, force: true });
});

async function ask<Answer>(path: string, status = 200): Promise<Answer> {
  const response = await request(server).get(path);
  expect(response.status, `${path}: ${JSON.stringify(response.body)}`).toBe(status);
  return response.body as Answer;
}
const ids = async (query: string) => (await ask<RunList>(`/api/runs?${query}`)).runs.map((run) => run.runId);
const NEWEST = ['running-1', 'stalled-1', 'failed-1', 'adopted-1', T.plain, 'chat-1'];

describe('GET /api/runs', () => {
  it('lists runs by their first start, over their whole life', async () => {
    const { runs, nextCursor } = await ask<RunList>('/api/runs');
    expect(runs.map((run) => run.runId)).toEqual(NEWEST);
    expect(nextCursor).toBeNull();
    expect(runs.at(-1)).toEqual({
      runId: 'chat-1',
      name: 'Weather',
      feature: 'chat',
      sourceId: null,
      status: 'completed',
      startedAt: '2026-11-10T10:00:00.123456789Z',
      endedAt: '2026-11-22T11:00:02Z',
      durationMs: 1_040_401_876.543211,
      lastActivityAt: '2026-11-22T11:00:02Z',
      userId: 'ada',
      sessionId: 's1',
      tags: ['demo', 'eu'],
      models: { 'gpt-4o-mini': 2 },
      providers: { openai: 2 },
      taskCount: 4,
      llmCalls: 2,
      embeddingCalls: 0,
      toolCalls: 1,
      retrievalCalls: 0,
      errorCount: 1,
      failedCalls: 0,
      messageCount: 4,
      tokens: { input: 2000, output: 200, cacheRead: 400, cacheWrite: null, reasoning: 20, total: 2200 },
      cost: '0.00039',
      unpricedCalls: 0,
      usageUnknownCalls: 0,
      starred: false,
      archived: false,
      traceIds: expect.arrayContaining([T.chat1, T.chat2]),
    } satisfies Run);
  });

  it('tells unknown from zero', async () => {
    const byId = new Map((await ask<RunList>('/api/runs')).runs.map((run) => [run.runId, run]));
    expect(byId.get('running-1')).toMatchObject({
      cost: null,
      unpricedCalls: 1,
      usageUnknownCalls: 0,
      tokens: { input: 10, total: 15, cacheRead: null },
    });
    expect(byId.get('stalled-1')).toMatchObject({
      cost: null,
      unpricedCalls: 0,
      usageUnknownCalls: 1,
      tokens: { input: null, total: null },
    });
    expect(byId.get('failed-1')).toMatchObject({ cost: '0.25', failedCalls: 1, tokens: { input: 50, output: null, total: 50 } });
    expect(byId.get(T.plain)).toMatchObject({ cost: '0.000000000001' });
  });

  it('tells running from stalled', async () => {
    const byId = new Map((await ask<RunList>('/api/runs')).runs.map((run) => [run.runId, run]));
    expect(byId.get('running-1')).toMatchObject({ status: 'running', endedAt: null, durationMs: 180_000 });
    expect(byId.get('stalled-1')).toMatchObject({ status: 'stalled', endedAt: null, durationMs: 1000 });
  });

  it.each([
    ['feature=chat', ['running-1', 'stalled-1', 'chat-1']],
    ['feature=prompt&feature=workflow', ['failed-1', 'adopted-1']],
    ['feature=custom', [T.plain]],
    ['source=nightly', ['adopted-1']],
    ['status=running', ['running-1']],
    ['status=stalled&status=failed', ['stalled-1', 'failed-1']],
    ['model=gpt-4o-mini', ['adopted-1', 'chat-1']],
    ['provider=acme&feature=chat', ['running-1', 'stalled-1']],
    ['user=ada', ['chat-1']],
    ["user=O'Hara", ['failed-1']],
    ['user=', ['running-1', 'stalled-1', T.plain]],
    ['session=s1', ['chat-1']],
    ['tag=demo', [T.plain, 'chat-1']],
    ['tag=other', []],
    ['q=WEATHER', ['chat-1']],
    ['q=hara', ['failed-1']],
    ['q=adopted', ['adopted-1']],
    ['q=50%25_off%5C', [T.plain]],
    ['q=%25', [T.plain]],
    ['minCost=0.00039', ['failed-1', 'chat-1']],
    ['maxCost=0.000000000001', [T.plain]],
    ['minTokens=1100', ['adopted-1', 'chat-1']],
    ['minDurationMs=3000', ['running-1', 'adopted-1', 'chat-1']],
    ['minDurationMs=180001', ['chat-1']],
    ['starred=true', []],
    ['starred=false', NEWEST],
    ['archived=true', []],
    ['from=2026-11-21T00:00:00Z', ['running-1', 'stalled-1', 'failed-1', 'adopted-1']],
    ['from=2026-11-10T10:00:00.123456789Z&to=2026-11-10T10:00:00.123456790Z', ['chat-1']],
    ['to=2026-11-20T00:00:00Z', ['chat-1']],
    ['from=2026-11-22T00:00:00Z', ['running-1', 'stalled-1']],
    ['sort=-cost', ['failed-1', 'chat-1', 'adopted-1', T.plain, 'stalled-1', 'running-1']],
    ['sort=-tokens', ['chat-1', 'adopted-1', 'failed-1', 'running-1', T.plain, 'stalled-1']],
    ['sort=-tasks&limit=2', ['chat-1', 'adopted-1']],
    ['sort=-durationMs&limit=4', ['chat-1', 'running-1', 'adopted-1', 'stalled-1']],
  ])('%s', async (query, want) => expect(await ids(query)).toEqual(want));

  it.each(['-startedAt', '-cost', '-tokens', '-durationMs', '-tasks'].flatMap((sort) => [1, 2, 4].map((limit) => [sort, limit])))(
    'pages by %s, %i at a time, show each run once',
    async (sort, limit) => {
      const whole = await ids(`sort=${sort}`);
      const paged: string[] = [];
      for (let cursor = ''; ; ) {
        const page = await ask<RunList>(`/api/runs?sort=${sort}&limit=${limit}${cursor}`);
        expect(page.runs.length).toBeLessThanOrEqual(limit as number);
        paged.push(...page.runs.map((run) => run.runId));
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect(paged).toEqual(whole);
    },
  );

  it.each(["' OR 1=1 --", '{project:String}', '\\', "\\'", '%', '(SELECT 1)', '\t\n\r', 'ü😀', '`', '"', '[1,2]'])(
    'case 57: takes %j for nothing but a value',
    async (text) => {
      for (const filter of ['user', 'session', 'tag', 'model', 'provider', 'source', 'q']) {
        const found = await ids(`${filter}=${encodeURIComponent(text)}`);
        expect(found).toEqual(filter === 'q' && ['\\', '%'].includes(text) ? [T.plain] : []);
      }
    },
  );

  it('case 57: takes hundreds of values of one filter, and refuses what it would not read whole', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `user=u${i}`).join('&');
    expect(await ids(`${many(499)}&user=ada`)).toEqual(['chat-1']);
    await ask(`/api/runs?${many(501)}`, 400);
    await ask(`/api/runs?${many(499)}&${'q=x&'.repeat(502)}modle=x`, 400);
  });

  it.each([
    ['modle=x', 'unknown_parameter', 'modle'],
    ['sort=startedAt', 'bad_request', 'sort'],
    ['from=yesterday', 'bad_request', 'from'],
    ['cursor=abc', 'bad_cursor', 'cursor'],
  ])('case 57: refuses %s', async (query, code, named) => {
    const { error } = await ask<{ error: { code: string; message: string } }>(`/api/runs?${query}`, 400);
    expect(error).toMatchObject({ code, message: expect.stringContaining(named) });
  });
});

describe('values as large as their fields take', () => {
  it.each([
    'minDurationMs=3155760000000',
    'minTokens=999999999999999',
    'minCost=999999999999999999.999999999999',
    'from=2105-12-31T23:59:59.999999999Z',
  ])('%s leaves nothing', async (filter) => {
    expect(await ids(filter)).toEqual([]);
    for (const path of ['analytics/summary', 'analytics/breakdown?by=status', 'analytics/series?measure=runs', 'facets'])
      await ask(`/api/${path}${path.includes('?') ? '&' : '?'}${filter}`);
  });

  it.each(['maxCost=999999999999999999.999999999999', 'to=2105-12-31T23:59:59.999999999Z', 'from=1970-01-01T00:00:00Z'])(
    '%s leaves all',
    async (filter) => expect(await ids(`${filter}&sort=-startedAt`)).toEqual(await ids(filter.startsWith('max') ? 'minCost=0' : '')),
  );

  it.each([
    'minDurationMs=3155760000001',
    'minDurationMs=999999999999999',
    'minTokens=9999999999999999',
    'minCost=9999999999999999999',
    'maxCost=9999999999999999999',
    'maxCost=1e9',
    'limit=99999999999999999999',
  ])('refuses %s', async (filter) => {
    await ask(`/api/runs?${filter}`, 400);
    if (!filter.startsWith('limit')) await ask(`/api/analytics/summary?${filter}`, 400);
  });

  it.each<[RunSort, string]>([
    ['-startedAt', '9999-99-99 99:99:99.999999999'],
    ['-startedAt', '2026-02-30 00:00:00.000000000'],
    ['-startedAt', '9999-12-31 23:59:59.999999999'],
    ['-startedAt', '1900-01-01 00:00:00.000000000'],
    ['-tokens', '9999999999999999999'],
    ['-tokens', '-9999999999999999999'],
    ['-tasks', '9223372036854775808'],
    ['-durationMs', '9223372036854775808'],
  ])('refuses a forged cursor of %s at %s', async (sort, value) => {
    const cursor = encodeCursor({ sort, value, runId: 'x' });
    expect(await ask(`/api/runs?sort=${sort}&cursor=${cursor}`, 400)).toMatchObject({ error: { code: 'bad_cursor' } });
  });

  it.each<[RunSort, string]>([
    ['-startedAt', '1970-01-01 00:00:00.000000000'],
    ['-startedAt', '2105-12-31 23:59:59.999999999'],
    ['-tokens', '9223372036854775807'],
    ['-tasks', '-9223372036854775808'],
    ['-durationMs', '9223372036854775807'],
    ['-cost', '99999999999999999999999999.999999999999'],
    ['-cost', '-99999999999999999999999999.999999999999'],
  ])('goes on after %s at %s', async (sort, value) => {
    for (const runId of ['x', '\0', "it's \\ \n", '\u{10ffff}'])
      await ask(`/api/runs?sort=${sort}&cursor=${encodeCursor({ sort, value, runId })}`);
  });
});

describe('a run that was adopted', () => {
  it('is whole under its new id, and gone under its old one', async () => {
    const run = await ask<Run>('/api/runs/adopted-1');
    expect(run).toMatchObject({ name: 'Nightly', feature: 'workflow', userId: 'bob', taskCount: 2, llmCalls: 1, cost: PRICED });
    const { tasks } = await ask<{ tasks: Task[] }>('/api/runs/adopted-1/tasks');
    expect(tasks.map((task) => [task.taskId, task.runId])).toEqual([
      [span(1), 'adopted-1'],
      [span(2), 'adopted-1'],
    ]);
    expect(await ids(`q=${T.adopted}`)).toEqual([]);
  });

  it('is not found by its old run in the tasks, though the bloom index knows it there', async () => {
    const count = async (run: string) =>
      (
        await store.query<{ n: string }>("SELECT count() AS n FROM tasks FINAL WHERE project = 'default' AND run_id = {run:String}", {
          run,
        })
      )[0]?.n;
    expect([await count(T.adopted), await count('adopted-1')]).toEqual(['0', '2']);
  });

  it('is found by its trace, which was its old id', async () =>
    expect(await ask<Run>(`/api/runs/${T.adopted}`)).toMatchObject({ runId: 'adopted-1' }));
});

describe('GET /api/runs/:runId', () => {
  it('finds a run by each of its traces, in any case', async () => {
    for (const id of ['chat-1', T.chat1, T.chat2, T.chat2.toUpperCase()])
      expect(await ask<Run>(`/api/runs/${id}`)).toMatchObject({ runId: 'chat-1' });
  });

  it.each(['nobody', T.hidden, '0'.repeat(32), 'secret', "' OR 1=1 --", '%', 'x'.repeat(5000)])('does not find %s', async (id) => {
    const { error } = await ask<{ error: { code: string } }>(`/api/runs/${encodeURIComponent(id)}`, 404);
    expect(error.code).toBe('not_found');
  });
});

describe('GET /api/runs/:runId/tasks', () => {
  it('gives the tree, parents first', async () => {
    const { tasks, total } = await ask<{ tasks: Task[]; total: number }>('/api/runs/chat-1/tasks');
    expect(total).toBe(4);
    expect(tasks.map((task) => `${task.traceId.slice(-2)} ${task.taskId.at(-1)} ${task.parentTaskId?.at(-1) ?? '-'}`)).toEqual([
      '00 1 -',
      '00 2 1',
      '00 3 1',
      '01 2 -',
    ]);
    expect(tasks[2]).toMatchObject({
      kind: 'tool',
      status: 'failed',
      error: { type: 'timeout', message: 'too slow' },
      counted: false,
      cost: null,
      model: null,
    });
    expect(tasks[1]).toMatchObject({ ttftMs: 200, durationMs: 1000, cost: PRICED, tokens: { input: 1000, cacheWrite: null } });
  });

  it('gives windows of the same order', async () => {
    const whole = await ask<{ tasks: Task[] }>('/api/runs/chat-1/tasks');
    const window = await ask<{ tasks: Task[]; total: number }>('/api/runs/chat-1/tasks?offset=1&limit=2');
    expect(window).toEqual({ tasks: whole.tasks.slice(1, 3), total: 4, order: 'tree' });
    expect(await ask('/api/runs/chat-1/tasks?offset=9&limit=2')).toEqual({ tasks: [], total: 4, order: 'tree' });
  });

  it('gives parts of the tree, with what lies below each task', async () => {
    const whole = await ask<TaskList>('/api/runs/chat-1/tasks');
    const roots = await ask<TaskList>('/api/runs/chat-1/tasks?parent=root');
    expect(roots).toEqual({
      tasks: [whole.tasks[0], whole.tasks[3]],
      total: 4,
      order: 'tree',
      branch: {
        places: [
          { level: 0, children: 2, descendants: 2, failedBelow: 1 },
          { level: 0, children: 0, descendants: 0, failedBelow: 0 },
        ],
        matched: 2,
        nextOffset: null,
        path: [],
        indexes: [],
      },
    });
    const parent = `${T.chat1}:${span(1)}`;
    const children = await ask<TaskList>(`/api/runs/chat-1/tasks?parent=${parent.toUpperCase()}&limit=1&at=${T.chat1}:${span(3)}`);
    expect(children).toMatchObject({
      tasks: [whole.tasks[1]],
      branch: {
        places: [{ level: 1, children: 0 }],
        matched: 2,
        nextOffset: 1,
        path: [{ traceId: T.chat1, taskId: span(1) }],
        indexes: [0, 1],
      },
    });
    const rest = await ask<TaskList>(`/api/runs/chat-1/tasks?parent=${parent}&limit=1&offset=1`);
    expect(rest).toMatchObject({ tasks: [whole.tasks[2]], branch: { matched: 2, nextOffset: null } });
    const all = await ask<TaskList>('/api/runs/chat-1/tasks?parent=root&levels=9');
    expect(all.tasks).toEqual(whole.tasks);
    await ask(`/api/runs/chat-1/tasks?parent=${T.chat1}:${span(9)}`, 404);
    await ask('/api/runs/chat-1/tasks?parent=1', 400);
  });

  it('404 for no run, 400 for a parameter nobody knows', async () => {
    await ask('/api/runs/nobody/tasks', 404);
    await ask('/api/runs/chat-1/tasks?depth=1', 400);
  });
});

it('GET /api/runs/:runId/messages tells the whole conversation, each message once', async () => {
  const conversation = (id: string) =>
    ask<{ runId: string; messages: { role: string; parts: { text: string }[] }[] }>(`/api/runs/${id}/messages`);
  const { runId, messages } = await conversation(T.chat2);
  expect(runId).toBe('chat-1');
  for (const id of ['chat-1', T.chat1, T.chat2.toUpperCase()]) expect(await conversation(id)).toEqual({ runId, messages });
  expect(messages.map((message) => [message.role, message.parts[0]?.text])).toEqual([
    ['user', 'one'],
    ['assistant', '1'],
    ['user', 'two'],
    ['assistant', '2'],
  ]);
});

it('messages that came as log records are part of the conversation', async () => {
  const trace = 'dddddddddddddddddddddddddddddd00';
  const detail = (side: 'input' | 'output', text: object) => ({
    trace,
    span: span(1),
    at: '2026-11-09 10:00:00',
    side,
    text: JSON.stringify(text),
  });
  await book(store, [
    {
      project: 'default',
      run: 'logs-1',
      trace,
      span: '1',
      model: 'm',
      tokens: [1, 1],
      started: '2026-11-09 10:00:00',
      fact: { name: 'logs' },
    },
    {
      sign: 0,
      details: [
        detail('input', { role: 'user', content: { content: 'asked' } }),
        detail('output', { index: 0, finish_reason: 'stop', message: { content: 'told' } }),
      ],
    },
  ]);
  const { messages } = await ask<{ messages: { role: string; parts: object[] }[] }>('/api/runs/logs-1/messages');
  expect(messages).toMatchObject([
    { role: 'user', parts: [{ type: 'text', text: 'asked' }] },
    { role: 'assistant', parts: [{ type: 'text', text: 'told' }] },
  ]);
  await request(server).delete('/api/runs/logs-1').expect(204);
});

describe('GET /api/tasks/:traceId/:spanId', () => {
  it('gives everything', async () => {
    const task = await ask<Record<string, unknown>>(`/api/tasks/${T.chat2}/${span(2)}`);
    expect(task).toMatchObject({
      runId: 'chat-1',
      outputFrom: 3,
      input: null,
      output: null,
      messages: [
        { role: 'user' },
        { role: 'assistant' },
        { role: 'user' },
        { role: 'assistant', parts: [{ type: 'text', text: '2' }], model: 'gpt-4o-mini' },
      ],
      attributes: { 'gen_ai.system': 'openai' },
      events: [{ name: 'log', at: '2026-11-22T11:00:00Z', attributes: { x: 1 } }],
      links: [{ traceId: T.chat1, spanId: span(1) }],
      notes: ['a value was too long and was cut'],
      responseId: 'resp-1',
      receipt: { source: 'priced', booked: PRICED, priced: PRICED, reported: null, difference: null, reason: null, priceId: price.priceId },
    });
  });

  it('gives what went into a tool and came out, parsed where it is JSON', async () => {
    expect(await ask(`/api/tasks/${T.chat1}/${span(3)}`)).toMatchObject({ input: { city: 'Paris' }, output: 'plain words', messages: [] });
  });

  it.each([`${T.chat2}/${span(9)}`, `${T.plain}/${span(9)}`, `${T.hidden}/${span(1)}`, 'x/y', `${T.chat2}/2`])('does not find %s', (id) =>
    ask(`/api/tasks/${id}`, 404),
  );
});

describe('PATCH and DELETE /api/runs/:runId', () => {
  const patch = (id: string, body: object) => request(server).patch(`/api/runs/${id}`).send(body);

  it('stars, renames, tags and archives, one without touching the other', async () => {
    expect((await patch(T.chat1, { starred: true })).body).toMatchObject({
      runId: 'chat-1',
      starred: true,
      name: 'Weather',
      tags: ['demo', 'eu'],
    });
    expect((await patch('chat-1', { name: "Ada's — {x:String} \\ run", tags: ["it's", 'b,c'] })).body).toMatchObject({
      starred: true,
      name: "Ada's — {x:String} \\ run",
    });
    expect(await ids('starred=true')).toEqual(['chat-1']);
    expect(await ids("tag=it's")).toEqual(['chat-1']);
    expect(await ids('tag=b,c&q=ADA%27S')).toEqual(['chat-1']);
    expect(await ids('tag=eu')).toEqual([]);
    expect(await ids('q=weather')).toEqual([]);
    expect((await patch('chat-1', { archived: true, starred: false })).body).toMatchObject({
      archived: true,
      starred: false,
      tags: ["it's", 'b,c'],
    });
    expect(await ids('')).not.toContain('chat-1');
    expect(await ids('archived=true')).toEqual(['chat-1']);
    expect(await ask<Run>('/api/runs/chat-1')).toMatchObject({ archived: true });
    await Promise.all([
      patch('chat-1', { archived: false }),
      patch('chat-1', { name: 'Weather' }),
      patch('chat-1', { tags: ['demo', 'eu'] }),
    ]);
    expect(await ask<Run>('/api/runs/chat-1')).toMatchObject({ archived: false, name: 'Weather', tags: ['demo', 'eu'] });
  });

  it.each([
    [{ name: '' }, 400],
    [{ name: '   ' }, 400],
    [{ name: 'a\0b' }, 400],
    [{ name: 'two\nlines' }, 400],
    [{ name: 'half \ud83d' }, 400],
    [{ tags: ['\t'] }, 400],
    [{ tags: ['a\0b'] }, 400],
    [{ colour: 'red' }, 400],
    [{ starred: 'yes' }, 400],
    [{ tags: [1] }, 400],
  ])('refuses %j', async (body, status) => expect((await patch('chat-1', body)).status).toBe(status));

  it('takes a name without the blanks around it', async () => {
    expect((await patch('chat-1', { name: '  Weather ', tags: [' demo', 'eu'] })).body).toMatchObject({
      name: 'Weather',
      tags: ['demo', 'eu'],
    });
  });

  it('refuses a body that is no JSON, and a run that is not there', async () => {
    expect((await request(server).patch('/api/runs/chat-1').set('Content-Type', 'application/json').send('{')).status).toBe(400);
    expect((await patch('nobody', { starred: true })).status).toBe(404);
  });

  it('deletes a run from lists and pages', async () => {
    await book(store, [{ ...llm, trace: T.odd, span: '1', started: '2026-11-08 10:00:00', fact: { name: 'Gone' } }]);
    expect(await ids('q=Gone')).toEqual([T.odd]);
    await request(server).delete(`/api/runs/${T.odd}`).expect(204);
    expect(await ids('q=Gone')).toEqual([]);
    expect(await ids('q=Gone&archived=true')).toEqual([]);
    for (const path of [`/api/runs/${T.odd}`, `/api/runs/${T.odd}/tasks`, `/api/runs/${T.odd}/messages`, `/api/tasks/${T.odd}/${span(1)}`])
      await ask(path, 404);
    await request(server).delete(`/api/runs/${T.odd}`).expect(404);
  });
});

describe('live runs', () => {
  const announced: LiveRun = {
    runId: 'new-1',
    name: 'Just begun',
    feature: 'applet',
    sourceId: null,
    userId: 'eve',
    sessionId: null,
    traceId: 'e'.repeat(32),
    startedAt: '2026-11-22T11:59:00Z',
    lastSignalAt: '2026-11-22T11:59:50Z',
  };
  const during = async (runs: LiveRun[], check: () => Promise<void>) => {
    liveRuns = runs;
    await check().finally(() => {
      liveRuns = [];
    });
  };

  it('show before anything of them is booked', () =>
    during([announced], async () => {
      expect(await ids('')).toEqual(['new-1', ...NEWEST]);
      expect(await ids('status=running')).toEqual(['new-1', 'running-1']);
      expect(await ids('user=ada')).toEqual(['chat-1']);
      const page = await ask<RunList>('/api/runs?limit=2');
      expect(page.runs.map((run) => run.runId)).toEqual(['new-1', 'running-1', 'stalled-1']);
      expect(await ids(`limit=2&cursor=${page.nextCursor}`)).toEqual(['failed-1', 'adopted-1']);
      expect(await ask<Run>('/api/runs/new-1')).toMatchObject({
        status: 'running',
        durationMs: 60_000,
        cost: null,
        taskCount: 0,
        name: 'Just begun',
      });
      expect(await ask<Run>(`/api/runs/${announced.traceId}`)).toMatchObject({ runId: 'new-1' });
      expect(await ask('/api/runs/new-1/tasks')).toEqual({ tasks: [], total: 0, order: 'tree' });
      expect(await ask('/api/runs/new-1/messages')).toEqual({ runId: 'new-1', messages: [] });
    }));

  it('are found by their trace in any case, and answer with their own id', () =>
    during([announced], async () => {
      for (const id of [announced.traceId, announced.traceId.toUpperCase()]) {
        expect(await ask<Run>(`/api/runs/${id}`)).toMatchObject({ runId: 'new-1' });
        expect(await ask(`/api/runs/${id}/tasks`)).toEqual({ tasks: [], total: 0, order: 'tree' });
        expect(await ask(`/api/runs/${id}/messages`)).toEqual({ runId: 'new-1', messages: [] });
      }
    }));

  it('stand where the length that is shown puts them', () =>
    during([announced], async () => {
      const { runs } = await ask<RunList>('/api/runs?sort=-durationMs');
      const lengths = runs.map((run) => run.durationMs);
      expect(runs.slice(0, 3).map((run) => run.runId)).toEqual(['chat-1', 'running-1', 'new-1']);
      expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
      expect(await ids('minDurationMs=60000')).toEqual(['new-1', 'running-1', 'chat-1']);
      expect(await ids('minDurationMs=60001')).toEqual(['running-1', 'chat-1']);
    }));

  it('keep their place by length while pages are turned and time goes on', async () => {
    let now = NOW;
    const later = express().use(queryRoutes({ store, live, logger, now: () => now }));
    const page = async (query: string) => (await request(later).get(`/api/runs?sort=-durationMs&limit=1${query}`)).body as RunList;
    const paged: string[] = [];
    const lengths: number[] = [];
    for (let cursor = ''; ; now += 1000) {
      const { runs, nextCursor } = await page(cursor);
      paged.push(...runs.map((run) => run.runId));
      lengths.push(...runs.map((run) => run.durationMs));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(paged).toEqual(await ids('sort=-durationMs'));
    expect(lengths[1]).toBe(180_000);
  });

  it('are counted in the facets', () =>
    during([announced], async () => {
      const before = await ask<Record<string, { value: string; count: number }[]>>('/api/facets?feature=applet');
      expect(before.starred).toEqual([{ value: 'false', count: 1 }]);
      await request(server)
        .patch('/api/runs/new-1')
        .send({ starred: true, tags: ['fresh'] });
      const after = await ask<Record<string, { value: string; count: number }[]>>('/api/facets?starred=true');
      expect(after.starred).toEqual([
        { value: 'false', count: NEWEST.length },
        { value: 'true', count: 1 },
      ]);
      expect(after.tag).toEqual([{ value: 'fresh', count: 1 }]);
      await request(server).patch('/api/runs/new-1').send({ starred: false, tags: [] });
    }));

  it('can be starred and deleted before anything of them is booked', () =>
    during([announced], async () => {
      expect((await request(server).patch('/api/runs/new-1').send({ starred: true, name: 'Mine' })).body).toMatchObject({
        starred: true,
        name: 'Mine',
      });
      expect(await ids('starred=true')).toEqual(['new-1']);
      await request(server).delete('/api/runs/new-1').expect(204);
      expect(await ids('')).toEqual(NEWEST);
      await ask('/api/runs/new-1', 404);
    }));

  it('are running, whatever is booked of them, until their books are closed', () =>
    during(
      [
        { ...announced, runId: 'stalled-1', traceId: T.stalled, startedAt: '2026-11-22T11:40:00Z' },
        { ...announced, runId: 'failed-1', traceId: T.failed, startedAt: '2026-11-21T23:10:00Z' },
        { ...announced, runId: 'chat-1' },
      ],
      async () => {
        const byId = new Map((await ask<RunList>('/api/runs')).runs.map((run) => [run.runId, run]));
        expect(byId.get('stalled-1')).toMatchObject({ status: 'running', lastActivityAt: '2026-11-22T11:59:50Z' });
        expect(byId.get('failed-1')).toMatchObject({ status: 'failed' });
        expect(byId.get('chat-1')).toMatchObject({ status: 'running', cost: '0.00039' });
        expect((await ids('status=running')).sort()).toEqual(['chat-1', 'running-1', 'stalled-1']);
      },
    ));
});

const ALL = 'from=2026-11-10T00:00:00Z&to=2026-11-22T12:00:00Z';

describe('GET /api/analytics', () => {
  const summary = (query: string) => ask<Summary>(`/api/analytics/summary?${query}`);
  const sums = ({
    runs,
    tasks,
    calls,
    failedCalls,
    errors,
    cost,
    tokens,
    unpricedCalls,
    usageUnknownCalls,
    latencyMs,
    ttftMs,
  }: Summary) => ({ runs, tasks, calls, failedCalls, errors, cost, tokens, unpricedCalls, usageUnknownCalls, latencyMs, ttftMs });

  it('sums up a range', async () => {
    const found = await summary(ALL);
    expect(found).toMatchObject({
      from: '2026-11-10T00:00:00Z',
      to: '2026-11-22T12:00:00Z',
      runs: 6,
      failedRuns: 1,
      tasks: 10,
      calls: 7,
      failedCalls: 1,
      errors: 2,
      unpricedCalls: 1,
      usageUnknownCalls: 1,
    });
    expect(found.tokens).toEqual({ input: 3061, output: 306, cacheRead: 600, cacheWrite: null, reasoning: 30, total: 3367 });
    expect(found.cost).toBe('0.250585000001');
    expect(found.previous).toMatchObject({ from: '2026-10-28T12:00:00Z', to: '2026-11-10T00:00:00Z' });
    expect(found.ttftMs.p50).toBeGreaterThan(190);
    expect(found.ttftMs.p50).toBeLessThan(210);
  });

  it('has the range before', async () => {
    const { previous } = await summary('from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z');
    expect(previous).toMatchObject({ from: '2026-11-21T00:00:00Z', runs: 2, calls: 2, failedCalls: 1 });
  });

  it('covers everything without a range', async () => {
    const found = await summary('');
    expect(found.calls).toBeGreaterThanOrEqual(7);
    expect(found.to).toBe('2026-11-22T12:01:00Z');
  });

  it.each(['starred=false', 'minTokens=0', 'status=completed&status=failed&status=running&status=stalled', 'session=s1&session='])(
    'gives the same from tasks as from totals: %s',
    async (everything) => expect(sums(await summary(`${ALL}&${everything}`))).toEqual(sums(await summary(ALL))),
  );

  it('is exact where a range cuts hours', async () => {
    const cuts = [
      '2026-11-10T00:00:00Z',
      '2026-11-10T10:00:01Z',
      '2026-11-21T09:30:00.000000001Z',
      '2026-11-22T11:57:00Z',
      '2026-11-22T12:00:00Z',
    ];
    const parts = await Promise.all(cuts.slice(1).map((to, i) => summary(`from=${cuts[i]}&to=${to}`)));
    const whole = await summary(ALL);
    for (const figure of ['runs', 'tasks', 'calls', 'errors'] as const)
      expect(
        parts.reduce((sum, part) => sum + part[figure], 0),
        figure,
      ).toBe(whole[figure]);
    expect(parts.map((part) => part.calls)).toEqual([0, 3, 3, 1]);
  });

  describe('where a range begins and ends between two seconds', () => {
    const cut = { run: 'cut-1', user: 'cutter', session: 'cut', model: 'cut', tokens: [1, 1], reportedCost: '0.01' } as const;
    const at = (time: string, i: number): Entry => ({ ...cut, trace: 'c'.repeat(32), span: String(i), started: `2026-10-05 ${time}` });
    const STARTS = ['11:59:59.2', '12:00:00.2', '12:00:00.499999999', '12:00:00.5', '12:00:00.8', '12:59:59.999999999', '13:00:00.1'];

    beforeAll(async () => {
      await book(
        store,
        STARTS.map(at).map((entry, i) => (i === 0 ? { ...entry, fact: { name: 'cut' } } : entry)),
      );
    });
    afterAll(async () => {
      await request(server).delete('/api/runs/cut-1').expect(204);
    });

    it.each([
      ['12:00:00.5', '12:00:00.8', 2, 1],
      ['12:00:00.500000001', '12:00:00.800000001', 2, 1],
      ['12:00:00.2', '12:00:01', 0, 4],
      ['12:00:00.1', '12:00:00.2', 0, 0],
      ['12:00:00.3', '12:00:00.3', 0, 0],
      ['12:00:00.3', '13:00:00.3', 2, 5],
      ['11:59:59.3', '13:00:00.1', 1, 5],
      ['13:00:00', '14:00:00', 5, 1],
    ])('%s to %s, and the range before it, count each task once', async (from, to, earlier, count) => {
      for (const filter of ['', 'user=cutter', 'session=cut', 'status=completed', 'q=cut', 'model=cut']) {
        const found = await summary(`from=2026-10-05T${from}Z&to=2026-10-05T${to}Z&${filter}`);
        expect([found.previous.tasks, found.tasks], filter).toEqual([earlier, count]);
        expect(found.cost, filter).toBe(count === 0 ? null : `0.0${count}`);
      }
    });
  });

  it.each([
    ['feature=chat', { runs: 3, calls: 4 }],
    ['feature=custom', { runs: 1, calls: 1, cost: '0.000000000001' }],
    ['feature=custom&starred=false', { runs: 1, calls: 1, cost: '0.000000000001' }],
    ['model=gpt-4o-mini', { runs: 2, calls: 3 }],
    ['user=ada', { runs: 1, calls: 2, errors: 1 }],
    ['source=nightly', { runs: 1, tasks: 2, calls: 1 }],
    ['provider=acme&provider=anthropic', { calls: 3 }],
    ['status=failed', { runs: 1, calls: 1, cost: '0.25' }],
    ['tag=demo', { runs: 2, calls: 3 }],
    ['q=nightly', { runs: 1, calls: 1 }],
    ['minCost=0.2', { runs: 1, calls: 1 }],
    ['archived=true', { runs: 0, calls: 0, cost: null }],
  ])('filters by %s', async (filter, want) => expect(await summary(`${ALL}&${filter}`)).toMatchObject(want));

  const series = (query: string) => ask<Series>(`/api/analytics/series?${query}`);

  it.each(['3600', '86400', '21600', '604800'])('series of %s s add up to the summary', async (interval) => {
    const whole = await summary(ALL);
    for (const [measure, want] of [
      ['calls', whole.calls],
      ['runs', whole.runs],
      ['errors', whole.errors],
      ['inputTokens', whole.tokens.input],
      ['failedRuns', whole.failedRuns],
      ['unpricedCalls', whole.unpricedCalls],
    ] as const) {
      for (const by of ['none', 'feature', 'user', 'model'] as const) {
        if (by === 'model' && (measure === 'runs' || measure === 'failedRuns' || measure === 'errors')) continue;
        const { buckets } = await series(`${ALL}&interval=${interval}&measure=${measure}&by=${by}`);
        expect(
          buckets.reduce((sum, bucket) => sum + Number(bucket.value), 0),
          `${measure} by ${by}`,
        ).toBe(want);
      }
    }
  });

  it('fills empty buckets: 0 for sums, null for quantiles', async () => {
    const range = 'from=2026-11-21T22:00:00Z&to=2026-11-22T01:00:00Z&interval=3600';
    const at = (hour: string) => `2026-11-2${hour}:00:00Z`;
    expect((await series(`${range}&measure=cost`)).buckets).toEqual([
      { start: at('1T22'), key: '', value: '0' },
      { start: at('1T23'), key: '', value: '0.25' },
      { start: at('2T00'), key: '', value: '0' },
    ]);
    const { buckets } = await series(`${range}&measure=latencyP95&by=feature`);
    expect(buckets).toMatchObject([
      { key: '', value: null },
      { key: 'prompt', value: expect.any(Number) },
      { key: '', value: null },
    ]);
    expect(Math.abs(Number(buckets[1]?.value) - 100)).toBeLessThan(3);
  });

  it('says unknown where calls reported nothing', async () => {
    const range = 'from=2026-11-22T11:30:00Z&to=2026-11-22T12:00:00Z&interval=900';
    expect((await series(`${range}&measure=cost`)).buckets.map((bucket) => bucket.value)).toEqual([null, null]);
    expect((await series(`${range}&measure=tokens`)).buckets.map((bucket) => bucket.value)).toEqual([null, 15]);
  });

  it('chooses an interval, and refuses what it does not offer', async () => {
    expect(await series(`${ALL}&measure=calls`)).toMatchObject({ interval: 10_800, measure: 'calls', by: 'none' });
    await ask(`/api/analytics/series?${ALL}&measure=calls&interval=7`, 400);
    await ask(`/api/analytics/series?${ALL}&measure=calls&interval=10`, 400);
    await ask(`/api/analytics/series?${ALL}`, 400);
    await ask(`/api/analytics/series?${ALL}&measure=runs&by=kind`, 400);
  });

  interface Rows {
    rows: {
      key: string;
      runs: number | null;
      calls: number;
      errors: number;
      cost: string | null;
      tokens: { total: number | null };
      latencyMs: { p50: number | null };
    }[];
  }
  const rows = async (query: string) =>
    (await ask<Rows>(`/api/analytics/breakdown?${ALL}&${query}`)).rows.map((row) => [row.key, row.runs, row.calls, row.cost]);

  it.each([
    [
      'by=model',
      [
        ['claude-x', 1, 1, '0.25'],
        ['gpt-4o-mini', 2, 3, '0.000585'],
        ['', 0, 1, '0.000000000001'],
        ['home', 2, 2, null],
      ],
    ],
    [
      'by=provider&limit=2',
      [
        ['anthropic', 1, 1, '0.25'],
        ['openai', 2, 3, '0.000585'],
      ],
    ],
    [
      'by=user',
      [
        ["O'Hara", 1, 1, '0.25'],
        ['ada', 1, 2, '0.00039'],
        ['bob', 1, 1, '0.000195'],
        ['', 3, 3, '0.000000000001'],
      ],
    ],
    [
      'by=status',
      [
        ['failed', 1, 1, '0.25'],
        ['completed', 3, 4, '0.000585000001'],
        ['running', 1, 1, null],
        ['stalled', 1, 1, null],
      ],
    ],
    [
      'by=errorType',
      [
        ['rate_limit', null, 1, '0.25'],
        ['timeout', null, 0, null],
      ],
    ],
    [
      'by=source',
      [
        ['p-7', 1, 1, '0.25'],
        ['', 4, 5, '0.000390000001'],
        ['nightly', 1, 1, '0.000195'],
      ],
    ],
  ])('breaks down %s', async (query, want) => {
    const found = await rows(query);
    expect(found).toEqual(want);
  });

  it('breaks down by kind, with the latency of the tasks', async () => {
    const { rows: found } = await ask<Rows>(`/api/analytics/breakdown?${ALL}&by=kind`);
    expect(found.map((row) => [row.key, row.calls, row.errors])).toEqual([
      ['llm', 7, 1],
      ['agent', 0, 0],
      ['step', 0, 0],
      ['tool', 0, 1],
    ]);
    expect(Math.abs(Number(found.find((row) => row.key === 'agent')?.latencyMs.p50) - 4000)).toBeLessThan(80);
  });
});

describe('GET /api/facets', () => {
  it('counts each facet under all filters but its own', async () => {
    const facets = await ask<Record<string, { value: string; count: number }[]>>('/api/facets?feature=chat');
    const of = (name: string) => Object.fromEntries((facets[name] ?? []).map(({ value, count }) => [value, count]));
    expect(of('feature')).toEqual({ chat: 3, custom: 1, prompt: 1, workflow: 1 });
    expect(of('status')).toEqual({ running: 1, stalled: 1, completed: 1 });
    expect(of('model')).toEqual({ home: 2, 'gpt-4o-mini': 1 });
    expect(of('user')).toEqual({ ada: 1 });
    expect(of('tag')).toEqual({ demo: 1, eu: 1 });
    expect(of('cost')).toEqual({ known: 1, unknown: 2 });
    expect(of('starred')).toEqual({ false: 3 });
  });

  it('leaves out what began before the range', async () => {
    const facets = await ask<Record<string, { value: string; count: number }[]>>('/api/facets?from=2026-11-22T00:00:00Z');
    expect(facets.status).toEqual([
      { value: 'running', count: 1 },
      { value: 'stalled', count: 1 },
    ]);
  });
});

it('GET /api/ingest gives a balance that balances', async () => {
  expect(await ask('/api/ingest')).toEqual({
    received: 10,
    booked: 7,
    duplicate: 2,
    rejected: 1,
    balanced: true,
    setAside: 0,
    reasons: [{ reason: 'zero_trace_id', count: 1 }],
    signals: [{ signal: 'traces', received: 10, booked: 7, duplicate: 2, rejected: 1, reasons: [{ reason: 'zero_trace_id', count: 1 }] }],
    interval: 60,
    buckets: [{ start: '2026-11-22T11:00:00Z', signal: 'traces', received: 10, booked: 7, duplicate: 2, rejected: 1 }],
  });
  expect(await ask('/api/ingest?to=2026-11-22T11:00:00Z')).toMatchObject({ received: 0, balanced: true, signals: [], buckets: [] });
});

describe('GET /api/live', () => {
  const event = (runId: string): LiveEvent => ({ type: 'run.updated', runId, at: '2026-11-22T12:00:00Z', tasks: 2 });
  const emit = (runId: string) => {
    for (const listener of listeners) listener(event(runId));
  };

  /** Reads the stream until `enough` says so, then hangs up. */
  function listen(
    headers: Record<string, string>,
    enough: (text: string) => boolean,
    opened: () => void = () => undefined,
  ): Promise<{ text: string; type: string | undefined }> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      httpGet({ port, path: '/api/live', headers }, (response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (text === '') setImmediate(opened);
          text += chunk;
          if (!enough(text)) return;
          response.destroy();
          resolve({ text, type: response.headers['content-type'] });
        });
      }).on('error', reject);
    });
  }

  it('sends what happens, with ids to go on from', async () => {
    const first = await listen(
      {},
      (text) => text.includes('r-1'),
      () => emit('r-1'),
    );
    expect(first.type).toBe('text/event-stream');
    expect(first.text).toMatch(/^retry: \d+\n\n/);
    expect(first.text).toContain(`event: run.updated\ndata: ${JSON.stringify(event('r-1'))}\n\n`);
    const id = /id: (\S+)/.exec(first.text)![1]!;
    emit('r-2');
    emit('r-3');
    const rest = await listen({ 'Last-Event-ID': id }, (text) => text.includes('r-3'));
    expect(rest.text).not.toContain('"r-1"');
    expect(rest.text).toMatch(/"r-2"[\s\S]*"r-3"/);
  });

  it('tells a reader that missed too much to load anew', async () => {
    expect((await listen({ 'Last-Event-ID': 'long-ago-1' }, (text) => text.includes('reset'))).text).toContain('event: reset\n');
  });
});

it.each([
  ['unavailable', 503],
  ['overloaded', 503],
  ['timeout', 504],
  ['refused', 500],
] as const)('a store that is %s is answered with %i, without its words', async (reason, status) => {
  const fail = async () => Promise.reject(new StoreError(reason, 'SELECT secret FROM somewhere'));
  const broken = { engine: 'embedded', query: fail, command: fail } as unknown as Store;
  const response = await request(express().use(queryRoutes({ store: broken, live, logger }))).get('/api/runs');
  expect(response.status).toBe(status);
  expect(response.headers['retry-after']).toBe(status === 503 ? '2' : undefined);
  expect(JSON.stringify(response.body)).not.toContain('secret');
});

it('the views for people say the same', async () => {
  const [run] = await store.query<Record<string, unknown>>("SELECT * FROM v_runs WHERE project = 'default' AND run_id = 'chat-1'");
  expect(run).toMatchObject({
    name: 'Weather',
    tasks: '4',
    input_tokens: '2000',
    cache_write_tokens: null,
    status: 'completed',
    tags: ['demo', 'eu'],
  });
  const tasks = await store.query<Record<string, unknown>>(
    "SELECT run_id, cost FROM v_tasks WHERE project = 'default' AND trace_id = {t:String} ORDER BY started_at",
    { t: T.adopted },
  );
  expect(tasks).toMatchObject([{ run_id: 'adopted-1', cost: null }, { run_id: 'adopted-1' }]);
  const [usage] = await store.query<{ calls: string }>(
    "SELECT sum(calls) AS calls FROM v_usage WHERE project = 'default' AND hour >= '2026-11-10 00:00:00'",
  );
  expect(Number(usage?.calls)).toBe((await ask<Summary>(`/api/analytics/summary?${ALL}`)).calls);
});

it('case 63: answers do not change when the store merges its parts', async () => {
  const paths = [
    '/api/runs',
    '/api/runs/adopted-1/tasks',
    '/api/runs/chat-1/messages',
    '/api/facets',
    '/api/ingest',
    `/api/analytics/summary?${ALL}`,
    `/api/analytics/summary?${ALL}&model=gpt-4o-mini`,
    `/api/analytics/breakdown?${ALL}&by=kind`,
    `/api/analytics/series?${ALL}&measure=latencyP95&by=feature`,
  ];
  const before = await Promise.all(paths.map((path) => ask(path)));
  for (const table of ['tasks', 'runs', 'usage_hourly', 'usage_daily', 'messages', 'details', 'ingest_log', 'run_marks']) {
    await store.command(`OPTIMIZE TABLE ${table} FINAL`);
  }
  expect(await Promise.all(paths.map((path) => ask(path)))).toEqual(before);
});
