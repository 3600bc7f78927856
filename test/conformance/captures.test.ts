import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Balance, Run } from '../../query/contract/index.ts';
import { captures, type Expected, sendCapture, traceIdsOf, type Way } from '../support/captures.ts';
import { startServer, type TestServer, until } from '../support/server.ts';

/**
 * Real payloads of real SDKs, through the real server, read back through the API. Senders whose dialect is not written yet are named here and
 * listed when the suite ends, so that nobody takes silence for support.
 */
const NOT_YET = /^(langfuse-|traceloop-sdk-manual-llm$)/;
const understands = (name: string): boolean => !NOT_YET.test(name);

const WAYS: readonly Way[] = ['protobuf', 'json', 'twice', 'reversed'];
const all = captures();
const exact = new Map<Way, string[]>(WAYS.map((way) => [way, []]));

describe.each(WAYS)('captures sent as: %s', (way) => {
  let server: TestServer;
  const read = async <T>(path: string): Promise<T | null> => {
    const response = await fetch(server.url + path);
    if (response.status === 404) return null;
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  beforeAll(async () => {
    server = await startServer();
    let sent = 0;
    for (const capture of all) {
      const { traces, logs } = await sendCapture(server.url, capture, way);
      sent += traces + logs;
    }
    // The balance is booked in the batch of the spans it speaks of: once it has them all, so have the runs.
    await until(async () => {
      const balance = await read<Balance>('/api/ingest');
      return balance && balance.received >= sent ? balance : null;
    }, `${sent} spans and log records received`);
  });

  afterAll(async () => {
    const understood = all.filter((c) => understands(c.case));
    const hits = exact.get(way)!;
    const others = all.filter((c) => !understands(c.case) && !hits.includes(c.case)).map((c) => c.case);
    console.log(`captures as ${way}: ${understood.filter((c) => hits.includes(c.case)).length} of ${understood.length} exact`);
    console.log(`captures as ${way}: ${hits.length} of ${all.length} with all senders; not yet: ${others.join(', ') || 'none'}`);
    await server.stop();
  });

  const figures = async (capture: Expected): Promise<unknown> => {
    const runs = new Map<string, Run>();
    for (const id of traceIdsOf(capture)) {
      const run = await read<Run>(`/api/runs/${id}`);
      if (run) runs.set(run.runId, run);
    }
    return whatRunsSay([...runs.values()]);
  };

  it('balances: received = booked + duplicate + rejected', async () => {
    const balance = await read<Balance>('/api/ingest');
    expect(balance).toMatchObject({ balanced: true, rejected: 0 });
    if (way === 'twice') expect(balance!.duplicate).toBeGreaterThan(0);
    else expect(balance!.duplicate).toBe(0);
  });

  it.each(all.filter((c) => understands(c.case)).map((c) => [c.case, c] as const))('%s', async (name, capture) => {
    const want = whatIsExpected(capture);
    expect(await figures(capture)).toEqual(want);
    exact.get(way)!.push(name);
  });

  it('says which other senders happen to be exact', async () => {
    for (const capture of all.filter((c) => !understands(c.case))) {
      if (JSON.stringify(await figures(capture)) === JSON.stringify(whatIsExpected(capture))) exact.get(way)!.push(capture.case);
    }
  });
});

function whatIsExpected({ runs, spansByKind, payload }: Expected): unknown {
  const { tokens, failedCalls, failedRuns, userId, sessionId } = payload;
  return {
    runs,
    calls: { llm: spansByKind.llm, embedding: spansByKind.embedding, tool: spansByKind.tool, retrieval: spansByKind.retrieval },
    tokens: {
      input: tokens.input,
      output: tokens.output,
      cacheRead: tokens.cacheRead,
      cacheWrite: tokens.cacheWrite,
      reasoning: tokens.reasoning,
    },
    models: sorted(payload.models),
    failedCalls,
    failedRuns,
    userId,
    sessionId,
  };
}

function whatRunsSay(runs: readonly Run[]): unknown {
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const known = (of: (run: Run) => number | null): number | null =>
    runs.reduce<number | null>((total, run) => (of(run) === null ? total : (total ?? 0) + of(run)!), null);
  const models: Record<string, number> = {};
  for (const run of runs) for (const [model, calls] of Object.entries(run.models)) models[model] = (models[model] ?? 0) + calls;
  return {
    runs: runs.length,
    calls: {
      llm: sum((r) => r.llmCalls),
      embedding: sum((r) => r.embeddingCalls),
      tool: sum((r) => r.toolCalls),
      retrieval: sum((r) => r.retrievalCalls),
    },
    tokens: {
      input: known((r) => r.tokens.input),
      output: known((r) => r.tokens.output),
      cacheRead: known((r) => r.tokens.cacheRead),
      cacheWrite: known((r) => r.tokens.cacheWrite),
      reasoning: known((r) => r.tokens.reasoning),
    },
    models: sorted(models),
    failedCalls: sum((r) => r.failedCalls),
    failedRuns: runs.filter((r) => r.status === 'failed').length,
    userId: runs.find((r) => r.userId !== null)?.userId ?? null,
    sessionId: runs.find((r) => r.sessionId !== null)?.sessionId ?? null,
  };
}

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
