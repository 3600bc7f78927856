import type { Measure } from '../contract/index.ts';
import { type Figure, money } from '../values.ts';
import type { AmountRow, LatencyRow, RunCountRow } from './ask.ts';

/** What a bucket holds: decimal text for money, a number otherwise; null = unknown. */
export type Value = number | string | null;

/** Where a measure is read, how it is taken from a row, and what a bucket without data holds. */
export type MeasureSource =
  | {
      readonly of: 'amounts';
      /** The column by which the largest series are chosen. */
      readonly order: string;
      /** Calls, their tokens in and out and their cost: what totals by user and day carry. */
      readonly onlyCalls: boolean;
      readonly value: (row: AmountRow) => Value;
      readonly empty: 0 | '0';
    }
  | { readonly of: 'latencies'; readonly value: (row: LatencyRow) => Value; readonly empty: null }
  | { readonly of: 'runs'; readonly value: (row: RunCountRow) => Value; readonly empty: 0 };

const count = (order: string, value: (row: AmountRow) => Figure, onlyCalls = false): MeasureSource => ({
  of: 'amounts',
  order,
  onlyCalls,
  value: (row) => Number(value(row)),
  empty: 0,
});

/** Unknown only where there were calls and none of them reported the figure. */
const tokens = (
  order: string,
  value: (row: AmountRow) => Figure,
  reports: (row: AmountRow) => Figure,
  onlyCalls = false,
): MeasureSource => ({
  of: 'amounts',
  order,
  onlyCalls,
  value: (row) => (Number(reports(row)) === 0 && Number(row.calls) > 0 ? null : Number(value(row))),
  empty: 0,
});

export const MEASURES: Record<Measure, MeasureSource> = {
  cost: {
    of: 'amounts',
    order: 'cost',
    onlyCalls: true,
    value: (row) => money(row.cost, Number(row.known_cost) > 0 || Number(row.calls) === 0),
    empty: '0',
  },
  tokens: tokens(
    'input + output',
    (row) => Number(row.input) + Number(row.output),
    (row) => Number(row.known_input) + Number(row.known_output),
    true,
  ),
  inputTokens: tokens(
    'input',
    (row) => row.input,
    (row) => row.known_input,
  ),
  outputTokens: tokens(
    'output',
    (row) => row.output,
    (row) => row.known_output,
  ),
  cacheReadTokens: tokens(
    'cache_read',
    (row) => row.cache_read,
    (row) => row.known_cache_read,
  ),
  cacheWriteTokens: tokens(
    'cache_write',
    (row) => row.cache_write,
    (row) => row.known_cache_write,
  ),
  reasoningTokens: tokens(
    'reasoning',
    (row) => row.reasoning,
    (row) => row.known_reasoning,
  ),
  calls: count('calls', (row) => row.calls, true),
  failedCalls: count('failed_calls', (row) => row.failed_calls, true),
  unpricedCalls: count('unpriced', (row) => row.unpriced, true),
  errors: count('errors', (row) => row.errors),
  runs: { of: 'runs', value: (row) => Number(row.n_runs), empty: 0 },
  failedRuns: { of: 'runs', value: (row) => Number(row.n_failed_runs), empty: 0 },
  latencyP50: { of: 'latencies', value: (row) => row.latency.p50, empty: null },
  latencyP95: { of: 'latencies', value: (row) => row.latency.p95, empty: null },
  latencyP99: { of: 'latencies', value: (row) => row.latency.p99, empty: null },
  ttftP50: { of: 'latencies', value: (row) => row.ttft.p50, empty: null },
  ttftP95: { of: 'latencies', value: (row) => row.ttft.p95, empty: null },
};
