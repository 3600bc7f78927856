import { describe, expect, it } from 'vitest';
import { readPriceText, writePriceText } from './price-text.ts';
import { allPrices, priceById } from './table.ts';

describe('a price text', () => {
  it('says dates, hours, bands and what else is charged', () => {
    const text = '2026-08-17 daily 01:00:00Z-04:00:00Z|i=1.25 r=0.125 w=1.5 o=10|>200000 i=2.5 o=15 +fee +modalities';
    const terms = readPriceText(text);
    expect(terms).toEqual({
      validFrom: '2026-08-17',
      daily: '01:00:00Z-04:00:00Z',
      rates: [
        { above: 0, input: 1_250_000_000_000n, cacheRead: 125_000_000_000n, cacheWrite: 1_500_000_000_000n, output: 10_000_000_000_000n },
        { above: 200_000, input: 2_500_000_000_000n, cacheRead: null, cacheWrite: null, output: 15_000_000_000_000n },
      ],
      fee: true,
      modalities: true,
    });
    expect(terms && writePriceText(terms)).toBe(text);
  });

  it.each([
    [''],
    ['|'],
    ['|o=1'],
    ['|i=1.0'],
    ['|i=01'],
    ['|i=-1'],
    ['|i=1 o=1 '],
    ['|o=1 i=1'],
    ['|>5 i=1 o=1|>5 i=2 o=2'],
    ['yesterday|i=1'],
    ['daily|i=1'],
    ['|i=1|'],
    ['|i=1 +tax'],
    ['|i=1\n'],
  ])('%j is none', (text) => expect(readPriceText(text)).toBeNull());
});

describe('price ids', () => {
  it('give back the price they were made of, for all of the list', () => {
    const prices = allPrices();
    expect(prices.length).toBeGreaterThan(1500);
    for (const price of prices) expect(priceById(price.priceId)).toEqual(price);
    expect(new Set(prices.map((price) => price.priceId)).size).toBeGreaterThan(1500);
  });

  it('can be read after the list has dropped the price', () => {
    expect(priceById('openai|gpt-4o|2030-01-01|i=9.5 o=19')).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
      validFrom: '2030-01-01',
      source: '@pydantic/genai-prices',
      rates: [{ above: 0, input: 9_500_000_000_000n, cacheRead: null, cacheWrite: null, output: 19_000_000_000_000n }],
    });
  });

  it.each([[''], ['openai'], ['openai|gpt-4o'], ['openai|gpt-4o|'], ['openai|gpt-4o||i=x'], ['||']])('%j is none', (id) => {
    expect(priceById(id)).toBeNull();
  });
});
