import type { Figure } from './numbers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number): string => String(value).padStart(2, '0');

/** From two minutes on nobody counts tenths: `3m 12s`, `2h 05m`, `4d 3h`. */
function formatLong(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.round(ms / HOUR);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** Figure and unit apart: `6.21` and `s`. */
export function durationFigure(ms: number, digits = 2): Figure {
  if (ms >= 2 * MINUTE) return { value: formatLong(ms), unit: '' };
  if (ms >= 999.5) return { value: (ms / SECOND).toFixed(digits), unit: 's' };
  if (ms >= 9.95 || ms === 0) return { value: ms.toFixed(0), unit: 'ms' };
  if (ms >= 0.095) return { value: ms.toFixed(1), unit: 'ms' };
  return { value: (ms * 1000).toFixed(0), unit: 'µs' };
}

/** `390 ms`, `3.16 s`, `3m 12s`. */
export function formatDuration(ms: number, digits = 2): string {
  const { value, unit } = durationFigure(ms, digits);
  return unit ? `${value} ${unit}` : value;
}

/** For a column of runs: one decimal is enough there. */
export function formatDurationShort(ms: number): string {
  return formatDuration(ms, 1);
}

/** `24 h`, `7 d`: the length of a range in words. */
export function formatSpan(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.round(ms / DAY)} d`;
  if (ms >= HOUR) return `${Math.round(ms / HOUR)} h`;
  return `${Math.max(1, Math.round(ms / MINUTE))} min`;
}
