import type { Measure } from '../contract/index.ts';
import { money } from '../values.ts';
import type { FigureRow, RunCountRow, Sum } from './ask.ts';

/** What a bucket holds: decimal text for money, a number otherwise; null = unknown. */
export type Value = number | string | null;

/** Where a measure is read, how it is taken from a row, and what a bucket without data holds. */
export type MeasureSource = UsageMeasure | RunMeasure;

export interface UsageMeasure {
  readonly of: 'usage';
  /** The column by which the largest series are chosen. */
  readonly order: string;
  /** What the value is made of. */
  readonly sums: readonly Sum[];
  /** Calls, their tokens in and out and their cost: what totals by user and day carry. */
  readonly onlyCalls: boolean;
  /** Whether it is taken from the histograms. */
  readonly quantile: 'latency' | 'ttft' | undefined;
  readonly value: (row: FigureRow) => Value;
  readonly empty: Value;
}

export interface RunMeasure {
  readonly of: 'runs';
  readonly value: (row: RunCountRow) => Value;
  readonly empty: 0;
}

const usage = (order: string, sums: readonly Sum[], value: (row: FigureRow) => Value, over: Partial<UsageMeasure> = {}): UsageMeasure => ({
  of: 'usage',
  order,
  sums,
  onlyCalls: false,
  quantile: undefined,
  value,
  empty: 0,
  ...over,
});

/** Unknown only where there were calls and none of them reported the figure. */
const reported = (row: FigureRow, sum: number, reports: number) => (reports === 0 && Number(row.calls) > 0 ? null : sum);
const quantile = (of: 'latency' | 'ttft', value: (row: FigureRow) => Value) => usage('tasks', [], value, { quantile: of, empty: null });
const CALLS = { onlyCalls: true };

type Kind = 'input' | 'output' | 'cache_read' | 'cache_write' | 'reasoning';
const oneKind = (kind: Kind) =>
  usage(kind, [kind, `known_${kind}`], (row) => reported(row, Number(row[kind]), Number(row[`known_${kind}`])));
const count = (sum: 'calls' | 'failed_calls' | 'unpriced' | 'errors', over?: Partial<UsageMeasure>) =>
  usage(sum, [sum], (row) => Number(row[sum]), over);

export const MEASURES: Record<Measure, MeasureSource> = {
  cost: usage('cost', ['cost', 'known_cost'], (row) => money(row.cost, Number(row.known_cost) > 0 || Number(row.calls) === 0), {
    ...CALLS,
    empty: '0',
  }),
  tokens: usage(
    'input + output',
    ['input', 'output', 'known_input', 'known_output'],
    (row) => reported(row, Number(row.input) + Number(row.output), Number(row.known_input) + Number(row.known_output)),
    CALLS,
  ),
  inputTokens: oneKind('input'),
  outputTokens: oneKind('output'),
  cacheReadTokens: oneKind('cache_read'),
  cacheWriteTokens: oneKind('cache_write'),
  reasoningTokens: oneKind('reasoning'),
  calls: count('calls', CALLS),
  failedCalls: count('failed_calls', CALLS),
  unpricedCalls: count('unpriced', CALLS),
  errors: count('errors'),
  latencyP50: quantile('latency', (row) => row.latency.p50),
  latencyP95: quantile('latency', (row) => row.latency.p95),
  latencyP99: quantile('latency', (row) => row.latency.p99),
  ttftP50: quantile('ttft', (row) => row.ttft.p50),
  ttftP95: quantile('ttft', (row) => row.ttft.p95),
  runs: { of: 'runs', value: (row) => Number(row.n_runs), empty: 0 },
  failedRuns: { of: 'runs', value: (row) => Number(row.n_failed_runs), empty: 0 },
};
