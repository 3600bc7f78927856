import * as z from 'zod/mini';
import { clock, day, dayClock } from '../format/time.ts';
import { text, word } from './fields.ts';

/** The time range stands at the top right of every page and in its address, and stays when one moves about. */
export const PRESETS = ['1h', '24h', '7d', '30d', '90d'] as const;
export type Preset = (typeof PRESETS)[number];
export const DEFAULT_PRESET: Preset = '24h';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LENGTH: Record<Preset, number> = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '90d': 90 * DAY };
export const PRESET_LABEL: Record<Preset, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
};

export const rangeFields = { range: word(PRESETS), from: text, to: text };
const rangeSchema = z.object(rangeFields);

export interface RangeSearch {
  range?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** A range as the address has it: a preset that moves with the clock, or two fixed instants. */
export type Range = { kind: 'preset'; preset: Preset } | { kind: 'fixed'; from: number; to: number };

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
/** The years the server knows. */
const [EARLIEST, LATEST] = [0, Date.UTC(2105, 0)];
const MINUTE = 60_000;

/** Milliseconds since 1970 to the minute; undefined for what is no instant of the server's. A day or an hour without a zone is UTC. */
function parseInstant(text: string | undefined): number | undefined {
  const match = INSTANT.exec(text ?? '');
  if (!match) return undefined;
  const ms = Date.parse(match[1] && !match[4] ? `${text}Z` : (text ?? ''));
  return ms >= EARLIEST && ms <= LATEST ? ms - (ms % MINUTE) : undefined;
}

/**
 * The fields of the address that hold a range; what makes no sense and what is the default is dropped. Every field is there, if only as
 * undefined: what a page is given is laid over what stood in the address.
 */
export function parseRange(search: Record<string, unknown>): RangeSearch {
  const { range, from, to } = rangeSchema.parse(search);
  const [start, end] = [parseInstant(from), parseInstant(to)];
  if (start !== undefined && end !== undefined && start < end) return { range: undefined, from: isoMinute(start), to: isoMinute(end) };
  return { range: range === DEFAULT_PRESET ? undefined : range, from: undefined, to: undefined };
}

export function toRange({ range, from, to }: RangeSearch): Range {
  if (from !== undefined && to !== undefined) return { kind: 'fixed', from: Date.parse(from), to: Date.parse(to) };
  return { kind: 'preset', preset: range ?? DEFAULT_PRESET };
}

/** The address of a range, with the fields of the other sort cleared. */
export function fromRange(range: Range): Required<{ [K in keyof RangeSearch]: RangeSearch[K] }> {
  if (range.kind === 'fixed') return { range: undefined, from: isoMinute(range.from), to: isoMinute(range.to) };
  return { range: range.preset === DEFAULT_PRESET ? undefined : range.preset, from: undefined, to: undefined };
}

export function rangeLength(range: Range): number {
  return range.kind === 'fixed' ? range.to - range.from : LENGTH[range.preset];
}

/** The two ends now. A preset has no end for the server: what arrives meanwhile belongs to it. */
export function rangeBounds(range: Range, now: number): { from: number; to: number } {
  return range.kind === 'fixed' ? range : { from: now - LENGTH[range.preset], to: now };
}

export function rangeLabel(range: Range): string {
  if (range.kind === 'preset') return PRESET_LABEL[range.preset];
  const { from, to } = range;
  if (from % DAY === 0 && to % DAY === 0) return to - from === DAY ? day(from) : `${day(from)} – ${day(to - DAY)}`;
  return day(from) === day(to) ? `${dayClock(from)} – ${clock(to)}` : `${dayClock(from)} – ${dayClock(to)}`;
}

/** Bucket lengths that people can read and the server knows, in seconds. */
const INTERVALS = [60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000] as const;

/** The shortest readable interval that cuts the range into at most `most` buckets. */
export function intervalFor(range: Range, most: number): number {
  const seconds = rangeLength(range) / 1000;
  return INTERVALS.find((interval) => seconds / interval <= most) ?? INTERVALS[INTERVALS.length - 1]!;
}

function isoMinute(ms: number): string {
  return new Date(ms).toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z');
}
