import { toMs } from '../format/time.ts';

/** What a scale needs of a task. */
export interface Timed {
  startedAt: string;
  endedAt: string | null;
  durationMs: number;
}

export interface Interval {
  start: number;
  end: number;
}

export function intervalOf(task: Timed): Interval {
  const start = toMs(task.startedAt);
  return { start, end: start + Math.max(0, task.durationMs) };
}

/** The times something was going on, in order and without overlap. */
export function unionOf(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => a.start - b.start);
  const union: Interval[] = [];
  for (const { start, end } of sorted) {
    const last = union.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else union.push({ start, end });
  }
  return union;
}

/** A stretch of the scale: time on one side, place (0 to 1) on the other. */
interface Piece extends Interval {
  from: number;
  to: number;
}

export interface Fold {
  /** Where the fold lies, 0 to 1. */
  from: number;
  to: number;
  /** The idle time it hides. */
  ms: number;
}

/**
 * Places times on a line from 0 to 1. A run that was resumed a day later would be two slivers at both ends; idle time that is long
 * against what it parts is folded to a narrow gap.
 */
export interface Timescale {
  start: number;
  end: number;
  /** Time that is not folded. */
  activeMs: number;
  folds: Fold[];
  /** First instants of the stretches between folds. */
  stretches: number[];
  place: (ms: number) => number;
}

const FOLD_SHARE = 0.03;
const FOLD_FROM_MS = 5000;
/** A gap is folded when it is longer than this part of all that was going on. */
const FOLD_RATIO = 0.5;

export function timescaleOf(tasks: readonly Timed[]): Timescale {
  const union = unionOf(tasks.map(intervalOf));
  const start = union[0]?.start ?? 0;
  const end = union.at(-1)?.end ?? start;
  const busy = union.reduce((sum, { start: from, end: to }) => sum + to - from, 0);
  const stretches = mergeShortGaps(union, Math.max(FOLD_FROM_MS, busy * FOLD_RATIO));
  const activeMs = stretches.reduce((sum, { start: from, end: to }) => sum + to - from, 0);
  const folded = Math.min(0.5, (stretches.length - 1) * FOLD_SHARE);
  const { pieces, folds } = layOut(stretches, activeMs, folded);
  return { start, end, activeMs, folds, stretches: stretches.map((stretch) => stretch.start), place: (ms) => placeIn(pieces, ms) };
}

function mergeShortGaps(union: readonly Interval[], longest: number): Interval[] {
  const merged: Interval[] = [];
  for (const { start, end } of union) {
    const last = merged.at(-1);
    if (last && start - last.end <= longest) last.end = end;
    else merged.push({ start, end });
  }
  return merged;
}

function layOut(stretches: readonly Interval[], activeMs: number, folded: number): { pieces: Piece[]; folds: Fold[] } {
  const perFold = stretches.length > 1 ? folded / (stretches.length - 1) : 0;
  const perMs = activeMs > 0 ? (1 - folded) / activeMs : 0;
  const pieces: Piece[] = [];
  const folds: Fold[] = [];
  let at = 0;
  stretches.forEach(({ start, end }, index) => {
    const before = stretches[index - 1];
    if (before) {
      folds.push({ from: at, to: at + perFold, ms: start - before.end });
      pieces.push({ start: before.end, end: start, from: at, to: at + perFold });
      at += perFold;
    }
    const to = at + (end - start) * perMs;
    pieces.push({ start, end, from: at, to });
    at = to;
  });
  return { pieces, folds };
}

function placeIn(pieces: readonly Piece[], ms: number): number {
  const piece = pieces.find(({ end }) => ms <= end) ?? pieces.at(-1);
  if (!piece) return 0;
  const length = piece.end - piece.start;
  const share = length > 0 ? (ms - piece.start) / length : 0;
  return piece.from + Math.min(1, Math.max(0, share)) * (piece.to - piece.from);
}

const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
  7_200_000, 21_600_000, 86_400_000,
];

/** The shortest readable step that makes at most `most` of them. */
export function tickStep(lengthMs: number, most: number): number {
  return STEPS.find((step) => lengthMs / step <= most) ?? STEPS[STEPS.length - 1]!;
}

export interface Tick {
  /** Place on the scale, 0 to 1. */
  at: number;
  ms: number;
  /** Counted from the start of the run; null where a stretch begins and the hour says more. */
  elapsed: number | null;
}

/** Marks on the time axis: even steps, or, on a scale with folds, the beginnings of its stretches. */
export function ticksOf(scale: Timescale, most = 8): Tick[] {
  if (scale.folds.length > 0)
    return apart(
      scale.stretches.map((ms) => ({ at: scale.place(ms), ms, elapsed: null })),
      1 / most,
    );
  if (scale.activeMs <= 0) return [{ at: 0, ms: scale.start, elapsed: 0 }];
  const step = tickStep(scale.activeMs, most);
  const count = Math.floor(scale.activeMs / step) + 1;
  return Array.from({ length: count }, (_, index) => ({
    at: scale.place(scale.start + index * step),
    ms: scale.start + index * step,
    elapsed: index * step,
  }));
}

function apart(ticks: readonly Tick[], gap: number): Tick[] {
  let last = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ at }) => {
    if (at - last < gap) return false;
    last = at;
    return true;
  });
}
