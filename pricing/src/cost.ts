import { PICO_LIMIT } from './money.ts';
import type { Price, Rate, Rates, Usage } from './price.ts';

/** Why there is no amount. */
export type NoAmount =
  | 'usage_unknown'
  | 'input_unknown'
  | 'output_unknown'
  | 'cached_exceeds_input'
  | 'fee_per_request'
  | 'amount_out_of_range';
/** What to know about an amount that there is. */
export type AmountNote = 'cache_at_input_rate' | 'text_rates_only';
export type PriceReason = NoAmount | AmountNote;

export interface PricedLine {
  readonly tokenType: 'input' | 'cache_read' | 'cache_write' | 'output';
  readonly tokens: number;
  readonly rate: Rate;
  /** tokens x rate, rounded half-up to whole pico-dollars. */
  readonly pico: bigint;
}

export interface PricedCall {
  /** Pico-dollars, the sum of the lines; null = cannot be known, `reason` says why. */
  readonly pico: bigint | null;
  /** The parts that are known, without the empty ones. They are all there is whenever `pico` is known. */
  readonly lines: readonly PricedLine[];
  readonly reason: PriceReason | null;
}

/** A rate is in 10^-18 dollars, an amount in 10^-12. */
const RATE_PER_PICO = 1_000_000n;

/**
 * The receipt of one call: what its tokens cost at a price.
 *
 * - input = uncached + cacheRead + cacheWrite, each at its rate. Where the list names no rate for cached tokens they cost
 *   what input costs (`cache_at_input_rate`). cacheRead or cacheWrite null: none were reported, all input is uncached.
 * - output costs the output rate, reasoning included. A list without an output rate (embeddings) charges nothing for it.
 * - What is unknown does not become 0: without input, or without output where output costs, there is no amount.
 * - More cached tokens than input contradict each other: no amount.
 * - A price in several bands applies the band of the whole input to every token, as the providers do.
 *
 * Each line is rounded once, half-up; all published rates are whole pico-dollars per token, so it rarely has an effect.
 */
export function priceCall(usage: Usage, price: Price): PricedCall {
  const rates = ratesFor(usage, price);
  const missing = missingUsage(usage, rates);
  const lines = missing === null || missing === 'output_unknown' ? linesOf(usage, rates) : [];
  const pico = lines.reduce((sum, line) => sum + line.pico, 0n);
  const refused = missing ?? (price.fee ? 'fee_per_request' : pico >= PICO_LIMIT ? 'amount_out_of_range' : null);
  return refused === null ? { pico, lines, reason: noteOn(usage, price, rates) } : { pico: null, lines, reason: refused };
}

/** The same amount as `priceCall(usage, price).pico`, without writing a receipt: for every span that comes in. */
export function costOf(usage: Usage, price: Price): bigint | null {
  const rates = ratesFor(usage, price);
  if (price.fee || missingUsage(usage, rates) !== null) return null;
  const read = usage.cacheRead ?? 0;
  const write = usage.cacheWrite ?? 0;
  let pico = amount((usage.input ?? 0) - read - write, rates.input) + amount(usage.output ?? 0, rates.output ?? 0n);
  if (read > 0) pico += amount(read, rates.cacheRead ?? rates.input);
  if (write > 0) pico += amount(write, rates.cacheWrite ?? rates.input);
  return pico >= PICO_LIMIT ? null : pico;
}

/** The last band that begins below the input. */
function ratesFor(usage: Usage, price: Price): Rates {
  const bands = price.rates;
  let rates = bands[0];
  for (let i = 1; i < bands.length; i++) {
    const band = bands[i] as Rates;
    if ((usage.input ?? 0) > band.above) rates = band;
  }
  return rates;
}

/** Where input or output is unknown, it matters only if it costs anything. */
function missingUsage(usage: Usage, rates: Rates): NoAmount | null {
  if (usage.input === null && usage.output === null) return 'usage_unknown';
  if (usage.input === null && rates.input > 0n) return 'input_unknown';
  if ((usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0) > (usage.input ?? 0)) return 'cached_exceeds_input';
  if (usage.output === null && (rates.output ?? 0n) > 0n) return 'output_unknown';
  return null;
}

function linesOf(usage: Usage, rates: Rates): PricedLine[] {
  const read = usage.cacheRead ?? 0;
  const write = usage.cacheWrite ?? 0;
  const lines: [PricedLine['tokenType'], number, Rate][] = [
    ['input', (usage.input ?? 0) - read - write, rates.input],
    ['cache_read', read, rates.cacheRead ?? rates.input],
    ['cache_write', write, rates.cacheWrite ?? rates.input],
    ['output', usage.output ?? 0, rates.output ?? 0n],
  ];
  return lines.flatMap(([tokenType, tokens, rate]) => (tokens > 0 ? [{ tokenType, tokens, rate, pico: amount(tokens, rate) }] : []));
}

function noteOn(usage: Usage, price: Price, rates: Rates): AmountNote | null {
  const readUnlisted = (usage.cacheRead ?? 0) > 0 && rates.cacheRead === null;
  const writeUnlisted = (usage.cacheWrite ?? 0) > 0 && rates.cacheWrite === null;
  if (readUnlisted || writeUnlisted) return 'cache_at_input_rate';
  return price.modalities ? 'text_rates_only' : null;
}

/** Whole pico-dollars, rounded half-up. */
function amount(tokens: number, rate: Rate): bigint {
  return (BigInt(tokens) * rate + RATE_PER_PICO / 2n) / RATE_PER_PICO;
}
