import type { Context } from '../context.ts';
import type { Summary, Totals } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { search } from '../search/search.ts';
import { instant, money, storedTime, tokens } from '../values.ts';
import { ALL_SUMS, Asker, type FigureRow, histogramFor, NO_QUANTILES, type RunCountRow, TOGETHER } from './ask.ts';
import type { AnalyticsFilters } from './params.ts';
import { before, type Range } from './range.ts';
import { usage } from './usage.ts';

/** Totals of a range, and of the equal range before it. */
export async function readSummary(context: Context, asked: AnalyticsFilters): Promise<Summary> {
  const asker = await Asker.at(context);
  const { filters } = await search(context, asked);
  const range = await asker.range(filters);
  const earlier = before(range);
  const [figures, earlierFigures, runs] = await Promise.all([
    figuresOf(asker, range, filters),
    figuresOf(asker, earlier, filters),
    asker.runs({ from: earlier.from, to: range.to }, filters, 'none', BY_RANGE, { boundary: storedTime(range.from) }),
  ]);
  const runsOf = (slot: number) => runs.find((row) => Number(row.slot) === slot);
  return { ...totals(range, figures, runsOf(1)), previous: totals(earlier, earlierFigures, runsOf(0)) };
}

/** 0 for the range before, 1 for the range asked for: one statement counts the runs of both. */
const BY_RANGE = { ...TOGETHER, slot: "toInt64(at >= {boundary:DateTime64(9, 'UTC')})" };

async function figuresOf(asker: Asker, range: Range, filters: RunFilters): Promise<FigureRow | undefined> {
  const asked = usage({ range, filters, by: 'none', grain: 'hour' });
  const [row] = await asker.figures(asked, TOGETHER, { order: 'calls', rows: 1, sums: ALL_SUMS, histogram: histogramFor('none', filters) });
  return row;
}

function totals(range: Range, figures: FigureRow | undefined, runs: RunCountRow | undefined): Totals & { from: string; to: string } {
  return {
    from: instant(storedTime(range.from)),
    to: instant(storedTime(range.to)),
    runs: Number(runs?.n_runs ?? 0),
    failedRuns: Number(runs?.n_failed_runs ?? 0),
    tasks: Number(figures?.tasks ?? 0),
    calls: Number(figures?.calls ?? 0),
    failedCalls: Number(figures?.failed_calls ?? 0),
    errors: Number(figures?.errors ?? 0),
    tokens: figures ? tokens(figures) : { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null },
    cost: figures ? money(figures.cost, Number(figures.known_cost) > 0) : null,
    unpricedCalls: Number(figures?.unpriced ?? 0),
    usageUnknownCalls: Number(figures?.usage_unknown ?? 0),
    latencyMs: figures?.latency ?? NO_QUANTILES,
    ttftMs: figures?.ttft ?? NO_QUANTILES,
  };
}
