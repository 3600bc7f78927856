import type { Draft } from '../draft.ts';
import type { TaskRow } from './diff.ts';

/** May the run of `before` end up shorter than it was booked? First and last times are minima and maxima, which nothing takes back. */
export function shrinks(before: TaskRow, next: TaskRow): boolean {
  if (!before.verdict.visible) return false;
  if (!next.verdict.visible || next.verdict.runId !== before.verdict.runId) return true;
  return next.draft.startedAt > before.draft.startedAt || endOf(next.draft) < endOf(before.draft);
}

const endOf = (d: Draft): bigint => d.startedAt + d.durationNs;
