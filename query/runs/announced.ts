import type { LiveRun } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { nanos } from '../values.ts';

/** Whether a run of which only the start is known passes the filters. It has no amounts and no calls yet, so it fails every filter on these. */
export function matchesAnnounced(run: LiveRun, filters: RunFilters): boolean {
  const oneOf = (values: readonly string[] | undefined, value: string | null) => values === undefined || values.includes(value ?? '');
  const needsBooks = [filters.model, filters.provider, filters.tag, filters.minCost, filters.maxCost].some(
    (filter) => filter !== undefined,
  );
  if (needsBooks || (filters.minTokens ?? 0) > 0 || (filters.minDurationMs ?? 0) > 0 || filters.starred || filters.archived) return false;
  return (
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
