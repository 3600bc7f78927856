import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, priceCall } from './cost.ts';
import { findPrice } from './find.ts';
import { picoToUsd } from './money.ts';
import type { Price, Rates, Usage } from './price.ts';
import { rateToUsdPerMillion } from './rate.ts';
import { allPrices, priceById } from './table.ts';

const AT = BigInt(Date.parse('2026-11-01T12:00:00Z')) * 1_000_000n;
const Exact = Decimal.clone({ precision: 200 });
const none: Usage = { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null };
const price = (provider: string, model: string): Price => {
  const found = findPrice(provider, model, AT);
  if (!found) throw new Error(`no price for ${model}`);
  return found;
};
const mini = price('openai', 'gpt-4o-mini');
const sonnet = price('anthropic', 'claude-sonnet-4-5-20250929');
const gemini = price('gcp.gemini', 'gemini-2.5-pro');
const embedding = price('openai', 'text-embedding-3-small');

describe('what a call costs, computed by hand', () => {
  it.each<[string, Price, Partial<Usage>, string]>([
    ['gpt-4o-mini', mini, { input: 1000, output: 500 }, '0.00045'],
    ['gpt-4o-mini, one token each', mini, { input: 1, output: 1 }, '0.00000075'],
    ['gpt-4o with cached input', price('openai', 'gpt-4o'), { input: 1000, cacheRead: 600, output: 100 }, '0.00275'],
    ['reasoning is part of output', mini, { input: 1000, output: 500, reasoning: 400 }, '0.00045'],
    ['claude: 200 uncached, 800 read, 1000 written', sonnet, { input: 2000, cacheRead: 800, cacheWrite: 1000, output: 100 }, '0.00609'],
    ['claude, all of it cached', sonnet, { input: 800, cacheRead: 800, output: 0 }, '0.00024'],
    ['gemini up to 200k', gemini, { input: 200_000, output: 1000 }, '0.26'],
    ['gemini above 200k: every token at the higher rates', gemini, { input: 200_001, output: 1000 }, '0.5150025'],
    ['gemini above 200k, cached ones count for the band', gemini, { input: 200_001, cacheRead: 200_000, output: 0 }, '0.0500025'],
    ['embeddings have no output', embedding, { input: 12_345 }, '0.0002469'],
    ['embeddings do not charge output', embedding, { input: 1000, output: 5 }, '0.00002'],
    ['nothing used', mini, { input: 0, output: 0 }, '0'],
  ])('%s', (_name, at, usage, usd) => {
    const call = priceCall({ ...none, ...usage }, at);
    expect(call.pico === null ? null : picoToUsd(call.pico)).toBe(usd);
    expect(call.reason).toBeNull();
    expect(costOf({ ...none, ...usage }, at)).toBe(call.pico);
  });
});

describe('unknown stays unknown', () => {
  const fee = price('perplexity', 'sonar');
  it.each<[string, Price, Partial<Usage>]>([
    ['usage_unknown', mini, {}],
    ['usage_unknown', embedding, { cacheRead: 5 }],
    ['input_unknown', mini, { output: 10 }],
    ['input_unknown', embedding, { output: 10 }],
    ['output_unknown', mini, { input: 10 }],
    ['cached_exceeds_input', sonnet, { input: 10, cacheRead: 8, cacheWrite: 3, output: 1 }],
    ['fee_per_request', fee, { input: 10, output: 10 }],
    ['amount_out_of_range', mini, { input: Number.MAX_SAFE_INTEGER, output: 1 }],
  ])('%s', (reason, at, usage) => {
    expect(priceCall({ ...none, ...usage }, at)).toMatchObject({ pico: null, reason });
    expect(costOf({ ...none, ...usage }, at)).toBeNull();
  });

  it('costs nothing, known or not, where the list says so', () => {
    const free = priceById('x|free||i=0 o=0') as Price;
    expect(priceCall({ ...none, output: 5 }, free)).toMatchObject({ pico: 0n, reason: null });
  });
});

