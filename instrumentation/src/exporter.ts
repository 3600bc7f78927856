import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Settings } from './options.ts';
import type { Outbox } from './outbox.ts';
import { withoutContent } from './redact.ts';

/** The exporter does not re-export the enum of its base package; the values are `gzip` and `none`. */
type Compression = NonNullable<NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>['compression']>;

/** OTLP/HTTP as JSON, gzip. A request with its repetitions takes as long as the environment says, or as long as given here. */
export function createExporter(settings: Settings, timeoutMillis?: number): SpanExporter {
  const otlp = new OTLPTraceExporter({
    url: settings.tracesUrl,
    headers: settings.headers,
    compression: (settings.compress ? 'gzip' : 'none') as Compression,
    // A final flush sends the whole queue at once; with fewer slots than batches the exporter would refuse the rest.
    concurrencyLimit: Math.max(30, Math.ceil(settings.maxQueueSize / settings.batchSize) + 8),
    ...(timeoutMillis !== undefined && { timeoutMillis }),
  });
  return settings.captureContent === 'metadata' ? redacted(otlp) : otlp;
}

/** Tells the outbox what became of each span. */
export function counted(exporter: SpanExporter, outbox: Outbox): SpanExporter {
  return {
    ...passThrough(exporter),
    export(spans, done) {
      const settle = (error?: Error) => {
        outbox.settle(spans, error);
        // The failure is counted and logged by now. Reported further up it would only be logged again, and make a flush reject.
        done({ code: ExportResultCode.SUCCESS });
      };
      try {
        exporter.export(spans, (result) => settle(failureIn(result)));
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)));
      }
    },
  };
}

function redacted(exporter: SpanExporter): SpanExporter {
  return { ...passThrough(exporter), export: (spans: ReadableSpan[], done) => exporter.export(spans.map(withoutContent), done) };
}

function passThrough(exporter: SpanExporter): Pick<Required<SpanExporter>, 'shutdown' | 'forceFlush'> {
  return { shutdown: () => exporter.shutdown(), forceFlush: async () => exporter.forceFlush?.() };
}

function failureIn(result: ExportResult): Error | undefined {
  return result.code === ExportResultCode.SUCCESS ? undefined : (result.error ?? new Error('no reason given'));
}
