import { listedProviders, listVersion } from './generated/rates.ts';
import type { Match } from './match.ts';
import type { Price } from './price.ts';
import { type PriceText, readPriceText } from './price-text.ts';

/** A model of the list. No prices: known, but not sold by the token (or not for a published price). */
export interface ListedModel {
  readonly id: string;
  readonly match: Match;
  /** In the list's order: the last one in force at a time is the price. */
  readonly prices: readonly PriceText[];
}

export interface ListedProvider {
  readonly id: string;
  /** Providers whose models it resells at their price. */
  readonly resells: readonly string[];
  readonly models: readonly ListedModel[];
}

const LIST = '@pydantic/genai-prices';
const byId = new Map(listedProviders.map((provider) => [provider.id, provider]));

/** A provider of the list by the list's own name for it. */
export function listedProvider(id: string): ListedProvider | undefined {
  return byId.get(id);
}

/** The prices of a listed model, in the list's order. */
export function pricesOf(provider: string, model: ListedModel): Price[] {
  return model.prices.flatMap((text) => toPrice(provider, model.id, text, `${LIST} ${listVersion}`) ?? []);
}

/** Every price of the list, for writing them down. The list is read anew at each call: keep the answer. */
export function allPrices(): readonly Price[] {
  return listedProviders.flatMap((provider) => provider.models.flatMap((model) => pricesOf(provider.id, model)));
}

/**
 * The price behind an id that was booked, however long ago: the id itself says what the price was. `source` names the
 * version of the list only where this version still has the price. null where it is no price id.
 */
export function priceById(priceId: string): Price | null {
  const [, provider, model, text] = /^([^|]+)\|([^|]+)\|(.*)$/.exec(priceId) ?? [];
  if (provider === undefined || model === undefined || text === undefined) return null;
  const listed = byId.get(provider)?.models.some((entry) => entry.id === model && entry.prices.includes(text));
  return toPrice(provider, model, text, listed ? `${LIST} ${listVersion}` : LIST);
}

function toPrice(provider: string, model: string, text: PriceText, source: string): Price | null {
  const terms = readPriceText(text);
  return terms && { priceId: `${provider}|${model}|${text}`, provider, model, source, ...terms };
}
