/**
 * Money as the books have it: decimal strings with up to twelve places, counted in whole pico-dollars.
 * `null` is unknown and never becomes a zero.
 */
const PLACES = 12;
const PICO = 10n ** BigInt(PLACES);
const CENT = PICO / 100n;
const AMOUNT = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;

export const UNKNOWN = 'unknown';

/** Whole pico-dollars of a decimal string; throws on anything else, since a wrong amount is worse than none. */
export function toPico(amount: string): bigint {
  const match = AMOUNT.exec(amount);
  if (!match) throw new RangeError(`not an amount: ${amount}`);
  const pico = BigInt(match[2] ?? '0') * PICO + BigInt((match[3] ?? '').padEnd(PLACES, '0'));
  return match[1] ? -pico : pico;
}

/** The same for a value that may be unknown. */
export function picoOrNull(amount: string | null | undefined): bigint | null {
  return amount === null || amount === undefined ? null : toPico(amount);
}

/** Dollars as a float, for the height of a bar and nothing else. */
export function toDollars(amount: string | null): number {
  return amount === null ? 0 : Number(amount);
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const grouped = (whole: bigint): string => whole.toLocaleString('en-US');

/** `value` rounded half up to a whole number of `unit`s. */
export function roundTo(value: bigint, unit: bigint): bigint {
  const rest = value % unit;
  return rest * 2n >= unit ? value - rest + unit : value - rest;
}

function fixed(value: bigint, places: number): string {
  const rounded = roundTo(value, 10n ** BigInt(PLACES - places));
  const fraction = (rounded % PICO).toString().padStart(PLACES, '0').slice(0, places);
  return `$${grouped(rounded / PICO)}${places > 0 ? `.${fraction}` : ''}`;
}

/** The places that show three significant figures of an amount below a cent. */
function placesBelowCent(value: bigint): number {
  return Math.min(PLACES, PLACES - value.toString().length + 3);
}

function formatAbsolute(value: bigint): string {
  if (value === 0n) return '$0';
  if (roundTo(value, PICO / 10_000n) >= PICO) return fixed(value, 2);
  if (value >= CENT) return fixed(value, 4);
  const places = placesBelowCent(value);
  if (roundTo(value, 10n ** BigInt(PLACES - places)) >= CENT) return fixed(value, 4);
  const text = fixed(value, places);
  const exact = value % 10n ** BigInt(PLACES - places) === 0n;
  return exact ? text.replace(/0+$/, '') : text;
}

/** Cents from a dollar, four decimals from a cent, three significant figures below: never a false zero. */
export function formatPico(value: bigint): string {
  return value < 0n ? `−${formatAbsolute(-value)}` : formatAbsolute(value);
}

/** `unknown` where there is no amount. */
export function formatMoney(amount: string | null): string {
  return amount === null ? UNKNOWN : formatPico(toPico(amount));
}

/** An axis label: as few digits as the amount needs. */
export function formatAxisMoney(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars >= 1000) return `$${Number((dollars / 1000).toPrecision(3))}k`;
  return formatPlain(dollars);
}

function formatPlain(dollars: number): string {
  const places = Math.max(0, Math.min(PLACES, 2 - Math.floor(Math.log10(dollars))));
  return `$${dollars
    .toFixed(places)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')}`;
}

export interface ExactMoney {
  sign: string;
  /** The digits that say something. */
  digits: string;
  /** Zeros that only line the points up. */
  padding: string;
}

/** All digits of an amount on a receipt, padded to `places` decimals. */
export function exactMoney(value: bigint, places = 8): ExactMoney {
  const positive = abs(value);
  const fraction = (positive % PICO).toString().padStart(PLACES, '0').replace(/0+$/, '').padEnd(2, '0');
  return {
    sign: value < 0n ? '−' : '',
    digits: `$${grouped(positive / PICO)}.${fraction}`,
    padding: '0'.repeat(Math.max(0, places - fraction.length)),
  };
}

/** Decimals a column of receipts needs so that every point stands under the other. */
export function commonPlaces(values: readonly bigint[]): number {
  const needed = values.map((value) => (abs(value) % PICO).toString().padStart(PLACES, '0').replace(/0+$/, '').length);
  return Math.max(2, ...needed);
}

/** A rate per million tokens, as price lists write it: at least cents. */
export function formatRate(rate: string): string {
  const { digits } = exactMoney(toPico(rate), 0);
  return digits;
}
