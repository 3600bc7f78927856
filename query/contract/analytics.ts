import { z } from 'zod';
import { instant, money, tokens } from './shared.ts';

const quantiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() });

const totals = z.object({
  runs: z.number().int(),
  failedRuns: z.number().int(),
  tasks: z.number().int(),
  /** Counted model and embedding calls. */
  calls: z.number().int(),
  failedCalls: z.number().int(),
  errors: z.number().int(),
  tokens,
  cost: money,
  unpricedCalls: z.number().int(),
  usageUnknownCalls: z.number().int(),
  /** Milliseconds of whole runs (one turn of a run that was resumed). */
  latencyMs: quantiles,
  /** Milliseconds to the first token of model calls. */
  ttftMs: quantiles,
});
export type Totals = z.infer<typeof totals>;

export const summary = totals.extend({ from: instant, to: instant, previous: totals.extend({ from: instant, to: instant }) });
export type Summary = z.infer<typeof summary>;

export const measure = z.enum([
  'cost',
  'tokens',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'runs',
  'failedRuns',
  'calls',
  'failedCalls',
  'errors',
  'latencyP50',
  'latencyP95',
  'latencyP99',
  'ttftP50',
  'ttftP95',
  'unpricedCalls',
]);
export type Measure = z.infer<typeof measure>;

export const dimension = z.enum(['none', 'feature', 'source', 'model', 'provider', 'user', 'kind', 'status', 'errorType']);
export type Dimension = z.infer<typeof dimension>;

/** Key of the series that holds everything beyond the largest 20. */
export const OTHER = '(other)';

/** value: a decimal string for cost, a number otherwise; null = unknown. Buckets without data are present with 0 for sums, null for quantiles, key ''. */
export const bucket = z.object({ start: instant, key: z.string(), value: z.union([z.number(), z.string()]).nullable() });
export type Bucket = z.infer<typeof bucket>;

export const series = z.object({
  /** Seconds a bucket covers. */
  interval: z.number().int(),
  measure,
  by: dimension,
  buckets: z.array(bucket),
});
export type Series = z.infer<typeof series>;

export const breakdownRow = z.object({
  key: z.string(),
  runs: z.number().int().nullable(),
  calls: z.number().int(),
  failedCalls: z.number().int(),
  errors: z.number().int(),
  tokens,
  cost: money,
  unpricedCalls: z.number().int(),
  usageUnknownCalls: z.number().int(),
  latencyMs: quantiles,
});
export type BreakdownRow = z.infer<typeof breakdownRow>;
/** Rows by falling cost, then calls. */
export const breakdown = z.object({ by: dimension, rows: z.array(breakdownRow) });
export type Breakdown = z.infer<typeof breakdown>;

const facetValue = z.object({ value: z.string(), count: z.number().int() });
/** Values with the number of runs under the other current filters. */
export const facets = z.object({
  status: z.array(facetValue),
  feature: z.array(facetValue),
  model: z.array(facetValue),
  provider: z.array(facetValue),
  user: z.array(facetValue),
  tag: z.array(facetValue),
  /** known, partly unknown, unknown. */
  cost: z.array(facetValue),
  starred: z.array(facetValue),
});
export type Facets = z.infer<typeof facets>;

/** received = booked + duplicate + rejected, always. Of traces spans are counted, of logs records, of metrics groups of data points. */
const intake = z.object({
  received: z.number().int(),
  booked: z.number().int(),
  duplicate: z.number().int(),
  rejected: z.number().int(),
});

/** Why something was rejected, or booked without becoming a task (e.g. marker). Most frequent first. */
const reasons = z.array(z.object({ reason: z.string(), count: z.number().int() }));

export const balance = intake.extend({
  balanced: z.boolean(),
  /** Spans among the booked ones that the database refused: they are in no total, and kept beside the journal. */
  setAside: z.number().int(),
  reasons,
  /** The same by signal: traces, logs, metrics. Signals that sent nothing are left out. */
  signals: z.array(intake.extend({ signal: z.string(), reasons })),
  /** Seconds a bucket covers. */
  interval: z.number().int(),
  /** What came over time, oldest first, a bucket for each signal. Times without traffic are left out. */
  buckets: z.array(intake.extend({ start: instant, signal: z.string() })),
});
export type Balance = z.infer<typeof balance>;
