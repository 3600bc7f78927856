import type { Context } from '../context.ts';
import type { Dimension } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { conditions, rowConditions } from '../runs/conditions.ts';
import { rowsSince, startedSince, totals } from '../runs/totals.ts';
import { fill, sql } from '../sql.ts';
import { storedTime } from '../values.ts';
import type { Range } from './range.ts';
import { archived, type Usage } from './usage.ts';

const RUNS = sql('analytics/runs');

/** A run has one value of each of these, or, of models and providers, as many as it used. A task's kind or error is no fact of its run. */
const RUN_KEY: Partial<Record<Dimension, string>> = {
  none: "''",
  feature: 'feature_name',
  source: 'facts.source_id',
  user: 'facts.user_id',
  status: 'current_status',
  model: 'arrayJoin(mapKeys(mapFilter((m, calls) -> calls > 0, calls_by_model)))',
  provider: 'arrayJoin(mapKeys(mapFilter((p, calls) -> calls > 0, calls_by_provider)))',
};

export const countsRunsBy = (by: Dimension) => RUN_KEY[by] !== undefined;

/** The statement that counts the runs that started in a range. `slot` and `group` are expressions on `at` and `group_key`. */
export async function runCounts(
  context: Context,
  range: Range,
  filters: RunFilters,
  by: Dimension,
  slot: string,
  group: string,
): Promise<Usage> {
  const bounds = { from: storedTime(range.from), to: storedTime(range.to) };
  const run = conditions({ ...filters, ...bounds });
  const { rows, whole } = await rowsSince(context, bounds.from);
  const { text, params } = totals(rows, rowConditions(filters));
  const where = [run.where, ...(whole ? [] : [startedSince]), ...archived(filters)].join(' AND ');
  return { text: fill(RUNS, { slot, group, key: RUN_KEY[by] ?? "''", totals: text, where }), params: { ...params, ...run.params } };
}
