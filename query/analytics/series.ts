import type { Context } from '../context.ts';
import { type Dimension, OTHER, type Series } from '../contract/index.ts';
import { Refusal } from '../http/errors.ts';
import type { RunFilters } from '../http/params.ts';
import { search } from '../search/search.ts';
import { Asker, type Group, type Grouping, histogramFor, isOf, NAMED, TOGETHER, type Wanted } from './ask.ts';
import { bucketsOf, type Point } from './buckets.ts';
import { countsRunsBy } from './counts.ts';
import { MEASURES, type MeasureSource, type Value } from './measures.ts';
import type { SeriesQuery } from './params.ts';
import { type Range, slotsOf } from './range.ts';
import { type Usage, usage } from './usage.ts';

/** Series of their own; what is beyond shares one. */
const TOP = 20;
const MAX_ROWS = 100_000;

const BY_TIME: Grouping = {
  slot: 'intDiv(toUnixTimestamp64Second(at) - {origin:Int64}, {interval:Int64})',
  label: NAMED,
};

interface Asked {
  readonly asker: Asker;
  readonly source: MeasureSource;
  readonly range: Range;
  readonly filters: RunFilters;
  readonly by: Dimension;
  readonly usage: Usage;
}

/**
 * One measure over time, in one series or in one for each value of a dimension.
 * @throws Refusal 400 where runs are asked for by something that a run does not have
 */
export async function readSeries(context: Context, { measure, by, interval, ...given }: SeriesQuery): Promise<Series> {
  const source = MEASURES[measure];
  if (source.of === 'runs' && !countsRunsBy(by)) throw new Refusal(400, 'bad_request', `by: runs cannot be told apart by ${by}`);
  const asker = await Asker.at(context);
  const { filters } = await search(context, given);
  const range = await asker.range(filters);
  const slots = slotsOf(range, interval);
  const grain = slots.interval % 86_400 === 0 ? 'day' : slots.interval % 3600 === 0 ? 'hour' : 'task';
  const onlyCalls = source.of === 'usage' && source.onlyCalls;
  const asked: Asked = { asker, source, range, filters, by, usage: usage({ range, filters, by, grain, onlyCalls }) };
  const labels = by === 'none' ? [''] : await largest(asked);
  const params = { origin: slots.origin, interval: slots.interval, labels, rest: OTHER };
  const points = await read(asked, params);
  return { interval: slots.interval, measure, by, buckets: bucketsOf(slots, points, labels, source.empty) };
}

/** Values of the dimension with the most of the measure over the whole range; with the most tasks where it is no sum. */
async function largest({ asker, source, range, filters, by, usage }: Asked): Promise<string[]> {
  if (source.of === 'runs') {
    const rows = (await asker.runs(range, filters, by, TOGETHER)).map((row) => ({ label: row.label, value: Number(source.value(row)) }));
    return rows
      .sort((a, b) => b.value - a.value || (a.label < b.label ? -1 : 1))
      .slice(0, TOP)
      .map((row) => row.label);
  }
  const rows = await asker.figures(usage, TOGETHER, { order: source.order, rows: TOP + 1, sums: source.sums });
  return rows
    .filter((row) => isOf(by, row))
    .slice(0, TOP)
    .map((row) => row.label);
}

async function read({ asker, source, range, filters, by, usage }: Asked, params: NonNullable<Wanted['params']>): Promise<Point[]> {
  const point = (row: Group, value: Value): Point => ({ slot: Number(row.slot), label: row.label, value });
  if (source.of === 'runs') return (await asker.runs(range, filters, by, BY_TIME, params)).map((row) => point(row, source.value(row)));
  const histogram = source.quantile ? histogramFor(by, filters) : undefined;
  const rows = await asker.figures(usage, BY_TIME, {
    order: source.order,
    rows: MAX_ROWS,
    sums: source.sums,
    histogram,
    only: source.quantile,
    params,
  });
  return rows.map((row) => point(row, source.value(row)));
}
