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

const AMOUNTS = sql('analytics/amounts');
const QUANTILES = sql('analytics/quantiles');
const FIRST_START = sql('analytics/first-start');

/** How rows are put together: expressions on `at` and `group_key`, owned by us. */
export interface Grouping {
  readonly slot: string;
  readonly label: string;
}
export const TOGETHER: Grouping = { slot: 'toInt64(0)', label: 'group_key' };

export interface Group {
  slot: Figure;
  label: string;
}

/** A row of amounts.sql. */
export interface AmountRow extends Group, TokenSums {
  tasks: Figure;
  calls: Figure;
  errors: Figure;
  failed_calls: Figure;
  cost: Figure;
  known_cost: Figure;
  unpriced: Figure;
  usage_unknown: Figure;
}

/** Milliseconds; null where nothing was measured. */
export interface Quantiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export interface LatencyRow extends Group {
  latency: Quantiles;
  ttft: Quantiles;
}

export interface RunCountRow extends Group {
  n_runs: Figure;
  n_failed_runs: Figure;
}

/** The questions one request asks, at one moment: what is live is looked up once. */
export class Asker {
  private constructor(
    private readonly context: Context,
    private readonly always: Record<string, string | number | readonly string[]>,
  ) {}

  static async at(context: Context): Promise<Asker> {
    const { running } = await readLive(context);
    return new Asker(context, { ...clock(context.now(), running), project: context.project } as Asker['always']);
  }

  amounts(usage: Usage, grouping: Grouping, order: string, rows: number, params = {}): Promise<AmountRow[]> {
    const statement = fill(AMOUNTS, { usage: usage.text, slot: grouping.slot, group: grouping.label, order });
    return this.context.store.query<AmountRow>(statement, { ...usage.params, ...params, ...this.always, rows });
  }

  async latencies(usage: Usage, grouping: Grouping, histogram: Histogram, params = {}): Promise<LatencyRow[]> {
    const statement = fill(QUANTILES, { usage: usage.text, slot: grouping.slot, group: grouping.label, histogram });
    const rows = await this.context.store.query<Group & { latency: number[]; ttft: number[] }>(statement, {
      ...usage.params,
      ...params,
      ...this.always,
    });
    return rows.map((row) => ({ ...row, latency: quantiles(row.latency), ttft: quantiles(row.ttft) }));
  }

  /** Empty where runs have no such key. */
  async runs(range: Range, filters: RunFilters, by: Dimension, grouping: Grouping, params = {}): Promise<RunCountRow[]> {
    if (!countsRunsBy(by)) return [];
    const { text, params: bound } = runCounts(range, filters, by, grouping.slot, grouping.label);
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

function quantiles([p50, p95, p99]: readonly number[]): Quantiles {
  const ms = (ns: number | undefined) => (ns === undefined ? null : Number(milliseconds(BigInt(Math.round(ns))).toPrecision(4)));
  return { p50: ms(p50), p95: ms(p95), p99: ms(p99) };
}

/** Clocks of senders may be a little ahead: "now" takes in the minute under way. */
function nextMinute(now: number): bigint {
  return BigInt(Math.ceil((now + 1) / 60_000) * 60_000) * 1_000_000n;
}

export const groupKey = (group: Group) => `${group.slot}\n${group.label}`;

/** Tools and steps have no model: under "no model" only calls belong. */
export function isOf(by: Dimension, row: AmountRow): boolean {
  return row.label !== '' || Number(row.calls) !== 0 || (by !== 'model' && by !== 'provider');
}
