import { context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import type { Run, RunList } from '../../query/contract/index.ts';
import { describeCollector } from '../collector/rig.ts';
import { startServer, type TestServer, until } from '../support/server.ts';

const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
  'gen_ai.usage.cache_read.input_tokens': 400,
};

describeCollector('from an SDK through the collector into the books', ({ directory, start, own }) => {
  const serve = async (dataDir: string, port?: number): Promise<TestServer> =>
    own(await startServer(port === undefined ? { dataDir } : { dataDir, port }), (server) => server.stop());

  it('a run arrives with its tokens and its cost', async () => {
    const server = await serve(await directory());
    const agent = await start('agent', await directory(), { AIRUNS_ENDPOINT: server.url });
    await sendRun(agent.url, 'straight through', 2);
    expect(await runNamed(server, 'straight through', 2)).toMatchObject({
      taskCount: 3,
      models: { 'gpt-4o-mini-2024-07-18': 2 },
      tokens: { input: 2000, output: 1000, cacheRead: 800, total: 3000 },
      cost: '0.00084',
    });
  });

  it('what is sent while the server is down is booked when it is up again, once', async () => {
    const dataDir = await directory();
    const queue = await directory();
    const server = await serve(dataDir);
    const settings = { AIRUNS_ENDPOINT: server.url };
    const first = await start('agent', queue, settings);
    await sendRun(first.url, 'before', 1);
    await runNamed(server, 'before', 1);
    await server.kill();

    await sendRun(first.url, 'meanwhile, to the first agent', 3);
    await first.kill();
    const second = await start('agent', queue, settings);
    await sendRun(second.url, 'meanwhile, to the second agent', 5);

    const again = await serve(dataDir, server.port);
    expect(await runNamed(again, 'before', 1)).toMatchObject({ taskCount: 2, tokens: { input: 1000, output: 500 } });
    expect(await runNamed(again, 'meanwhile, to the first agent', 3)).toMatchObject({
      taskCount: 4,
      tokens: { input: 3000, output: 1500 },
    });
    expect(await runNamed(again, 'meanwhile, to the second agent', 5)).toMatchObject({
      taskCount: 6,
      tokens: { input: 5000, output: 2500 },
    });
  });
});

/** One trace of a root and so many model calls, by the OpenTelemetry SDK. Resolves when the collector has answered. */
async function sendRun(url: string, name: string, calls: number): Promise<void> {
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('a-feature');
  const root: Span = tracer.startSpan(name, { attributes: { 'airuns.run.name': name, 'airuns.feature': 'workflow' } });
  const inside = trace.setSpan(context.active(), root);
  for (let i = 0; i < calls; i++) tracer.startSpan('chat gpt-4o-mini', { kind: SpanKind.CLIENT, attributes: CALL }, inside).end();
  root.end();
  await provider.forceFlush();
  await provider.shutdown();
}

/** The run of that name, as soon as it has all its model calls. */
function runNamed(server: TestServer, name: string, calls: number): Promise<Run> {
  return until(async () => {
    const { runs } = (await (await fetch(`${server.url}/api/runs`)).json()) as RunList;
    return runs.find((run) => run.name === name && run.llmCalls >= calls && run.status === 'completed') ?? null;
  }, `a run named ${name} with ${calls} calls`);
}
