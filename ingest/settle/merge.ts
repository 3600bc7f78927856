import { type Draft, Flag } from '../draft.ts';
import { Booked } from './booked.ts';
import { detach } from './detach.ts';
import type { TaskRow } from './diff.ts';
import { isGone } from './gone.ts';
import { byStart } from './resolve.ts';

/**
 * Which of two versions of a span is the truth: one that has ended, then the later end, then the one that says more, then the larger
 * content hash. Never the time of arrival, so any order of arrival gives the same winner.
 * @returns > 0 where `a` wins, < 0 where `b` does, 0 where they are the same version.
 */
export function compareVersions(a: Draft, b: Draft): number {
  if (a.hasEnd !== b.hasEnd) return a.hasEnd ? 1 : -1;
  const endA = endOf(a);
  const endB = endOf(b);
  if (endA !== endB) return endA > endB ? 1 : -1;
  if (a.weight !== b.weight) return a.weight - b.weight;
  if (a.hashHi !== b.hashHi) return a.hashHi - b.hashHi;
  return a.hashLo - b.hashLo;
}

/** The time of arrival is no end: the same span sent again would beat itself each time, and be booked each time. */
const endOf = (d: Draft): bigint => (d.flags & Flag.arrivalTime ? 0n : d.startedAt + d.durationNs);

/**
 * One winner per span of what is booked and what came. Marks the drafts that won; null where none did (all were known already).
 */
export function merge(
  known: ReadonlyMap<string, TaskRow>,
  drafts: readonly Draft[],
  indices: readonly number[],
  booked: Uint8Array,
): Draft[] | null {
  const winners = new Map<string, { draft: Draft; index: number }>();
  for (const i of indices) {
    const draft = drafts[i]!;
    const old = known.get(draft.spanId);
    if (old && isGone(old)) {
      booked[i] = Booked.deleted;
      continue;
    }
    const rival = winners.get(draft.spanId)?.draft ?? old?.draft;
    if (rival && compareVersions(draft, rival) <= 0) continue;
    winners.set(draft.spanId, { draft, index: i });
  }
  if (winners.size === 0) return null;
  const all: Draft[] = [];
  for (const { draft, index } of winners.values()) {
    booked[index] = Booked.yes;
    all.push(draft);
  }
  for (const [spanId, { draft }] of known) {
    if (winners.has(spanId)) continue;
    detach(draft);
    all.push(draft);
  }
  return all.length > 1 ? all.sort(byStart) : all;
}

/** Drafts that won, and then turned out to be of a run that is deleted. */
export function markDeleted(rows: readonly TaskRow[], drafts: readonly Draft[], indices: readonly number[], booked: Uint8Array): void {
  const gone = new Set(rows.filter(isGone).map(({ draft }) => draft.spanId));
  for (const i of indices) if (booked[i] === Booked.yes && gone.has(drafts[i]!.spanId)) booked[i] = Booked.deleted;
}
