import type { ReadableSpan } from '@opentelemetry/sdk-trace';

export type DropReason = 'queueFull' | 'exportFailed';

/** What became of the spans so far. */
export interface ExportStats {
  exported: number;
  pending: number;
  dropped: Record<DropReason, number>;
}

const WARN_EVERY_MS = 10_000;

/**
 * Every finished span between its end and the receiver's answer. The batch processor keeps its queue to itself and drops
 * from it without a word; here each span is either waiting, exported, or dropped for a reason that is counted and logged.
 */
export class Outbox {
  readonly #pending = new Set<ReadableSpan>();
  readonly #dropped: Record<DropReason, number> = { queueFull: 0, exportFailed: 0 };
  readonly #capacity: number;
  readonly #warn: (message: string) => void;
  #exported = 0;
  #reported = 0;
  #lastWarning = Number.NEGATIVE_INFINITY;
  #lastError: string | undefined;

  constructor(capacity: number, warn: (message: string) => void) {
    this.#capacity = capacity;
    this.#warn = warn;
  }

  /** False where the span has to be dropped. */
  admit(span: ReadableSpan): boolean {
    if (this.#pending.size >= this.#capacity) {
      this.#drop('queueFull', 1);
      return false;
    }
    this.#pending.add(span);
    return true;
  }

  /** The exporter has answered for these spans. */
  settle(spans: readonly ReadableSpan[], error?: Error): void {
    for (const span of spans) this.#pending.delete(span);
    if (!error) {
      this.#exported += spans.length;
      return;
    }
    this.#lastError = error.message;
    this.#drop('exportFailed', spans.length);
  }

  waiting(): ReadableSpan[] {
    return [...this.#pending];
  }

  stats(): ExportStats {
    return { exported: this.#exported, pending: this.#pending.size, dropped: { ...this.#dropped } };
  }

  /** Logs drops that no warning has told yet. */
  report(): void {
    const { queueFull, exportFailed } = this.#dropped;
    if (queueFull + exportFailed === this.#reported) return;
    this.#reported = queueFull + exportFailed;
    const why = this.#lastError === undefined ? '' : `; last error: ${this.#lastError}`;
    this.#warn(`AI Runs: spans dropped so far: ${queueFull} because the queue was full, ${exportFailed} because the export failed${why}`);
  }

  /** The first drop is logged at once, those of the next seconds together: a receiver that is down must not fill the log. */
  #drop(reason: DropReason, count: number): void {
    this.#dropped[reason] += count;
    const now = performance.now();
    if (now - this.#lastWarning < WARN_EVERY_MS) return;
    this.#lastWarning = now;
    this.report();
  }
}
