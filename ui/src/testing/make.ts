import type { Run, Summary, Task, Totals } from '../../../query/contract/index.ts';

/** Whole, plausible values; a test says only what it is about. */
export function makeTask(over: Partial<Task> = {}): Task {
  return {
    taskId: 'a1b2c3d4e5f60718',
    parentTaskId: null,
    traceId: 't',
    runId: 'r',
    kind: 'llm',
    name: 'chat gpt-5-mini',
    status: 'completed',
    startedAt: '2026-11-19T13:58:04Z',
    endedAt: '2026-11-19T13:58:06Z',
    durationMs: 2000,
    ttftMs: null,
    model: 'gpt-5-mini',
    requestModel: 'gpt-5-mini',
    provider: 'openai',
    tokens: { input: 1000, output: 100, cacheRead: null, cacheWrite: null, reasoning: null, total: 1100 },
    cost: '0.0006',
    counted: true,
    notCountedBecause: null,
    error: null,
    ...over,
  };
}

export function makeRun(over: Partial<Run> = {}): Run {
  return {
    runId: '7f3a9c0011223344556677889900e41b',
    name: 'Refund for order 88213',
    feature: 'chat',
    sourceId: 'support-assistant',
    status: 'completed',
    startedAt: '2026-11-19T13:58:04Z',
    endedAt: '2026-11-19T13:58:18Z',
    durationMs: 14_220,
    lastActivityAt: '2026-11-19T13:58:18Z',
    userId: 'm.okafor',
    sessionId: null,
    tags: ['refunds'],
    models: { 'gpt-5-mini': 2 },
    providers: { openai: 2 },
    taskCount: 13,
    llmCalls: 2,
    embeddingCalls: 0,
    toolCalls: 1,
    retrievalCalls: 0,
    errorCount: 0,
    failedCalls: 0,
    messageCount: 4,
    tokens: { input: 13_390, output: 843, cacheRead: 5456, cacheWrite: null, reasoning: null, total: 14_233 },
    cost: '0.0343',
    unpricedCalls: 0,
    usageUnknownCalls: 0,
    starred: false,
    archived: false,
    traceIds: ['7f3a9c0011223344556677889900e41b'],
    ...over,
  };
}

const range = { from: '2026-11-18T14:00:00Z', to: '2026-11-19T14:00:00Z' };

export function makeTotals(over: Partial<Totals> = {}): Totals {
  return {
    runs: 100,
    failedRuns: 2,
    tasks: 800,
    calls: 300,
    failedCalls: 3,
    errors: 5,
    tokens: { input: 900_000, output: 100_000, cacheRead: 450_000, cacheWrite: null, reasoning: null, total: 1_000_000 },
    cost: '12.50',
    unpricedCalls: 0,
    usageUnknownCalls: 0,
    latencyMs: { p50: 1500, p95: 6210, p99: 11_840 },
    ttftMs: { p50: 400, p95: 1340, p99: 2000 },
    ...over,
  };
}

export function makeSummary(now: Partial<Totals> = {}, before: Partial<Totals> = {}): Summary {
  return { ...makeTotals(now), ...range, previous: { ...makeTotals(before), from: '2026-11-17T14:00:00Z', to: range.from } };
}
