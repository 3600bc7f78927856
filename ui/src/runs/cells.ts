import type { Run, RunSort } from '../../../query/contract/index.ts';
import { formatSpan } from '../format/duration.ts';
import { shortModel } from '../format/ids.ts';
import { formatMoney } from '../format/money.ts';
import { plural } from '../format/numbers.ts';
import { clock, dayClock, toMs } from '../format/time.ts';

/** The model with the most calls in as few letters as tell it apart, and how many others there are. */
export function modelsCell(models: Run['models']): { first: string; more: number } {
  const names = Object.entries(models)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
  return { first: names[0] === undefined ? '' : shortModel(names[0]).replace(/^claude-/, ''), more: Math.max(0, names.length - 1) };
}

/** Why a run did not end well, in a few words beside its name. `failure` is what its root said, once that is known. */
export function causeOf(run: Run, failure: string | undefined, now: number): string {
  if (run.status === 'stalled') return `silent ${formatSpan(now - toMs(run.lastActivityAt))}`;
  if (run.status !== 'failed') return '';
  if (failure) return failure.replaceAll('_', ' ').replace(/ (exceeded|error)$/i, '');
  return run.errorCount > 0 ? plural(run.errorCount, 'error') : 'failed';
}

type Priced = Pick<Run, 'status' | 'cost' | 'tokens' | 'unpricedCalls' | 'usageUnknownCalls' | 'llmCalls' | 'embeddingCalls'>;

/** What stands in place of an amount and of tokens where there is nothing to count: neither a zero nor unknown. */
export const NO_CALLS = 'no model calls';

/** A run that ended and called no model has nothing to pay for. While it is under way its calls are not booked yet. */
export function calledNothing({ status, cost, tokens, llmCalls, embeddingCalls, unpricedCalls, usageUnknownCalls }: Priced): boolean {
  const ended = status !== 'running' && status !== 'stalled';
  return ended && cost === null && tokens.total === null && llmCalls + embeddingCalls + unpricedCalls + usageUnknownCalls === 0;
}

/** The cost of a run where a word is all there is room for. */
export function costWords(run: Priced): string {
  return calledNothing(run) ? NO_CALLS : formatMoney(run.cost);
}

/** Why an amount is unknown or not the whole. */
export function costReason(run: Pick<Run, 'cost' | 'unpricedCalls' | 'usageUnknownCalls' | 'llmCalls' | 'embeddingCalls'>): string {
  const calls = run.llmCalls + run.embeddingCalls;
  const parts = [
    run.unpricedCalls > 0 &&
      `${run.unpricedCalls} of ${plural(calls, 'counted call')} ${run.unpricedCalls === 1 ? 'has' : 'have'} no price; tokens are known.`,
    run.usageUnknownCalls > 0 && `${run.usageUnknownCalls} of ${plural(calls, 'counted call')} reported no usage.`,
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(' ');
  return calls === 0 ? 'No model call is booked for this run.' : 'No counted call of this run has an amount.';
}

/** Calls an amount leaves out. */
export function missingCalls(run: Pick<Run, 'unpricedCalls' | 'usageUnknownCalls'>): number {
  return run.unpricedCalls + run.usageUnknownCalls;
}

const MINUTE = 60_000;

/** When a run began: `now`, the hour, or the day too where the hour alone is not plain. */
export function startedCell(startedAt: string, now: number, withDay: boolean): string {
  const ms = toMs(startedAt);
  if (now - ms < MINUTE) return 'now';
  return withDay ? dayClock(ms) : clock(ms);
}

export interface Column {
  key: string;
  label: string;
  numeric: boolean;
  sort?: RunSort;
}

/** The columns after status, star, name and feature. */
export const COLUMNS: readonly Column[] = [
  { key: 'user', label: 'User', numeric: false },
  { key: 'models', label: 'Models', numeric: false },
  { key: 'tasks', label: 'Tasks', numeric: true, sort: '-tasks' },
  { key: 'tokens', label: 'Tokens', numeric: true, sort: '-tokens' },
  { key: 'cost', label: 'Cost', numeric: true, sort: '-cost' },
  { key: 'duration', label: 'Duration', numeric: true, sort: '-durationMs' },
  { key: 'started', label: 'Started', numeric: true, sort: '-startedAt' },
];
