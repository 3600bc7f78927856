import type { LogVersion, SpanVersion } from './workload.ts';

/** Totals of the counted calls of one model. Costs are pico-dollars; null = no call had a known one. */
export interface ModelTotals {
  calls: number;
  input: number;
  output: number;
  cost: bigint | null;
}

export type Known = Omit<SpanVersion, 'bytes'>;

const withoutBytes = ({ bytes: _, ...known }: SpanVersion): Known => known;

export const spanKey = (of: { readonly traceId: string; readonly spanId: string }): string => `${of.traceId} ${of.spanId}`;

/**
 * What the sender knows: the newest version of every span it sent and was told to be stored, by the sender's own rules. It shares no code
 * with the product.
 */
export class Books {
  /** Newest acknowledged version by trace and span, without its bytes: a soak of a day has millions. */
  readonly spans = new Map<string, Known>();
  readonly logs = new Map<string, Omit<LogVersion, 'bytes'>>();
  /** Runs whose deletion was confirmed. */
  readonly deleted = new Set<string>();
  /** Runs that are being deleted: whether they are is not known. */
  readonly deleting = new Set<string>();
  /** Spans and log records in answers of 200, repeats included: the receiver says it received at least these. */
  acknowledged = 0;
  readonly runs = new Map<string, Set<string>>();

  book(versions: readonly SpanVersion[]): void {
    this.acknowledged += versions.length;
    for (const version of versions) {
      const key = spanKey(version);
      const known = this.spans.get(key);
      if (!known || version.end > known.end) this.spans.set(key, withoutBytes(version));
      const run = this.runs.get(version.run);
      if (run) run.add(version.traceId);
      else this.runs.set(version.run, new Set([version.traceId]));
    }
  }

  bookLogs(logs: readonly LogVersion[]): void {
    this.acknowledged += logs.length;
    for (const { traceId, spanId, at } of logs) this.logs.set(`${traceId} ${spanId} ${at}`, { traceId, spanId, at });
  }

  /** What the analytics must say. */
  byModel(): Map<string, ModelTotals> {
    const totals = new Map<string, ModelTotals>();
    for (const { run, call } of this.spans.values()) {
      if (!call || this.deleted.has(run)) continue;
      const sum = totals.get(call.model) ?? { calls: 0, input: 0, output: 0, cost: null };
      sum.calls++;
      sum.input += call.input;
      sum.output += call.output;
      if (call.cost !== null) sum.cost = (sum.cost ?? 0n) + call.cost;
      totals.set(call.model, sum);
    }
    return totals;
  }

  /** Runs that exist. */
  runCount(): number {
    return [...this.runs.keys()].filter((run) => !this.deleted.has(run)).length;
  }
}
