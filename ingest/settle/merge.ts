import { type Draft, Flag } from '../draft.ts';

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
