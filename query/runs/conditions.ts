import type { Params } from '../../schema/store.ts';
import type { RunFilters } from '../http/params.ts';
import type { Searched } from '../search/search.ts';

/** What a statement asks of a run: code-owned conditions on the columns of totals.sql, and the values they bind. */
export interface Conditions {
  /** Joined by AND; `1` where there is none. */
  readonly where: string;
  readonly params: Params;
}

/** Runs whose user left such a mark. */
export const marked = (condition: string) => `(SELECT run_id FROM run_marks FINAL WHERE project = {project:String} AND ${condition})`;

/** A name or tags given by the user replace those of the sender, so the sender's only count where the user gave none. */
const effective = (column: 'name' | 'tags', sent: string, given: string) =>
  `((${sent} AND id NOT IN ${marked(`${column} IS NOT NULL`)}) OR id IN ${marked(`${column} IS NOT NULL AND ${given}`)})`;

const contains = (column: string) => `positionCaseInsensitiveUTF8(${column}, {q:String}) > 0`;

type Filter = Exclude<keyof RunFilters, 'starred' | 'archived'>;

const starred = (wanted: boolean) => `id ${wanted ? 'IN' : 'NOT IN'} ${marked('starred')}`;

/** Every filter there is, as a condition on totals.sql. Nothing a caller sends becomes part of this text. */
const CONDITION: Record<Filter, string> = {
  from: "first_start >= {from:DateTime64(9, 'UTC')}",
  to: "first_start < {to:DateTime64(9, 'UTC')}",
  feature: 'feature_name IN {feature:Array(String)}',
  source: 'facts.source_id IN {source:Array(String)}',
  status: 'current_status IN {status:Array(String)}',
  model: 'arrayExists(m -> calls_by_model[m] > 0, {model:Array(String)})',
  provider: 'arrayExists(p -> calls_by_provider[p] > 0, {provider:Array(String)})',
  user: 'facts.user_id IN {user:Array(String)}',
  session: 'facts.session_id IN {session:Array(String)}',
  tag: effective(
    'tags',
    'hasAny(facts.tags, {tag:Array(String)})',
    "hasAny(JSONExtract(assumeNotNull(tags), 'Array(String)'), {tag:Array(String)})",
  ),
  q: `(id IN {found:Array(String)} OR ${contains('id')} OR ${contains('facts.user_id')} OR ${effective('name', contains('facts.name'), contains('assumeNotNull(name)'))})`,
  cost: 'cost_known IN {cost:Array(String)}',
  minCost: '(n_known_cost > 0 AND sum_cost >= {minCost:Decimal(38, 12)})',
  maxCost: '(n_known_cost > 0 AND sum_cost <= {maxCost:Decimal(38, 12)})',
  minTokens: 'sum_input + sum_output >= {minTokens:UInt64}',
  minDurationMs: 'took >= {minDurationMs:Int64} * 1000000',
};

const FINISHED = "('completed', 'failed', 'cancelled')";

/**
 * For single rows of `runs`: what at least one row of every run that passes the filter fulfils. The facts of a run are those of one of its
 * rows, and a sum above nothing has a part above nothing. A filter that is not here says nothing of single rows.
 */
const ROW: Partial<Record<Filter, string>> = {
  feature: "if(facts_first.feature = '', 'custom', facts_first.feature) IN {feature:Array(String)}",
  source: 'facts_first.source_id IN {source:Array(String)}',
  user: 'facts_first.user_id IN {user:Array(String)}',
  session: 'facts_first.session_id IN {session:Array(String)}',
  // A run that goes on has news or is live. One that stalled said at last that it runs, in a row that bears facts.
  status: `(status_last.status IN ${FINISHED} AND has({status:Array(String)}, status_last.status))
    OR (has({status:Array(String)}, 'running') AND (last_seen >= {stalledBefore:DateTime64(3, 'UTC')} OR run_id IN {running:Array(String)}))
    OR (has({status:Array(String)}, 'stalled') AND status_last.status != '' AND status_last.status NOT IN ${FINISHED})`,
  model: 'arrayExists(m -> models[m] > 0, {model:Array(String)})',
  provider: 'arrayExists(p -> providers[p] > 0, {provider:Array(String)})',
  tag: `hasAny(facts_first.tags, {tag:Array(String)}) OR run_id IN ${marked('tags IS NOT NULL')}`,
  q: `run_id IN {found:Array(String)} OR ${contains('run_id')} OR ${contains('facts_first.user_id')} OR ${contains('facts_first.name')} OR run_id IN ${marked('name IS NOT NULL')}`,
};

/** Facts of a run that stand together in one row. */
const FACTS: readonly Filter[] = ['feature', 'source', 'user', 'session'];

/**
 * Conditions on single rows of `runs`, each of which at least one row of every run that passes the filters fulfils, not always the same
 * row. They bind what {@link conditions} and totals.ts's clock bind.
 */
export function rowConditions(filters: RunFilters): string[] {
  const given = (Object.keys(ROW) as Filter[]).filter((name) => filters[name] !== undefined);
  const facts = given.filter((name) => FACTS.includes(name)).map((name) => ROW[name]!);
  const others = given.filter((name) => !FACTS.includes(name)).map((name) => ROW[name]!);
  return facts.length === 0 ? others : [facts.join(' AND '), ...others];
}

/** The conditions of the filters that are given. Says nothing about archived or deleted runs: see {@link shelf}. */
export function conditions(filters: Searched): Conditions {
  const params: Record<string, string | number | readonly string[]> = {};
  const parts: string[] = [];
  for (const name of Object.keys(CONDITION) as Filter[]) {
    const value = filters[name];
    if (value === undefined) continue;
    parts.push(CONDITION[name]);
    params[name] = value;
  }
  if (filters.q !== undefined) params.found = filters.found ?? [];
  if (filters.starred !== undefined) parts.push(starred(filters.starred));
  return { where: parts.join(' AND ') || '1', params };
}

/** The condition of one filter; `1` where it is not given. Its value is among the params of {@link conditions}. */
export function condition(name: Filter | 'starred', filters: RunFilters): string {
  if (name === 'starred') return filters.starred === undefined ? '1' : starred(filters.starred);
  return filters[name] === undefined ? '1' : CONDITION[name];
}

/**
 * Which shelf of runs a list shows: the open ones, or the archived. Deleted runs are on neither.
 * Deleting hides a run from lists and its page; taking its amounts out of the books is a correction of the ledger and not a reader's business.
 */
export function shelf(archived: boolean | undefined): string {
  return archived ? `id IN ${marked('archived AND NOT deleted')}` : `id NOT IN ${marked('archived OR deleted')}`;
}
