import type { Breakdown, BreakdownRow } from '../../../query/contract/index.ts';
import { picoOrNull } from '../format/money.ts';
import { formatInt } from '../format/numbers.ts';
import { amountsUnderTotal, percentShares } from '../format/share.ts';

export interface RankedRow {
  key: string;
  amount: string;
  share: string;
  /** Of the largest row, for the length of the bar. */
  ratio: number;
  /** Rows this one stands for; 1 for a row of its own. */
  count: number;
}

export interface Ranking {
  rows: RankedRow[];
  total: string;
}

const REST = '';

/** The largest rows with their shares, and what remains in one. What is shown adds up to the total shown. */
export function rankingOf(
  entries: readonly { key: string; value: bigint }[],
  most: number,
  format: (parts: readonly bigint[]) => string[],
): Ranking {
  const sorted = entries.filter(({ value }) => value > 0n).sort((a, b) => (a.value === b.value ? 0 : a.value < b.value ? 1 : -1));
  const own = sorted.length > most ? sorted.slice(0, most - 1) : sorted;
  const rest = sorted.slice(own.length);
  const all = own.map((entry) => ({ ...entry, count: 1 }));
  if (rest.length > 0) all.push({ key: REST, value: rest.reduce((sum, { value }) => sum + value, 0n), count: rest.length });
  const parts = all.map(({ value }) => value);
  const largest = parts.reduce((max, value) => (value > max ? value : max), 1n);
  const amounts = format(parts);
  const shares = percentShares(parts);
  const total = parts.reduce((sum, value) => sum + value, 0n);
  return {
    rows: all.map(({ key, value, count }, index) => ({
      key,
      count,
      amount: amounts[index] ?? '',
      share: shares[index] ?? '',
      ratio: Number((value * 1000n) / largest) / 1000,
    })),
    total: format([total])[0] ?? '',
  };
}

export function byCost({ rows }: Breakdown, most: number): Ranking {
  const known = rows.flatMap(({ key, cost }) => (cost === null ? [] : [{ key, value: picoOrNull(cost) ?? 0n }]));
  return rankingOf(known, most, amountsUnderTotal);
}

export function byErrors({ rows }: Breakdown, most: number): Ranking {
  const counted = rows.map(({ key, errors }) => ({ key, value: BigInt(errors) }));
  return rankingOf(counted, most, (parts) => parts.map((part) => formatInt(Number(part))));
}

/** Models that made the sums incomplete, the busiest first. */
export function unpricedModels({ rows }: Breakdown): BreakdownRow[] {
  return rows.filter(({ unpricedCalls }) => unpricedCalls > 0).sort((a, b) => b.unpricedCalls - a.unpricedCalls);
}
