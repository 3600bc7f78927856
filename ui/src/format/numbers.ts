import { UNKNOWN } from './money.ts';

const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands separators. */
export function formatInt(value: number): string {
  return integer.format(value);
}

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatInt(count)} ${count === 1 ? one : many}`;
}

export interface Figure {
  value: string;
  unit: string;
}

/** A large count in short: figure and unit apart, so that the unit can be drawn smaller. */
export function compactFigure(value: number): Figure {
  if (value >= 999_950_000) return { value: (value / 1e9).toFixed(2), unit: 'B' };
  if (value >= 999_950) return { value: (value / 1e6).toFixed(1), unit: 'M' };
  if (value >= 10_000) return { value: (value / 1e3).toFixed(1), unit: 'k' };
  return { value: formatInt(value), unit: '' };
}

/** A large count in short, as one word. */
export function formatCompact(value: number): string {
  const figure = compactFigure(value);
  return figure.value + figure.unit;
}

/** In full up to the largest figure a column has room for, in short above. */
export function formatWithin(value: number, largest: number): string {
  return value <= largest ? formatInt(value) : formatCompact(value);
}

/** Tokens in full; `unknown` where no call reported them. */
export function formatTokens(value: number | null): string {
  return value === null ? UNKNOWN : formatInt(value);
}

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `0 B`, `812 B`, `1.2 MB`: in thousands, as disks are sold. */
export function formatBytes(bytes: number): string {
  const step = Math.min(BYTES.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${step === 0 ? formatInt(bytes) : (bytes / 1000 ** step).toFixed(1)} ${BYTES[step]}`;
}

/** A ratio in per cent. Almost all and almost none are not rounded to all and none. */
export function formatPercent(ratio: number, digits = 1): string {
  const step = 10 ** -digits;
  const percent = ratio * 100;
  if (percent > 0 && percent < step / 2) return `<${step.toFixed(digits)}%`;
  if (percent < 100 && percent > 100 - step / 2) return `>${(100 - step).toFixed(digits)}%`;
  if (percent === 0 || percent === 100) return `${percent}%`;
  return `${percent.toFixed(digits)}%`;
}

/** A change with its sign, `+7.4%`; a change that rounds away reads `0%`. */
export function formatChange(change: number, unit: '%' | ' pt' | ' s', digits: number): string {
  const text = Math.abs(change).toFixed(digits);
  if (Number(text) === 0) return `0${unit}`;
  return `${change < 0 ? '−' : '+'}${text}${unit}`;
}
