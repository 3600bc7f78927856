import { formatPico, roundTo } from './money.ts';

const PICO = 10n ** 12n;

/**
 * Largest remainder: whole units for each part so that they add up to the whole number of units given.
 * Parts must not be negative; with nothing to share out every part gets nothing.
 */
export function apportion(parts: readonly bigint[], units: bigint): bigint[] {
  const sum = parts.reduce((total, part) => total + part, 0n);
  if (sum === 0n) return parts.map(() => 0n);
  const floors = parts.map((part) => (part * units) / sum);
  let rest = units - floors.reduce((total, floor) => total + floor, 0n);
  const byRemainder = parts
    .map((part, index) => ({ index, remainder: (part * units) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  for (const { index } of byRemainder) {
    if (rest === 0n) break;
    floors[index] = (floors[index] ?? 0n) + 1n;
    rest -= 1n;
  }
  return floors;
}

/** The step in which a total is shown: a cent from a dollar, a hundredth of a cent from a cent, all digits below. */
function shownUnit(total: bigint): bigint {
  if (total >= PICO) return PICO / 100n;
  if (total >= PICO / 100n) return PICO / 10_000n;
  return 1n;
}

/**
 * Amounts of rows that stand above their total: what is shown adds up to what is shown. A row smaller than the step
 * says so (`<$0.01`), since it is not nothing.
 */
export function amountsUnderTotal(parts: readonly bigint[]): string[] {
  const total = parts.reduce((sum, part) => sum + part, 0n);
  const unit = shownUnit(total);
  if (unit === 1n) return parts.map((part) => formatPico(part));
  const places = unit === PICO / 100n ? 2 : 4;
  return apportion(parts, roundTo(total, unit) / unit).map((units, index) => {
    if (units === 0n) return parts[index] === 0n ? '$0' : `<$${(10 ** -places).toFixed(places)}`;
    return inUnit(units, places);
  });
}

function inUnit(units: bigint, places: number): string {
  const scale = 10n ** BigInt(places);
  return `$${(units / scale).toLocaleString('en-US')}.${(units % scale).toString().padStart(places, '0')}`;
}

/** Shares in per cent with one decimal that add up to 100; a share too small to show reads `<0.1%`. */
export function percentShares(parts: readonly bigint[]): string[] {
  return apportion(parts, 1000n).map((tenths, index) => {
    if (tenths === 0n) return parts[index] === 0n ? '0%' : '<0.1%';
    if (tenths === 1000n) return '100%';
    return `${tenths / 10n}.${tenths % 10n}%`;
  });
}
