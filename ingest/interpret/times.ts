import type { SpanReader } from './reader.ts';

const EARLIEST = 946_684_800_000_000_000n; // 2000-01-01
const LATEST = 4_102_444_800_000_000_000n; // 2100-01-01
const MS = 1_000_000n;
const LONGEST = 1_000_000_000_000_000_000n;

/**
 * Start and duration within what the store can hold and a chart can show: a start outside of 2000 to 2100 becomes the time of arrival,
 * an end before the start no duration. Anything changed is an anomaly, to be told; `arrival` where the time of arrival took its place.
 */
export function clampTimes(start: bigint, end: bigint, nowMs: number): Times {
  let anomaly = false;
  let arrival = false;
  let from = start;
  if (from < EARLIEST || from > LATEST) {
    anomaly = true;
    arrival = end < EARLIEST || end > LATEST;
    from = arrival ? BigInt(nowMs) * MS : end;
  }
  if (end === 0n) return { start: from, duration: 0n, anomaly, arrival };
  let duration = end - from;
  if (duration < 0n || end > LATEST) {
    anomaly = anomaly || end !== start;
    duration = 0n;
  }
  return { start: from, duration, anomaly, arrival };
}

export interface Times {
  start: bigint;
  duration: bigint;
  anomaly: boolean;
  arrival: boolean;
}

/**
 * Nanoseconds from the start to the first token, from seconds, milliseconds or an instant; 0 = unknown. A first token after the end is no
 * first token: another clock, or a span whose times were moved.
 */
export function ttftOf(read: SpanReader, start: bigint, end: bigint): bigint {
  const ns = said(read, start);
  return end !== 0n && ns > end - start ? 0n : ns;
}

function said(read: SpanReader, start: bigint): bigint {
  if (read.has('ttftSeconds')) return nanos(read.number('ttftSeconds')! * 1e9);
  if (read.has('ttftMs')) return nanos(read.number('ttftMs')! * 1e6);
  if (!read.has('ttftInstant')) return 0n;
  const at = Date.parse(read.text('ttftInstant').replaceAll('"', ''));
  if (Number.isNaN(at)) return 0n;
  return bounded(BigInt(at) * MS - start);
}

const nanos = (value: number): bigint => (Number.isFinite(value) ? bounded(BigInt(Math.round(value))) : 0n);

/** Within what the store can hold, which is also longer than anything lasts. */
const bounded = (ns: bigint): bigint => (ns > 0n && ns < LONGEST ? ns : 0n);
