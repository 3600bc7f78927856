import { formatDecimal, parseDecimal } from './decimal.ts';

/** Pico-dollars in a dollar: 10^12. */
const PLACES = 12;
/** What Decimal(18, 12) can no longer hold: a million dollars. */
export const PICO_LIMIT = 10n ** 18n;

/** US dollars as plain decimal text, exact: up to 12 places, no exponent, no trailing zeros. 0n is "0". */
export function picoToUsd(pico: bigint): string {
  return formatDecimal(pico, PLACES);
}

/**
 * Whole pico-dollars of an amount in US dollars, as senders report it: decimal text, also in exponent form ("1.5e-7"),
 * or a number, which counts as its shortest decimal text. More than 12 decimals are rounded half-up.
 * null for what is no amount: other text, NaN, infinities, negative amounts, a million dollars and more.
 */
export function usdToPico(amount: string | number): bigint | null {
  const text = String(amount).trim();
  const pico = parseDecimal(text, PLACES);
  if (pico === null || pico >= PICO_LIMIT) return null;
  if (text.startsWith('-') && /[1-9]/.test(text.replace(/e.*$/i, ''))) return null;
  return pico;
}
