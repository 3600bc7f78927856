import type { Draft } from '../draft.ts';
import type { Row, Verdict } from './verdict.ts';

export type TaskRow = Row<Draft>;

/** One line of the ledger: +1 books the row, -1 takes it back. */
export interface Entry {
  sign: 1 | -1;
  row: TaskRow;
  /** When the first span of the trace was booked. Facts of a run are ordered by it: that of the row is later where the root comes last. */
  traceSeen: number;
}

/**
 * What must be booked so that the ledger holds `verdicts` instead of `known`: new +1, changed -old +new, same nothing.
 * @param known rows of the trace by span id
 * @param drafts what is unchanged is the very draft of its row
 * @param now milliseconds, the `seen` of spans booked for the first time
 * @returns all rows as they stand after it; entries are appended
 */
export function diff(
  known: ReadonlyMap<string, TaskRow>,
  drafts: readonly Draft[],
  verdicts: readonly Verdict[],
  now: number,
  entries: Entry[],
): TaskRow[] {
  let lastFact = 0;
  let traceSeen = now;
  for (const row of known.values()) {
    lastFact = Math.max(lastFact, row.factVer);
    traceSeen = Math.min(traceSeen, row.seen);
  }
  return drafts.map((draft, i) => {
    const verdict = verdicts[i]!;
    const old = known.get(draft.spanId);
    if (old && old.draft === draft && sameVerdict(old.verdict, verdict)) return old;
    const row: TaskRow = {
      draft,
      verdict,
      seen: old?.seen ?? now,
      ver: old ? old.ver + 1 : 1,
      factVer: verdict.bears ? lastFact + 1 : 0,
    };
    if (old) entries.push({ sign: -1, row: old, traceSeen });
    entries.push({ sign: 1, row, traceSeen });
    return row;
  });
}

export function sameVerdict(a: Verdict, b: Verdict): boolean {
  return (
    a.runId === b.runId &&
    a.visible === b.visible &&
    a.counted === b.counted &&
    a.why === b.why &&
    a.kind === b.kind &&
    a.user === b.user &&
    a.session === b.session &&
    a.feature === b.feature &&
    a.source === b.source &&
    a.flags === b.flags &&
    sameFacts(a, b)
  );
}

function sameFacts(a: Verdict, b: Verdict): boolean {
  if (a.bears === null || b.bears === null) return a.bears === b.bears;
  return (
    a.bears.name === b.bears.name &&
    a.bears.status === b.bears.status &&
    a.bears.tags.length === b.bears.tags.length &&
    a.bears.tags.every((tag, i) => tag === b.bears!.tags[i])
  );
}
