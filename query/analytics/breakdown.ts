import type { Context } from '../context.ts';
import type { Breakdown, BreakdownRow } from '../contract/index.ts';
import { search } from '../search/search.ts';
import { money, tokens } from '../values.ts';
import { ALL_SUMS, Asker, groupKey, histogramFor, isOf, NAMED, TOGETHER } from './ask.ts';
import { countsRunsBy } from './counts.ts';
import type { BreakdownQuery } from './params.ts';
import { usage } from './usage.ts';

/** Where what is on no row is gathered. No key has a line break. */
const REST = '\n';

/** Usage by one dimension, the dearest first. */
export async function readBreakdown(context: Context, { by, limit, ...given }: BreakdownQuery): Promise<Breakdown> {
  const asker = await Asker.at(context);
  const { filters } = await search(context, given);
  const range = await asker.range(filters);
  const asked = usage({ range, filters, by, grain: 'hour' });
  const figures = await asker.figures(asked, TOGETHER, {
    order: 'cost',
    rows: limit + 1,
    sums: ALL_SUMS,
    histogram: histogramFor(by, filters),
  });
  const rows = figures.filter((row) => isOf(by, row)).slice(0, limit);
  const runs = await asker.runs(range, filters, by, { ...TOGETHER, label: NAMED }, { labels: rows.map((row) => row.label), rest: REST });
  const count = new Map(runs.map((row) => [groupKey(row), Number(row.n_runs)]));
  return {
    by,
    rows: rows.map(
      (row): BreakdownRow => ({
        key: row.label,
        runs: countsRunsBy(by) ? (count.get(groupKey(row)) ?? 0) : null,
        calls: Number(row.calls),
        failedCalls: Number(row.failed_calls),
        errors: Number(row.errors),
        tokens: tokens(row),
        cost: money(row.cost, Number(row.known_cost) > 0),
        unpricedCalls: Number(row.unpriced),
        usageUnknownCalls: Number(row.usage_unknown),
        latencyMs: row.latency,
      }),
    ),
  };
}
