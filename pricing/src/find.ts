import { matches } from './match.ts';
import type { Price } from './price.ts';
import { sellerOf } from './providers.ts';
import { type ListedModel, listedProvider, pricesOf } from './table.ts';

/** A price and when it is in force. */
interface Term {
  readonly price: Price;
  readonly fromNs: bigint | null;
  /** Seconds of the day (UTC), from inclusive, to exclusive. */
  readonly hours: readonly [number, number] | null;
}

const NS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_DAY = 86_400n;
const MAX_NAME = 256;
/** Names come from senders: past this many the memory is emptied rather than left to grow. */
const MAX_REMEMBERED = 10_000;
const remembered = new Map<string, Map<string, readonly Term[]>>();
let rememberedNames = 0;

/**
 * The list price of a model at a time, or null where the list has none; that is unknown, not free.
 * @param provider OpenTelemetry provider name ('openai', 'aws.bedrock') or a common spelling of it. '' or a framework's
 *   name: only models that a single provider sells are found. Another host ('vllm') has no list price.
 * @param model the model's name as the provider writes it, dated or not
 * @param at nanoseconds since the epoch, UTC: when the call started
 */
export function findPrice(provider: string, model: string, at: bigint): Price | null {
  const terms = remembered.get(provider)?.get(model) ?? remember(provider, model);
  for (let i = terms.length - 1; i >= 0; i--) {
    const term = terms[i] as Term;
    if ((term.fromNs === null || at >= term.fromNs) && (term.hours === null || isWithin(term.hours, at))) return term.price;
  }
  return terms[0]?.price ?? null;
}

function remember(provider: string, model: string): readonly Term[] {
  if (provider.length > MAX_NAME || model.length > MAX_NAME) return [];
  const terms = lookUp(provider, model);
  if (rememberedNames >= MAX_REMEMBERED) {
    remembered.clear();
    rememberedNames = 0;
  }
  const models = remembered.get(provider) ?? new Map<string, readonly Term[]>();
  remembered.set(provider, models.set(model, terms));
  rememberedNames++;
  return terms;
}

function lookUp(provider: string, model: string): readonly Term[] {
  const seller = sellerOf(provider, model, (id) => listedProvider(id) !== undefined);
  if (!seller) return [];
  for (const name of spellings(seller.provider, seller.model)) {
    const found = findModel(seller.provider, name);
    if (found) return pricesOf(found.provider, found.model).map(toTerm);
  }
  return [];
}

/** The ways to look for a name: as it is, with a dashed date (claude-x-20250929), without a resource path (arn:.../, models/). */
function spellings(provider: string, name: string): string[] {
  const names = [name, name.replace(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3')];
  if (provider === 'google' || provider === 'aws') names.push(name.slice(name.lastIndexOf('/') + 1));
  return names;
}

function findModel(providerId: string, name: string): { provider: string; model: ListedModel } | undefined {
  const provider = listedProvider(providerId);
  for (const seller of provider ? [provider.id, ...provider.resells] : []) {
    const model = listedProvider(seller)?.models.find((entry) => matches(entry.match, name));
    if (model) return { provider: seller, model };
  }
  return undefined;
}

function toTerm(price: Price): Term {
  const fromNs = price.validFrom === null ? null : BigInt(Date.parse(`${price.validFrom}T00:00:00Z`)) * 1_000_000n;
  return { price, fromNs, hours: price.daily === null ? null : readHours(price.daily) };
}

/** 'HH:MM:SSZ-HH:MM:SSZ' as seconds of the day. */
function readHours(daily: string): [number, number] {
  const [from = 0, to = 0] = daily.split('-').map((time) => {
    const [hours = 0, minutes = 0, seconds = 0] = time.slice(0, 8).split(':').map(Number);
    return hours * 3600 + minutes * 60 + seconds;
  });
  return [from, to];
}

function isWithin([from, to]: readonly [number, number], at: bigint): boolean {
  const day = SECONDS_PER_DAY * NS_PER_SECOND;
  const second = Number((((at % day) + day) % day) / NS_PER_SECOND);
  return from <= to ? second >= from && second < to : second >= from || second < to;
}
