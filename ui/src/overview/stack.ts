import type { Breakdown, BreakdownRow, Series } from '../../../query/contract/index.ts';
import type { StackBar } from '../charts/StackChart.tsx';
import { formatAxisMoney, formatMoney, picoOrNull } from '../format/money.ts';
import { formatCompact, formatInt } from '../format/numbers.ts';
import { amountsUnderTotal, percentShares } from '../format/share.ts';
import { toMs } from '../format/time.ts';

export type StackMeasure = 'cost' | 'tokens' | 'calls';

/** Models with a colour of their own; the rest is one grey series, the eighth. */
const OWN_COLOURS = 7;
const OTHER = 'other';

export interface LegendRow {
  key: string;
  label: string;
  colour: string;
  /** null = unknown. */
  amount: string | null;
  share: string;
}

export interface Legend {
  rows: LegendRow[];
  total: string;
}

/** The measured amount of a row as a whole number: pico-dollars, tokens or calls. */
function measured(row: BreakdownRow, measure: StackMeasure): bigint | null {
  if (measure === 'cost') return picoOrNull(row.cost);
  if (measure === 'calls') return BigInt(row.calls);
  return row.tokens.total === null ? null : BigInt(row.tokens.total);
}

const named = (key: string): string => key || 'not named';

/** Colours go by cost, whatever is measured, so that a model keeps its colour. */
function colourOf(index: number): string {
  return `var(--series-${Math.min(index, OWN_COLOURS) + 1})`;
}

/** The table beside the bars: what is shown adds up to the total shown. */
export function legendOf({ rows }: Breakdown, measure: StackMeasure): Legend {
  const own = rows.slice(0, OWN_COLOURS);
  const rest = rows.slice(OWN_COLOURS);
  const entries = own.map((row, index) => ({
    key: row.key,
    label: named(row.key),
    colour: colourOf(index),
    value: measured(row, measure),
  }));
  if (rest.length > 0) {
    const known = rest.map((row) => measured(row, measure)).filter((value) => value !== null);
    const value = known.length > 0 ? known.reduce((sum, each) => sum + each, 0n) : null;
    entries.push({ key: OTHER, label: `${rest.length} more`, colour: colourOf(OWN_COLOURS), value });
  }
  const parts = entries.map(({ value }) => value ?? 0n);
  const sum = parts.reduce((total, part) => total + part, 0n);
  const shown = measure === 'cost' ? [...amountsUnderTotal(parts)] : parts.map((part) => formatInt(Number(part)));
  const shares = percentShares(parts);
  return {
    rows: entries.map(({ value, ...entry }, index) => ({
      ...entry,
      amount: value === null ? null : (shown[index] ?? ''),
      share: value === null ? '' : (shares[index] ?? ''),
    })),
    total: measure === 'cost' ? (amountsUnderTotal([sum])[0] ?? '') : formatInt(Number(sum)),
  };
}

/** A figure on the axis. */
export function axisAmount(measure: StackMeasure): (value: number) => string {
  return measure === 'cost' ? formatAxisMoney : formatCompact;
}

/** A figure beside the pointer. */
export function tooltipAmount(measure: StackMeasure): (value: number) => string {
  return measure === 'cost' ? (value) => formatMoney(Math.max(0, value).toFixed(12)) : formatInt;
}

/** A series as bars, their parts by the legend's keys. */
export function barsOf(series: Series, { rows }: Legend): StackBar[] {
  const own = new Set(rows.map(({ key }) => key));
  const bars = new Map<number, StackBar>();
  for (const { start, key, value } of series.buckets) {
    const ms = toMs(start);
    const bar = bars.get(ms) ?? ({ start: ms } as StackBar);
    const part = own.has(key) ? key : OTHER;
    bar[part] = (bar[part] ?? 0) + Number(value ?? 0);
    bars.set(ms, bar);
  }
  return [...bars.values()].sort((a, b) => a.start - b.start);
}
