import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { Receiver } from '../testing/receiver.ts';
import { toOtlpJson } from './otlp-json.ts';

it('is what the exporter itself would send', async () => {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', n: 1 }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  });
  const remote = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    traceState: new TraceState('k=v'),
  };
  const attributes = { text: 'é', whole: 3, part: 0.5, yes: true, list: ['a', 'b'], numbers: [1, 2.5] };
  const span = provider
    .getTracer('one', '1.0')
    .startSpan(
      'client',
      { kind: SpanKind.CLIENT, attributes, links: [{ context: remote, attributes: { l: 1 } }] },
      trace.setSpanContext(ROOT_CONTEXT, remote),
    );
  span.addEvent('event', { e: 1 }).setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
  span.end();
  provider.getTracer('two').startSpan('root').end();
  const spans = memory.getFinishedSpans();

  const receiver = await Receiver.start();
  const exporter = new OTLPTraceExporter({ url: receiver.url });
  await new Promise<void>((resolve) => exporter.export(spans, () => resolve()));
  await receiver.close();
  expect(JSON.parse(toOtlpJson(spans))).toEqual(receiver.requests[0]?.json);
});
