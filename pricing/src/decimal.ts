/**
 * Exact decimal text to integers and back. Numbers never pass through floating point here: a rate of 0.15 is the
 * two digits "15" and a scale, not the nearest double.
 */

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,5}))?$/i;
/** Longer texts are no amounts. It also keeps a hostile "1e99999" or a megabyte of digits from costing anything. */
const MAX_TEXT = 128;
const MAX_DIGITS = 64;

/**
 * The number in `text` times 10^places, rounded half-up (ties away from zero).
 * Reads plain and exponent form ("0.15", ".5", "1.5e-7"); null for anything else, and for numbers beyond 64 digits.
 */
export function parseDecimal(text: string, places: number): bigint | null {
  if (text.length > MAX_TEXT) return null;
  const found = DECIMAL.exec(text.trim());
  if (!found) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  const digits = whole + fraction;
  if (digits === '') return null;
  const value = shift(digits, places - fraction.length + Number(exponent));
  return value === null ? null : sign === '-' ? -value : value;
}

/** digits x 10^by, rounded half-up. */
function shift(digits: string, by: number): bigint | null {
  const value = BigInt(digits);
  if (value === 0n) return 0n;
  if (by >= 0) return digits.length + by > MAX_DIGITS ? null : value * 10n ** BigInt(by);
  if (-by > digits.length) return 0n;
  const unit = 10n ** BigInt(-by);
  return (value + unit / 2n) / unit;
}

/** Plain decimal text of value / 10^places: no exponent, no trailing zeros. formatDecimal(1500n, 3) is "1.5". */
export function formatDecimal(value: bigint, places: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return sign + digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
