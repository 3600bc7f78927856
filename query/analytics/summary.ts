import type { Context } from '../context.ts';
import type { Summary, Totals } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { instant, money, storedTime, tokens } from '../values.ts';
import { Asker, histogramFor, NO_QUANTILES, TOGETHER } from './ask.ts';
import type { AnalyticsFilters } from './params.ts';
import { before, type Range } from './range.ts';
import { usage } from './usage.ts';

/** Totals of a range, and of the equal range before it. */
export async function readSummary(context: Context, filters: AnalyticsFilters): Promise<Summary> {
  const asker = await Asker.at(context);
  const range = await asker.range(filters);
  const [now, previous] = await Promise.all([totalsOf(asker, range, filters), totalsOf(asker, before(range), filters)]);
  return { ...now, previous };
}

async function totalsOf(asker: Asker, range: Range, filters: RunFilters): Promise<Totals & { from: string; to: string }> {
  const asked = usage({ range, filters, by: 'none', grain: 'hour' });
  const [[amounts], [latency], [runs]] = await Promise.all([
    asker.amounts(asked, TOGETHER, 'calls', 1),
    asker.latencies(asked, TOGETHER, histogramFor('none', filters)),
    asker.runs(range, filters, 'none', TOGETHER),
  ]);
  return {
    from: instant(storedTime(range.from)),
    to: instant(storedTime(range.to)),
    runs: Number(runs?.n_runs ?? 0),
    failedRuns: Number(runs?.n_failed_runs ?? 0),
    tasks: Number(amounts?.tasks ?? 0),
    calls: Number(amounts?.calls ?? 0),
    failedCalls: Number(amounts?.failed_calls ?? 0),
    errors: Number(amounts?.errors ?? 0),
    tokens: amounts ? tokens(amounts) : { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null },
    cost: amounts ? money(amounts.cost, Number(amounts.known_cost) > 0) : null,
    unpricedCalls: Number(amounts?.unpriced ?? 0),
    usageUnknownCalls: Number(amounts?.usage_unknown ?? 0),
    latencyMs: latency?.latency ?? NO_QUANTILES,
    ttftMs: latency?.ttft ?? NO_QUANTILES,
  };
}
