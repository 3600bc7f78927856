/** Times are stored, and shown everywhere, in UTC. The reader's own zone stands in the tooltip. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAY = 86_400_000;

const two = (value: number): string => String(value).padStart(2, '0');

/** Milliseconds since 1970 with what a double keeps of the fraction; instants have up to nine decimals. */
export function toMs(instant: string): number {
  const match = /^(.*?)(?:\.(\d+))?Z$/.exec(instant);
  if (!match) return Date.parse(instant);
  return Date.parse(`${match[1]}Z`) + (match[2] ? Number(`0.${match[2]}`) * 1000 : 0);
}

export function clock(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

export function clockSeconds(ms: number): string {
  return `${clock(ms)}:${two(new Date(ms).getUTCSeconds())}`;
}

export function day(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

export function dayClock(ms: number): string {
  return `${day(ms)} ${clock(ms)}`;
}

/** `19 Nov 2026, 13:58:04 UTC` */
export function fullTime(ms: number): string {
  return `${day(ms)} ${new Date(ms).getUTCFullYear()}, ${clockSeconds(ms)} UTC`;
}

/** UTC and the reader's own time, for a tooltip. */
export function timeTooltip(ms: number, zone: string = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  if (zone === 'UTC') return fullTime(ms);
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'medium' }).format(ms);
  return `${fullTime(ms)}\n${local} ${zone}`;
}

/** A column of times: the hour alone while that is plain, the day too when it is not. */
export function shortTime(ms: number, now: number): string {
  return now - ms < DAY && now >= ms - DAY ? clock(ms) : dayClock(ms);
}

/** What a chart says under a bucket of this many seconds. */
export function bucketLabel(ms: number, intervalSeconds: number): string {
  if (intervalSeconds >= 86_400) return day(ms);
  return clock(ms) === '00:00' ? day(ms) : clock(ms);
}

/** `hourly`, `daily`, `every 15 min`. */
export function intervalName(seconds: number): string {
  if (seconds === 3600) return 'hourly';
  if (seconds === 86_400) return 'daily';
  if (seconds % 86_400 === 0) return `every ${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `every ${seconds / 3600} h`;
  if (seconds % 60 === 0) return `every ${seconds / 60} min`;
  return `every ${seconds} s`;
}
