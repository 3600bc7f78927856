import { type Feature, feature, type LiveRun, type Run, type RunStatus } from '../contract/index.ts';
import { type Figure, instant, milliseconds, money, nanos, orNull, type TokenSums, tokens } from '../values.ts';

/** A row of by-id.sql. */
export interface RunRow extends TokenSums {
  id: string;
  /** The first day on which anything of it was booked. */
  first_day: string;
  first_start: string;
  last_end: string;
  /** Nanoseconds; until now while it runs. */
  took: Figure;
  last_news: string;
  current_status: RunStatus;
  booked_status: string;
  facts: { name: string; user_id: string; session_id: string; feature: string; source_id: string; tags: string[] };
  trace_ids: string[];
  longest_conversation: Figure;
  n_tasks: Figure;
  n_llm: Figure;
  n_embedding: Figure;
  n_tool: Figure;
  n_retrieval: Figure;
  n_errors: Figure;
  n_failed_calls: Figure;
  sum_cost: Figure;
  n_known_cost: Figure;
  n_unpriced: Figure;
  n_usage_unknown: Figure;
  calls_by_model: Record<string, Figure>;
  calls_by_provider: Record<string, Figure>;
  starred: number;
  archived: number;
  deleted: number;
  new_name: string | null;
  new_tags: string | null;
}

export function toRun(row: RunRow, live?: LiveRun): Run {
  const status = row.current_status;
  const going = status === 'running';
  const lastSignal = live && nanos(live.lastSignalAt) > nanos(row.last_end) ? live.lastSignalAt : instant(row.last_end);
  return {
    runId: row.id,
    name: row.new_name ?? (row.facts.name || live?.name || nameless(row.id)),
    feature: toFeature(row.facts.feature),
    sourceId: orNull(row.facts.source_id),
    status,
    startedAt: instant(row.first_start),
    endedAt: going || status === 'stalled' ? null : instant(row.last_end),
    durationMs: milliseconds(BigInt(row.took)),
    lastActivityAt: lastSignal,
    userId: orNull(row.facts.user_id),
    sessionId: orNull(row.facts.session_id),
    tags: row.new_tags === null ? row.facts.tags : (JSON.parse(row.new_tags) as string[]),
    models: positive(row.calls_by_model),
    providers: positive(row.calls_by_provider),
    taskCount: Number(row.n_tasks),
    llmCalls: Number(row.n_llm),
    embeddingCalls: Number(row.n_embedding),
    toolCalls: Number(row.n_tool),
    retrievalCalls: Number(row.n_retrieval),
    errorCount: Number(row.n_errors),
    failedCalls: Number(row.n_failed_calls),
    messageCount: Number(row.longest_conversation),
    tokens: tokens(row),
    cost: money(row.sum_cost, Number(row.n_known_cost) > 0),
    unpricedCalls: Number(row.n_unpriced),
    usageUnknownCalls: Number(row.n_usage_unknown),
    starred: row.starred === 1,
    archived: row.archived === 1,
    traceIds: row.trace_ids,
  };
}

/** A run of which only its start is known, and what its user did with it. */
export interface AnnouncedRun extends LiveRun {
  readonly tags: string[];
  readonly starred: boolean;
  readonly archived: boolean;
}

/** Milliseconds since its start. */
export function lengthSoFar(live: LiveRun, now: number): number {
  const elapsed = BigInt(now) * 1_000_000n - nanos(live.startedAt);
  return milliseconds(elapsed > 0n ? elapsed : 0n);
}

/** Nothing of it is booked, so every amount is unknown. */
export function announcedRun(live: AnnouncedRun, now: number): Run {
  return {
    runId: live.runId,
    name: live.name || nameless(live.runId),
    feature: live.feature,
    sourceId: live.sourceId,
    status: 'running',
    startedAt: live.startedAt,
    endedAt: null,
    durationMs: lengthSoFar(live, now),
    lastActivityAt: live.lastSignalAt,
    userId: live.userId,
    sessionId: live.sessionId,
    tags: live.tags,
    models: {},
    providers: {},
    taskCount: 0,
    llmCalls: 0,
    embeddingCalls: 0,
    toolCalls: 0,
    retrievalCalls: 0,
    errorCount: 0,
    failedCalls: 0,
    messageCount: 0,
    tokens: { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null },
    cost: null,
    unpricedCalls: 0,
    usageUnknownCalls: 0,
    starred: live.starred,
    archived: live.archived,
    traceIds: [live.traceId],
  };
}

const nameless = (runId: string) => `Run ${runId.slice(0, 8)}`;

function toFeature(text: string): Feature {
  return feature.safeParse(text).data ?? 'custom';
}

/** Corrections leave entries of 0 behind. */
function positive(counts: Record<string, Figure>): Record<string, number> {
  const entries = Object.entries(counts).map(([key, count]): [string, number] => [key, Number(count)]);
  return Object.fromEntries(entries.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]));
}
