import { Refusal } from '../http/errors.ts';
import { storedTime } from '../values.ts';

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
const DAY = 24n * HOUR;

/** From inclusive, to exclusive, in nanoseconds since 1970. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** The range of equal length before. */
export function before({ from, to }: Range): Range {
  const start = from - (to - from);
  return { from: start > 0n ? start : 0n, to: from };
}

/** Whole hours or days in a range: what totals by hour or day can answer. The rest, at both ends, is read from the tasks. */
export function core({ from, to }: Range, unit: 'hour' | 'day' | 'none'): { core: Range; whole: boolean } {
  if (unit === 'none') return { core: { from, to: from }, whole: false };
  const size = unit === 'hour' ? HOUR : DAY;
  const start = ceil(from, size);
  const end = to - (to % size);
  if (end <= start) return { core: { from, to: from }, whole: false };
  return { core: { from: start, to: end }, whole: start === from && end === to };
}

function ceil(value: bigint, size: bigint): bigint {
  return ((value + size - 1n) / size) * size;
}

/** Lengths of a bucket in seconds. */
export const INTERVALS = [
  10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000, 7_776_000, 31_536_000,
] as const;
/** As many buckets as `auto` makes at most. */
export const AUTO_BUCKETS = 120;
const MAX_BUCKETS = 2000;
const WEEK = 604_800;
/** Weeks start on Mondays; 1970 did not. */
const FIRST_MONDAY = 4 * 86_400;

/** Buckets that cover a range. The first and the last may reach beyond it; only what lies in the range is in them. */
export interface Slots {
  /** Seconds a bucket covers. */
  readonly interval: number;
  /** Seconds since 1970 where slot 0 starts. */
  readonly origin: number;
  readonly first: number;
  readonly last: number;
}

/** @throws Refusal 400 where the interval would make more buckets than anybody can see */
export function slotsOf(range: Range, interval: number | 'auto'): Slots {
  const length = INTERVALS.find((seconds) => count(slots(range, seconds)) <= AUTO_BUCKETS) ?? INTERVALS.at(-1)!;
  const found = slots(range, interval === 'auto' ? length : interval);
  if (count(found) > MAX_BUCKETS)
    throw new Refusal(400, 'bad_request', `interval: makes ${count(found)} buckets, at most ${MAX_BUCKETS} are answered`);
  return found;
}

/** Where buckets of this length start. */
export function gridOf(interval: number): Pick<Slots, 'interval' | 'origin'> {
  return { interval, origin: interval === WEEK ? FIRST_MONDAY : 0 };
}

function slots({ from, to }: Range, interval: number): Slots {
  const { origin } = gridOf(interval);
  const at = (ns: bigint) => Math.floor((Number(ns / SECOND) - origin) / interval);
  return { interval, origin, first: at(from), last: to > from ? at(to - 1n) : at(from) - 1 };
}

const count = ({ first, last }: Slots) => last - first + 1;

/** Nanoseconds since 1970 at which a slot starts. */
export function slotStart({ interval, origin }: Pick<Slots, 'interval' | 'origin'>, slot: number): bigint {
  return BigInt(slot * interval + origin) * SECOND;
}

/** What statements bind of a range, to the nanosecond: where it holds no whole hour, its core begins and ends wherever the range begins. */
export function rangeParams(range: Range, part: Range) {
  return { from: storedTime(range.from), to: storedTime(range.to), coreFrom: storedTime(part.from), coreTo: storedTime(part.to) };
}
