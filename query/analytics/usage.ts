import type { Params } from '../../schema/store.ts';
import type { Dimension } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { conditions, marked } from '../runs/conditions.ts';
import { totals } from '../runs/totals.ts';
import { fill, sql } from '../sql.ts';
import { core, type Range, rangeParams } from './range.ts';

const HOURS = sql('analytics/hours');
const DAYS = sql('analytics/days');
const TASKS = sql('analytics/tasks');

/** A subquery with one row for each bit of usage, and what it binds. */
export interface Usage {
  readonly text: string;
  readonly params: Params;
}

/** Who does not say which feature was used made one of their own. */
const FEATURE = (prefix: string) => `if(${prefix}feature = '', 'custom', ${prefix}feature)`;

/** Keys that the totals by hour carry. */
const HOUR_KEY: Partial<Record<Dimension, string>> = {
  none: "''",
  feature: FEATURE(''),
  source: 'source_id',
  model: 'model',
  provider: 'provider',
  kind: 'kind',
};

const TASK_KEY: Record<Dimension, string> = {
  none: "''",
  feature: FEATURE('t.'),
  source: 't.source_id',
  model: 't.model',
  provider: 't.provider',
  kind: 't.kind',
  user: 't.user_id',
  status: 'run.current_status',
  errorType: 't.error_type',
};

type Filter = keyof RunFilters;
/** Filters on what a task carries itself, as columns of all three sources. */
const OWN: Partial<Record<Filter, (prefix: string) => string>> = {
  feature: FEATURE,
  source: (prefix) => `${prefix}source_id`,
  model: (prefix) => `${prefix}model`,
  provider: (prefix) => `${prefix}provider`,
  user: (prefix) => `${prefix}user_id`,
  session: (prefix) => `${prefix}session_id`,
};
const IN_HOURS: readonly Filter[] = ['feature', 'source', 'model', 'provider'];
const IN_DAYS: readonly Filter[] = [...IN_HOURS, 'user'];

export interface Question {
  readonly range: Range;
  readonly filters: RunFilters;
  readonly by: Dimension;
  /** The finest grain the question needs: whole hours or days can be answered from totals. */
  readonly grain: 'task' | 'hour' | 'day';
  /** Asks only for what totals by user and day carry: calls, their tokens in and out, their cost. */
  readonly onlyCalls?: boolean;
}

/** Where the answer is: in totals as far as they carry what is asked, in the tasks for the rest. Both give the same figures. */
export function usage(question: Question): Usage {
  const given = (Object.keys(question.filters) as Filter[]).filter(
    (name) => question.filters[name] !== undefined && name !== 'from' && name !== 'to',
  );
  const unit = unitOf(question, given);
  const split = core(question.range, unit);
  const parts: Usage[] = [];
  if (split.core.to > split.core.from) parts.push(fromTotals(question, unit === 'day' ? DAYS : HOURS));
  if (!split.whole) parts.push(fromTasks(question));
  return {
    text: parts.map((part) => part.text).join('\nUNION ALL\n'),
    params: Object.assign({}, ...parts.map((part) => part.params), rangeParams(question.range, split.core)),
  };
}

function unitOf({ by, grain, onlyCalls }: Question, given: readonly Filter[]): 'hour' | 'day' | 'none' {
  if (grain !== 'task' && HOUR_KEY[by] !== undefined && given.every((name) => IN_HOURS.includes(name))) return 'hour';
  const daily = grain === 'day' && onlyCalls === true && (by === 'user' || (HOUR_KEY[by] !== undefined && by !== 'kind'));
  return daily && given.every((name) => IN_DAYS.includes(name)) ? 'day' : 'none';
}

function fromTotals({ filters, by }: Question, template: string): Usage {
  const { where, params } = own(filters, '');
  return { text: fill(template, { key: by === 'user' ? 'user_id' : HOUR_KEY[by]!, where: where.join(' AND ') || '1' }), params };
}

function fromTasks({ filters, by }: Question): Usage {
  const tasks = own(filters, 't.');
  const runs = ofRuns(filters);
  const run = totals('all');
  const where = [...tasks.where, ...(runs ? [`t.run_id IN (${runs.text})`] : []), ...(by === 'errorType' ? ["t.status = 'failed'"] : [])];
  const join = by === 'status' ? `ANY LEFT JOIN (${run.text}) AS run ON run.id = t.run_id` : '';
  return {
    text: fill(TASKS, { key: TASK_KEY[by], join, where: where.join(' AND ') || '1' }),
    params: { ...tasks.params, ...runs?.params },
  };
}

function own(filters: RunFilters, prefix: string): { where: string[]; params: Params } {
  const given = (Object.keys(OWN) as Filter[]).filter((name) => filters[name] !== undefined);
  return {
    where: given.map((name) => `${OWN[name]!(prefix)} IN {${name}:Array(String)}`),
    params: Object.fromEntries(given.map((name) => [name, filters[name] as readonly string[]])),
  };
}

/** The runs that pass the filters which only a whole run can answer; undefined where none is given. */
function ofRuns(filters: RunFilters): Usage | undefined {
  const {
    from: _from,
    to: _to,
    feature: _feature,
    source: _source,
    model: _model,
    provider: _provider,
    user: _user,
    session: _session,
    ...rest
  } = filters;
  if (Object.values(rest).every((value) => value === undefined)) return undefined;
  const run = conditions(rest);
  const where = ['n_tasks > 0', run.where, ...archived(filters)];
  return { text: `SELECT id FROM (${totals('all').text}) AS whole WHERE ${where.join(' AND ')}`, params: run.params };
}

/** Analytics take archived runs in, since they were paid for, unless asked for one kind. */
export function archived(filters: RunFilters): string[] {
  if (filters.archived === undefined) return [];
  return [`id ${filters.archived ? 'IN' : 'NOT IN'} ${marked('archived')}`];
}