describe('the receipt', () => {
  it('shows tokens, rates and amounts of the parts that are there', () => {
    expect(priceCall({ input: 2000, cacheRead: 800, cacheWrite: 0, output: 100, reasoning: 50 }, sonnet).lines).toEqual([
      { tokenType: 'input', tokens: 1200, rate: 3_000_000_000_000n, pico: 3_600_000_000n },
      { tokenType: 'cache_read', tokens: 800, rate: 300_000_000_000n, pico: 240_000_000n },
      { tokenType: 'output', tokens: 100, rate: 15_000_000_000_000n, pico: 1_500_000_000n },
    ]);
  });

  it('says when cached tokens are priced as input, because the list has no rate for them', () => {
    const call = priceCall({ ...none, input: 100, cacheRead: 40, output: 0 }, price('openai', 'gpt-4o-2024-05-13'));
    expect(call).toMatchObject({ pico: 500_000_000n, reason: 'cache_at_input_rate' });
    expect(call.lines.map((line) => [line.tokenType, line.tokens])).toEqual([
      ['input', 60],
      ['cache_read', 40],
    ]);
  });

  it('says when the list has other rates for audio, image or video', () => {
    expect(priceCall({ ...none, input: 100, output: 1 }, price('gcp.gemini', 'gemini-2.5-flash')).reason).toBe('text_rates_only');
  });

  it('shows what is known of an amount that is not', () => {
    expect(priceCall({ ...none, input: 100 }, mini).lines).toHaveLength(1);
    expect(priceCall({ ...none, output: 100 }, mini).lines).toEqual([]);
  });

  it('rounds each line once, half up', () => {
    const odd = priceById('x|odd||i=0.0000005 o=0.00000049') as Price;
    expect(priceCall({ ...none, input: 1, output: 1 }, odd).lines.map((line) => line.pico)).toEqual([1n, 0n]);
  });
});

/** The same rules once more, in decimals. */
function inDecimals(usage: Usage, { rates, fee }: Price): string | null {
  const { input, output } = usage;
  const read = usage.cacheRead ?? 0;
  const write = usage.cacheWrite ?? 0;
  const band = rates.findLast((candidate) => candidate.above < (input ?? 0)) ?? rates[0];
  const perToken = (rate: bigint): Decimal => new Exact(rateToUsdPerMillion(rate)).div(1_000_000);
  const part = (tokens: number, rate: bigint | null): Decimal =>
    perToken(rate ?? 0n)
      .times(tokens)
      .toDecimalPlaces(12, Decimal.ROUND_HALF_UP);
  const unknown = (input === null && (output === null || band.input > 0n)) || (output === null && (band.output ?? 0n) > 0n);
  if (unknown || fee || read + write > (input ?? 0)) return null;
  const total = part((input ?? 0) - read - write, band.input)
    .plus(part(read, band.cacheRead ?? band.input))
    .plus(part(write, band.cacheWrite ?? band.input))
    .plus(part(output ?? 0, band.output));
  return total.gte(1_000_000) ? null : total.toFixed();
}

describe('properties', () => {
  const listed = allPrices();
  const rate = fc.bigInt(0n, 10n ** 14n);
  const rates = (above: number): fc.Arbitrary<Rates> =>
    fc.record({ above: fc.constant(above), input: rate, cacheRead: fc.option(rate), cacheWrite: fc.option(rate), output: fc.option(rate) });
  const anyPrice: fc.Arbitrary<Price> = fc.oneof(
    fc.nat(listed.length - 1).map((i) => listed[i] as Price),
    fc.tuple(rates(0), rates(1000)).map((bands) => ({ ...mini, rates: bands })),
  );
  const tokens = fc.option(fc.oneof(fc.nat(2000), fc.nat(2_000_000), fc.maxSafeNat()), { freq: 8 });
  const anyUsage: fc.Arbitrary<Usage> = fc
    .record({ input: tokens, output: tokens, cacheRead: tokens, cacheWrite: tokens, reasoning: tokens })
    .map((usage) => (usage.input && usage.cacheRead ? { ...usage, cacheRead: usage.cacheRead % usage.input } : usage));

  it('costOf, priceCall and decimals agree; lines add up; nothing is negative', () => {
    fc.assert(
      fc.property(anyUsage, anyPrice, (usage, at) => {
        const call = priceCall(usage, at);
        expect(costOf(usage, at)).toBe(call.pico);
        expect(call.pico === null ? null : picoToUsd(call.pico)).toBe(inDecimals(usage, at));
        if (call.pico !== null) expect(call.lines.reduce((sum, line) => sum + line.pico, 0n)).toBe(call.pico);
        expect(call.lines.every((line) => line.tokens > 0 && line.pico >= 0n)).toBe(true);
        if (call.pico === null) expect(call.reason).not.toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('a million amounts add up exactly, where floating point drifts', () => {
    const one = costOf({ ...none, input: 7, output: 3 }, mini) as bigint;
    let exact = 0n;
    let float = 0;
    for (let i = 0; i < 1_000_000; i++) {
      exact += one;
      float += 0.00000285;
    }
    expect(picoToUsd(exact)).toBe('2.85');
    expect(float).not.toBe(2.85);
  });
});
