import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AiRuns, run, startAiRuns, task } from '@ai-runs/instrumentation';
import { context, INVALID_SPAN_CONTEXT, propagation, type Tracer, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Receiver } from '../../instrumentation/testing/receiver.ts';

// What does not come at once does not come: some of these would pass after a minute, when a batch is due at last.
vi.setConfig({ testTimeout: 10_000 });

const noSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
const closedTracer: Tracer = { startSpan: () => noSpan, startActiveSpan: () => undefined as never };

/** Longer than any test: what arrives did not arrive because the batch was due. */
const NEVER = 600_000;

const log: string[] = [];
const logger = { error: note, warn: note, info: note, debug: note };
function note(line: string) {
  log.push(line);
}

let receiver: Receiver;
let aiRuns: AiRuns | undefined;
const start: typeof startAiRuns = (options) => {
  aiRuns = startAiRuns({ endpoint: receiver.url, flushOnExit: false, logger, ...options });
  return aiRuns;
};

beforeEach(async () => {
  receiver = await Receiver.start();
  log.length = 0;
});
afterEach(async () => {
  await aiRuns?.shutdown();
  await receiver.close();
});

describe('export', () => {
  it('sends gzip JSON to /v1/traces with the given headers', async () => {
    const { flush } = start({ serviceName: 'shop', headers: { authorization: 'Bearer k' }, batchDelayMs: NEVER });
    run('r', { feature: 'chat' }, () => task('t', { kind: 'llm' }, (it) => it.recordUsage({ input: 3 })));
    await flush();
    const request = receiver.requests[0];
    expect(request).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: 'Bearer k' },
    });
    const [t, r] = receiver.tasks;
    expect(t).toMatchObject({ name: 't', parentSpanId: r?.spanId, service: 'shop', attributes: { 'gen_ai.usage.input_tokens': 3 } });
    expect(r).toMatchObject({ name: 'r', service: 'shop', attributes: { 'airuns.feature': 'chat' } });
  });

  it('sends a batch by itself after the delay', async () => {
    start({ batchDelayMs: 1 });
    task('t', () => {});
    expect(await receiver.until(() => receiver.tasks[0])).toMatchObject({ name: 't' });
  });

  it('sends start markers at once, while the run is still open', async () => {
    start({ batchDelayMs: NEVER });
    await run('open', { runId: 'r' }, async (it) => {
      const marker = await receiver.until(() => receiver.spans.find((span) => span.attributes['airuns.live'] === 'start'));
      expect(marker).toMatchObject({ name: 'open', traceId: it.traceId, attributes: { 'airuns.run.id': 'r', 'airuns.run.name': 'open' } });
      expect(marker.links[0]).toMatchObject({ traceId: it.traceId, spanId: it.spanId });
      expect(marker.startTimeUnixNano).toBe(marker.endTimeUnixNano);
    });
    expect(receiver.tasks).toEqual([]);
  });

  it('loses nothing of a full queue in one flush', async () => {
    const { flush, stats } = start({ batchDelayMs: NEVER });
    for (let i = 0; i < 16_384; i++) task(`t${i}`, () => {});
    await flush();
    expect(stats()).toEqual({ exported: 16_384, pending: 0, dropped: { queueFull: 0, exportFailed: 0 } });
    expect(receiver.tasks).toHaveLength(16_384);
  });

  it('counts and logs what it has to drop', async () => {
    const { flush, stats } = start({ batchDelayMs: NEVER, maxQueueSize: 2 });
    for (let i = 0; i < 5; i++) task(`t${i}`, () => {});
    await flush();
    expect(stats()).toEqual({ exported: 2, pending: 0, dropped: { queueFull: 3, exportFailed: 0 } });
    expect(log.join()).toContain('spans dropped so far: 1 because the queue was full');
    await aiRuns?.shutdown();
    expect(log.join()).toContain('spans dropped so far: 3 because the queue was full');
  });

  it('counts and logs what the receiver refuses, and throws nothing', async () => {
    receiver.answer = (_request, response) => response.writeHead(400).end();
    const { flush, stats } = start();
    task('t', () => {});
    await flush();
    expect(stats()).toEqual({ exported: 0, pending: 0, dropped: { queueFull: 0, exportFailed: 1 } });
    expect(log.join()).toContain('1 because the export failed; last error: Bad Request');
  });

  it('never traces its own requests', async () => {
    const { flush } = start({ batchDelayMs: NEVER });
    const traced = () => trace.getTracer('http').startSpan('POST').end();
    subscribe('http.client.request.start', traced);
    try {
      task('t', () => {});
      await flush();
    } finally {
      unsubscribe('http.client.request.start', traced);
    }
    await flush();
    expect(receiver.tasks.map((span) => span.name)).toEqual(['t']);
  });

  it('takes content out of spans of others, too, when told to', async () => {
    const { flush } = start({ captureContent: 'metadata', batchDelayMs: NEVER });
    const span = trace.getTracer('other').startSpan('llm', { attributes: { 'input.value': 'secret', 'llm.model_name': 'm' } });
    span.addEvent('gen_ai.user.message', { content: 'secret' });
    span.addEvent('kept', { 'gen_ai.prompt': 'secret', n: 1 });
    span.end();
    await flush();
    expect(receiver.tasks[0]?.attributes).toEqual({ 'llm.model_name': 'm' });
    expect(receiver.tasks[0]?.events).toEqual([{ name: 'kept', attributes: { n: 1 } }]);
  });

  it('carries the run to another service in the headers of a request', async () => {
    const { flush } = start({ batchDelayMs: NEVER });
    const server = createServer((request, response) => {
      context.with(propagation.extract(context.active(), request.headers), () => task('remote', () => response.end()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await run('local', { runId: 'r', feature: 'chat', userId: 'u' }, async () => {
      const headers: Record<string, string> = {};
      propagation.inject(context.active(), headers);
      await fetch(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, { headers });
    });
    server.close();
    await flush();
    const [remote, local] = receiver.tasks;
    expect(remote).toMatchObject({
      name: 'remote',
      traceId: local?.traceId,
      attributes: { 'airuns.run.id': 'r', 'airuns.feature': 'chat', 'user.id': 'u' },
    });
  });
});

describe('startAiRuns', () => {
  it('can be called twice, and again after a shutdown', async () => {
    const first = start();
    expect(startAiRuns()).toBe(first);
    expect(log.join()).toContain('started already');
    await first.shutdown();
    const second = start({ batchDelayMs: NEVER });
    task('t', () => {});
    await second.flush();
    expect(second.stats().exported).toBe(1);
    await first.shutdown();
    task('t', () => {});
    await second.flush();
    expect(second.stats().exported).toBe(2);
  });

  it('joins a provider that is there already, and leaves it when it stops', async () => {
    const theirs = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: theirs })] }));
    try {
      const { flush, shutdown } = start({ defaults: { feature: 'prompt' }, batchDelayMs: NEVER });
      task('t', () => {});
      await flush();
      expect(receiver.tasks).toMatchObject([{ name: 't', attributes: { 'airuns.feature': 'prompt' } }]);
      await shutdown();
      task('after', () => {});
      expect(theirs.getFinishedSpans().map((span) => span.name)).toEqual(['t', 'after']);
    } finally {
      trace.disable();
    }
  });

  it('says so where it cannot join one, and where the endpoint is none', async () => {
    trace.setGlobalTracerProvider({ getTracer: () => closedTracer });
    try {
      await start().flush();
      expect(log.join()).toContain('takes no further span processor');
      await aiRuns?.shutdown();
    } finally {
      trace.disable();
    }
    await start({ endpoint: 'nowhere' }).flush();
    expect(log.join()).toContain('the endpoint is not an address: nowhere/v1/traces');
    expect(run('r', () => 1)).toBe(1);
  });
});
