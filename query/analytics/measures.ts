import type { Measure } from '../contract/index.ts';
import { money } from '../values.ts';
import type { FigureRow, RunCountRow } from './ask.ts';

/** What a bucket holds: decimal text for money, a number otherwise; null = unknown. */
export type Value = number | string | null;

/** Where a measure is read, how it is taken from a row, and what a bucket without data holds. */
export type MeasureSource = UsageMeasure | RunMeasure;

export interface UsageMeasure {
  readonly of: 'usage';
  /** The column by which the largest series are chosen. */
  readonly order: string;
  /** Calls, their tokens in and out and their cost: what totals by user and day carry. */
  readonly onlyCalls: boolean;
  /** Whether it is taken from the histograms. */
  readonly quantile: boolean;
  readonly value: (row: FigureRow) => Value;
  readonly empty: Value;
}

export interface RunMeasure {
  readonly of: 'runs';
  readonly value: (row: RunCountRow) => Value;
  readonly empty: 0;
}

const usage = (order: string, value: (row: FigureRow) => Value, over: Partial<UsageMeasure> = {}): UsageMeasure => ({
  of: 'usage',
  order,
  onlyCalls: false,
  quantile: false,
  value,
  empty: 0,
  ...over,
});

/** Unknown only where there were calls and none of them reported the figure. */
const reported = (row: FigureRow, sum: number, reports: number) => (reports === 0 && Number(row.calls) > 0 ? null : sum);
const quantile = (value: (row: FigureRow) => Value) => usage('tasks', value, { quantile: true, empty: null });
const CALLS = { onlyCalls: true };

export const MEASURES: Record<Measure, MeasureSource> = {
  cost: usage('cost', (row) => money(row.cost, Number(row.known_cost) > 0 || Number(row.calls) === 0), { ...CALLS, empty: '0' }),
  tokens: usage(
    'input + output',
    (row) => reported(row, Number(row.input) + Number(row.output), Number(row.known_input) + Number(row.known_output)),
    CALLS,
  ),
  inputTokens: usage('input', (row) => reported(row, Number(row.input), Number(row.known_input))),
  outputTokens: usage('output', (row) => reported(row, Number(row.output), Number(row.known_output))),
  cacheReadTokens: usage('cache_read', (row) => reported(row, Number(row.cache_read), Number(row.known_cache_read))),
  cacheWriteTokens: usage('cache_write', (row) => reported(row, Number(row.cache_write), Number(row.known_cache_write))),
  reasoningTokens: usage('reasoning', (row) => reported(row, Number(row.reasoning), Number(row.known_reasoning))),
  calls: usage('calls', (row) => Number(row.calls), CALLS),
  failedCalls: usage('failed_calls', (row) => Number(row.failed_calls), CALLS),
  unpricedCalls: usage('unpriced', (row) => Number(row.unpriced), CALLS),
  errors: usage('errors', (row) => Number(row.errors)),
  latencyP50: quantile((row) => row.latency.p50),
  latencyP95: quantile((row) => row.latency.p95),
  latencyP99: quantile((row) => row.latency.p99),
  ttftP50: quantile((row) => row.ttft.p50),
  ttftP95: quantile((row) => row.ttft.p95),
  runs: { of: 'runs', value: (row) => Number(row.n_runs), empty: 0 },
  failedRuns: { of: 'runs', value: (row) => Number(row.n_failed_runs), empty: 0 },
};
