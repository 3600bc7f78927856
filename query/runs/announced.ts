import type { RunFilters } from '../http/params.ts';
import { nanos } from '../values.ts';
import { type AnnouncedRun, lengthSoFar } from './run.ts';

/** Whether a run of which only the start is known passes the filters. It has no amounts and no calls yet, so it fails every filter on these. */
export function matchesAnnounced(run: AnnouncedRun, filters: RunFilters, now: number): boolean {
  const oneOf = (values: readonly string[] | undefined, value: string | null) => values === undefined || values.includes(value ?? '');
  const needsBooks = [filters.model, filters.provider, filters.cost, filters.minCost, filters.maxCost].some(
    (filter) => filter !== undefined,
  );
  if (needsBooks || (filters.minTokens ?? 0) > 0 || lengthSoFar(run, now) < (filters.minDurationMs ?? 0)) return false;
  if (run.archived !== (filters.archived ?? false)) return false;
  return (
    (filters.starred === undefined || run.starred === filters.starred) &&
    (filters.tag === undefined || filters.tag.some((tag) => run.tags.includes(tag))) &&
    (filters.from === undefined || nanos(run.startedAt) >= nanos(filters.from)) &&
    (filters.to === undefined || nanos(run.startedAt) < nanos(filters.to)) &&
    oneOf(filters.feature, run.feature) &&
    oneOf(filters.source, run.sourceId) &&
    oneOf(filters.status, 'running') &&
    oneOf(filters.user, run.userId) &&
    oneOf(filters.session, run.sessionId) &&
    (filters.q === undefined ||
      [run.name, run.runId, run.userId ?? ''].some((text) => text.toLowerCase().includes(filters.q!.toLowerCase())))
  );
}
