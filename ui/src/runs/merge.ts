import type { Run } from '../../../query/contract/index.ts';
import { toMs } from '../format/time.ts';

/** The rows of all pages, each run once: a run that moved while one was paging stays where it was first seen. */
export function rowsOf(pages: readonly { runs: readonly Run[] }[]): Run[] {
  const rows = new Map<string, Run>();
  for (const { runs } of pages) for (const run of runs) if (!rows.has(run.runId)) rows.set(run.runId, run);
  return [...rows.values()];
}

/** What is shown, brought up to date by the newest first page. */
export function refreshed(rows: readonly Run[], head: readonly Run[]): Run[] {
  const newest = new Map(head.map((run) => [run.runId, run]));
  return rows.map((run) => newest.get(run.runId) ?? run);
}

/** Runs that began after the first one shown and wait to be let in. Only the order by start has a front to wait at. */
export function waiting(rows: readonly Run[], head: readonly Run[]): number {
  const first = rows[0];
  if (!first) return head.length;
  const shown = new Set(rows.map(({ runId }) => runId));
  const newest = toMs(first.startedAt);
  return head.filter(({ runId, startedAt }) => !shown.has(runId) && toMs(startedAt) >= newest).length;
}
