import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generate, generatedFile } from '../scripts/generate.ts';
import { listedProviders } from './generated/rates.ts';
import { readPriceText } from './price-text.ts';

it('the table of rates is what the pinned version of the list gives', async () => {
  expect(await generate()).toBe(readFileSync(generatedFile, 'utf8'));
});

it('every price of the table can be read, and each model starts with one that has no date', () => {
  for (const { models } of listedProviders)
    for (const { id, prices } of models) {
      const terms = prices.map(readPriceText);
      expect(terms, id).not.toContain(null);
      if (terms[0]) expect([id, terms[0].validFrom, terms[0].daily]).toEqual([id, null, null]);
    }
});

it('names keep price ids readable: no bars in them', () => {
  const names = listedProviders.flatMap(({ id, models }) => [id, ...models.map((model) => model.id)]);
  expect(names.filter((name) => name.includes('|') || name !== name.trim())).toEqual([]);
});
