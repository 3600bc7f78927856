import { formatDecimal, parseDecimal } from './decimal.ts';
import type { Rate } from './price.ts';

/** A rate is 10^-18 dollars per token, so dollars per million tokens have 12 decimals. */
const PLACES = 12;

/** US dollars per million tokens as plain decimal text, exact: "2.5". */
export function rateToUsdPerMillion(rate: Rate): string {
  return formatDecimal(rate, PLACES);
}

/** The rate of "2.5" dollars per million tokens, rounded half-up to 10^-18 dollars per token; null where it is no rate. */
export function usdPerMillionToRate(text: string): Rate | null {
  const rate = parseDecimal(text, PLACES);
  return rate === null || rate < 0n ? null : rate;
}
