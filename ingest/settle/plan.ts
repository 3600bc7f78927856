import type { Draft } from '../draft.ts';
import { diff, type Entry, type TaskRow } from './diff.ts';
import { bareOf, goneVerdict, isGone } from './gone.ts';
import { resolve } from './resolve.ts';
import { shrinks } from './shrunk.ts';
import type { Verdict } from './verdict.ts';

/** A trace that a batch touched, as it stands after it. */
export interface Touch {
  readonly project: string;
  readonly traceId: string;
  /** The run of the row that bears the run's facts; null while the trace is no run (or its run was deleted). */
  readonly run: { readonly id: string; readonly finished: boolean } | null;
  readonly tasks: number;
  /** Nothing of the trace was booked before. */
  readonly isNew: boolean;
}

/** What a change makes of booked rows: takes tasks out of every total and list, or writes them anew. */
export type Change =
  /** Rows of this run, or all rows of the traces. */
  | { readonly kind: 'delete'; readonly runId?: string }
  /** Pure: it may be asked again for the same draft. The same object in return = nothing changes. Ids, parent and times must stay. */
  | { readonly kind: 'rewrite'; readonly rewrite: (draft: Draft) => Draft };

/** The trace as its listeners see it. */
export function touchOf(project: string, traceId: string, rows: readonly TaskRow[]): Touch {
  const bearer = rows.find(({ verdict }) => verdict.bears !== null)?.verdict;
  const run = bearer?.visible ? { id: bearer.runId, finished: bearer.bears!.status !== 'running' } : null;
  return { project, traceId, run, tasks: rows.length, isNew: rows.every(({ ver }) => ver === 1) };
}

/**
 * Resolves a trace with what came to it (or is changed of it), and appends what must be booked.
 * @param known booked rows by span id
 * @param drafts the trace's spans from now on, in start order
 * @param buried runs of the trace that were deleted
 * @param shrunk takes the ids of runs whose first or last moment may have been that of a row that is taken back
 * @returns all rows as they stand after it, null where nothing changes
 */
export function plan(
  known: ReadonlyMap<string, TaskRow>,
  drafts: Draft[],
  buried: ReadonlySet<string> | undefined,
  now: number,
  entries: Entry[],
  shrunk: Set<string>,
): readonly TaskRow[] | null {
  const from = entries.length;
  const rows = diff(known, drafts, judge(known, drafts, buried), now, entries);
  if (entries.length === from) return null;
  noteShrunk(entries, from, shrunk);
  return rows;
}

/** The verdicts, with those on deleted spans in their place; a span that turns out to be of a buried run is stripped here and now. */
function judge(known: ReadonlyMap<string, TaskRow>, drafts: Draft[], buried: ReadonlySet<string> | undefined): Verdict[] {
  let verdicts = resolve(drafts);
  if (buried) {
    const bare = new Set<number>();
    for (let found = true; found; ) {
      found = false;
      for (let i = 0; i < drafts.length; i++) {
        if (bare.has(i) || !buried.has(verdicts[i]!.runId)) continue;
        bare.add(i);
        const old = known.get(drafts[i]!.spanId);
        if (old && isGone(old)) continue;
        drafts[i] = bareOf(drafts[i]!, verdicts[i]!.runId);
        found = true;
      }
      // A span that is gone no longer counts, and says nothing of the others.
      if (found) verdicts = resolve(drafts);
    }
    for (const i of bare) verdicts[i] = goneVerdict(verdicts[i]!.runId);
  }
  for (let i = 0; i < drafts.length; i++) {
    const old = known.get(drafts[i]!.spanId);
    if (old && isGone(old)) verdicts[i] = old.verdict;
  }
  return verdicts;
}

/** Takes every row of a trace back. Returns the rows as they stand after it, null where all were gone already. */
export function goneRows(rows: ReadonlyMap<string, TaskRow>, entries: Entry[], shrunk: Set<string>): TaskRow[] | null {
  const from = entries.length;
  let traceSeen = Number.POSITIVE_INFINITY;
  for (const { seen } of rows.values()) traceSeen = Math.min(traceSeen, seen);
  const left: TaskRow[] = [];
  for (const row of rows.values()) {
    if (isGone(row)) {
      left.push(row);
      continue;
    }
    const { runId } = row.verdict;
    const gone: TaskRow = { draft: bareOf(row.draft, runId), verdict: goneVerdict(runId), seen: row.seen, ver: row.ver + 1, factVer: 0 };
    entries.push({ sign: -1, row, traceSeen }, { sign: 1, row: gone, traceSeen });
    left.push(gone);
  }
  noteShrunk(entries, from, shrunk);
  return entries.length === from ? null : left;
}

function noteShrunk(entries: readonly Entry[], from: number, shrunk: Set<string>): void {
  for (let i = from; i < entries.length; i++) {
    const { sign, row } = entries[i]!;
    if (sign === -1 && shrinks(row, entries[i + 1]!.row)) shrunk.add(row.verdict.runId);
  }
}
