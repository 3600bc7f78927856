import { TraceFlags } from '@opentelemetry/api';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { counted } from './exporter.ts';
import { Outbox } from './outbox.ts';

export interface LaneOptions {
  capacity: number;
  batchSize: number;
  delayMs: number;
  /** Is told about drops. */
  warn: (message: string) => void;
}

/** A queue of finished spans and the exporter at its end; one request at a time. */
export class Lane {
  readonly outbox: Outbox;
  readonly #exporter: SpanExporter;
  readonly #batch: BatchSpanProcessor;
  #closed = false;

  constructor(exporter: SpanExporter, options: LaneOptions) {
    this.outbox = new Outbox(options.capacity, options.warn);
    this.#exporter = counted(exporter, this.outbox);
    this.#batch = new BatchSpanProcessor({
      exporter: this.#exporter,
      // As long as the outbox, which admits no more than that: so the batch processor never drops on its own.
      maxQueueSize: options.capacity,
      maxExportBatchSize: options.batchSize,
      scheduledDelayMillis: options.delayMs,
    });
  }

  add(span: ReadableSpan): void {
    if (this.#closed || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.outbox.admit(span)) this.#batch.onEnd(span);
  }

  /** Resolves when everything so far is exported or dropped, also what was already on its way. */
  async flush(): Promise<void> {
    await this.#batch.forceFlush();
    await this.#exporter.forceFlush?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.#batch.shutdown();
    this.outbox.report();
  }
}
