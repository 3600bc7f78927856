import type { Context } from '../context.ts';
import type { Dimension } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { readLive } from '../runs/read.ts';
import { clock } from '../runs/totals.ts';
import { fill, sql } from '../sql.ts';
import { type Figure, milliseconds, nanos, type TokenSums } from '../values.ts';
import { countsRunsBy, runCounts } from './counts.ts';
import type { Range } from './range.ts';
import type { Usage } from './usage.ts';

const FIGURES = sql('analytics/figures');
const QUANTILES = sql('analytics/quantiles');
const FIRST_START = sql('analytics/first-start');

/** How rows are put together: expressions on `at` and `group_key`, owned by us. */
export interface Grouping {
  readonly slot: string;
  readonly label: string;
}
export const TOGETHER: Grouping = { slot: 'toInt64(0)', label: 'group_key' };
/** Keys that are named by {labels} stand for themselves, all others are the {rest}. */
export const NAMED = 'if(has({labels:Array(String)}, group_key), group_key, {rest:String})';

export interface Group {
  slot: Figure;
  label: string;
}

/** Milliseconds; null where nothing was measured. */
export interface Quantiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** Sums of usage by name, and the columns of a {@link Usage} they are made of. */
const SUMS = {
  tasks: 'n_tasks',
  calls: 'n_calls',
  errors: 'n_errors',
  failed_calls: 'n_failed_calls',
  input: 'n_input',
  output: 'n_output',
  cache_read: 'n_cache_read',
  cache_write: 'n_cache_write',
  reasoning: 'n_reasoning',
  known_input: 'n_known_input',
  known_output: 'n_known_output',
  known_cache_read: 'n_known_cache_read',
  known_cache_write: 'n_known_cache_write',
  known_reasoning: 'n_known_reasoning',
  cost: 'amount',
  known_cost: 'n_known_cost',
  unpriced: 'n_unpriced',
  usage_unknown: 'n_usage_unknown',
} as const;
export type Sum = keyof typeof SUMS;
/** Every sum there is. */
export const ALL_SUMS = Object.keys(SUMS) as Sum[];
/** Whether anything is there at all, and ties in the order. */
const ALWAYS: readonly Sum[] = ['tasks', 'calls', 'errors'];

/** A row of figures.sql. Only the sums that were asked for are on it. */
export interface FigureRow extends Group, TokenSums {
  tasks: Figure;
  calls: Figure;
  errors: Figure;
  failed_calls: Figure;
  cost: Figure;
  known_cost: Figure;
  unpriced: Figure;
  usage_unknown: Figure;
  latency: Quantiles;
  ttft: Quantiles;
}

export interface RunCountRow extends Group {
  n_runs: Figure;
  n_failed_runs: Figure;
}

export interface Wanted {
  /** The column by which rows are ordered and the largest are chosen. */
  readonly order: string;
  readonly rows: number;
  /** What is to be summed up: each sum is a column to read. */
  readonly sums: readonly Sum[];
  /** Without it no quantiles are computed. */
  readonly histogram?: Histogram | undefined;
  /** Both kinds of quantiles where it is left out. */
  readonly only?: 'latency' | 'ttft' | undefined;
  /** Values that the grouping binds. */
  readonly params?: Record<string, string | number | readonly string[]>;
}

const NO_HISTOGRAM = "CAST(map(), 'Map(UInt16, Int64)')";

type Params = Record<string, string | number | readonly string[]>;

/** The questions one request asks, at one moment: what is live is looked up once. */
export class Asker {
  private constructor(
    private readonly context: Context,
    private readonly always: Params,
  ) {}

  static async at(context: Context): Promise<Asker> {
    const { running } = await readLive(context);
    return new Asker(context, { ...clock(context.now(), running), project: context.project } as Params);
  }

  async figures(usage: Usage, grouping: Grouping, { order, rows, sums, histogram, only, params }: Wanted): Promise<FigureRow[]> {
    const of = (wanted: boolean, column: string) => (wanted ? `sumMap(${column})` : NO_HISTOGRAM);
    const histograms = histogram
      ? `${of(only !== 'ttft', histogram)} AS latency_histogram, ${of(only !== 'latency', 'ttft_histogram')} AS token_histogram`
      : '0 AS no_histograms';
    const quantiles = histogram ? QUANTILES : '[] AS latency_ns, [] AS ttft_ns';
    const named = [...new Set([...ALWAYS, ...sums])];
    const statement = fill(FIGURES, {
      usage: usage.text,
      slot: grouping.slot,
      group: grouping.label,
      columns: named.join(', '),
      sums: named.map((sum) => `sum(${SUMS[sum]}) AS ${sum}`).join(', '),
      order,
      histograms,
      quantiles,
    });
    type Row = FigureRow & { latency_ns: number[]; ttft_ns: number[] };
    const found = await this.context.store.query<Row>(statement, { ...usage.params, ...params, ...this.always, rows });
    return found.map((row) => ({ ...row, latency: inMilliseconds(row.latency_ns), ttft: inMilliseconds(row.ttft_ns) }));
  }

  /** Empty where runs have no such key. */
  async runs(range: Range, filters: RunFilters, by: Dimension, grouping: Grouping, params: Params = {}): Promise<RunCountRow[]> {
    if (!countsRunsBy(by)) return [];
    const { text, params: bound } = await runCounts(this.context, range, filters, by, grouping.slot, grouping.label);
    return this.context.store.query<RunCountRow>(text, { ...bound, ...params, ...this.always });
  }

  /** The range that filters ask for; without bounds from the first start that is booked until now. */
  async range(filters: RunFilters): Promise<Range> {
    const to = filters.to === undefined ? nextMinute(this.context.now()) : nanos(filters.to);
    const from = filters.from === undefined ? await this.firstStart(to) : nanos(filters.from);
    return { from, to: to > from ? to : from };
  }

  private async firstStart(otherwise: bigint): Promise<bigint> {
    const [row] = await this.context.store.query<{ first: string; n: Figure }>(FIRST_START, { project: this.context.project });
    return row && Number(row.n) > 0 ? nanos(row.first) : otherwise;
  }
}

export type Histogram = 'task_histogram' | 'run_histogram';

/** Runs are as slow as they are; asked for models, providers or kinds, it is their tasks that are slow. */
export function histogramFor(by: Dimension, filters: RunFilters): Histogram {
  const ofTasks: Dimension[] = ['model', 'provider', 'kind', 'errorType'];
  return ofTasks.includes(by) || filters.model !== undefined || filters.provider !== undefined ? 'task_histogram' : 'run_histogram';
}

export const NO_QUANTILES: Quantiles = { p50: null, p95: null, p99: null };

/** Buckets are 2 % wide: more than four digits would be made up. */
function inMilliseconds([p50, p95, p99]: readonly number[]): Quantiles {
  const ms = (ns: number | undefined) => (ns === undefined ? null : Number(milliseconds(BigInt(Math.round(ns))).toPrecision(4)));
  return { p50: ms(p50), p95: ms(p95), p99: ms(p99) };
}

/** Clocks of senders may be a little ahead: "now" takes in the minute under way. */
function nextMinute(now: number): bigint {
  return BigInt(Math.ceil((now + 1) / 60_000) * 60_000) * 1_000_000n;
}

export const groupKey = (group: Group) => `${group.slot}\n${group.label}`;

/** Tools and steps have no model: under "no model" only calls belong. */
export function isOf(by: Dimension, row: FigureRow): boolean {
  return row.label !== '' || Number(row.calls) !== 0 || (by !== 'model' && by !== 'provider');
}
