/**
 * Writes src/generated/rates.ts from @pydantic/genai-prices: `npm run generate`.
 * README.md says what is kept of the list and what is dropped.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type ConditionalPrice,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type Provider,
  waitForUpdate,
} from '@pydantic/genai-prices';
import type { Match } from '../src/match.ts';
import type { Price, Rate, Rates } from '../src/price.ts';
import { writePriceText } from '../src/price-text.ts';
import { usdPerMillionToRate } from '../src/rate.ts';

/** Charged per call, or for what no count of ours tells: with one of these the tokens alone are not the price. */
const FEES = ['requests_kcount', 'output_citation_mtok', 'output_reasoning_mtok'];
const MODALITIES = /_(audio|image|video)_(\w+_)?mtok$/;

export const generatedFile = fileURLToPath(new URL('../src/generated/rates.ts', import.meta.url));

/** The text of the generated file for the installed version of the list. */
export async function generate(): Promise<string> {
  const providers = await waitForUpdate();
  if (!providers) throw new Error('the price list is empty');
  return [
    '// Generated from @pydantic/genai-prices (MIT) by scripts/generate.ts. Do not edit: npm run generate --workspace pricing',
    "import type { ListedProvider } from '../table.ts';",
    '',
    `export const listVersion = ${JSON.stringify(pinnedVersion())};`,
    '',
    '/** US dollars per million tokens; price-text.ts has the notation. */',
    'export const listedProviders: readonly ListedProvider[] = [',
    ...providers.flatMap(writeProvider),
    '];',
    '',
  ].join('\n');
}

/** Exact: our dependencies are pinned. */
function pinnedVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { devDependencies: Record<string, string> }).devDependencies['@pydantic/genai-prices'] ?? '';
}

function writeProvider(provider: Provider): string[] {
  const head = `  { id: ${JSON.stringify(provider.id)}, resells: ${JSON.stringify(provider.fallback_model_providers ?? [])}, models: [`;
  return [head, ...provider.models.map(writeModel), '  ] },'];
}

function writeModel(model: ModelInfo): string {
  const prices = withDates(model).flatMap((dated) => writePrice(model, dated));
  return `    { id: ${JSON.stringify(model.id)}, match: ${JSON.stringify(toMatch(model.match))}, prices: ${JSON.stringify(prices)} },`;
}

/** The list compares without regard to case; lowering its texts here saves doing so at every look-up. */
function toMatch(rule: MatchLogic): Match {
  if ('or' in rule) return { or: rule.or.map(toMatch) };
  if ('and' in rule) return { and: rule.and.map(toMatch) };
  if ('regex' in rule) return rule;
  return Object.fromEntries(Object.entries(rule).map(([how, text]) => [how, text.toLowerCase()])) as Match;
}

interface Dated extends Pick<Price, 'validFrom' | 'daily'> {
  readonly prices: ModelPrice;
}

/**
 * The list cannot put a date and hours on one price. Hours that follow a date began with it (its own comments on
 * deepseek-v4 say so), so they inherit it here.
 */
function withDates(model: ModelInfo): Dated[] {
  const listed: ConditionalPrice[] = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  let validFrom: string | null = null;
  return listed.map(({ constraint, prices }) => {
    if (constraint?.type === 'start_date') validFrom = constraint.start_date;
    return { prices, validFrom, daily: constraint?.type === 'time_of_date' ? `${constraint.start_time}-${constraint.end_time}` : null };
  });
}

function writePrice(model: ModelInfo, { prices, validFrom, daily }: Dated): string[] {
  const keys = Object.keys(prices);
  if (keys.length === 0 && model.id.endsWith(':free')) return ['|i=0 o=0'];
  if (prices.input_mtok === undefined) {
    if (prices.output_mtok !== undefined) throw new Error(`${model.id} has a rate for output and none for input`);
    return [];
  }
  return [
    writePriceText({
      validFrom,
      daily,
      rates: bandsOf(prices),
      fee: keys.some((key) => FEES.includes(key)),
      modalities: keys.some((key) => MODALITIES.test(key)),
    }),
  ];
}

function bandsOf(prices: ModelPrice): [Rates, ...Rates[]] {
  const starts = new Set(
    Object.values(prices).flatMap((price) => (typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [])),
  );
  const [first = 0, ...others] = [0, ...[...starts].sort((a, b) => a - b)];
  return [bandAbove(prices, first), ...others.map((start) => bandAbove(prices, start))];
}

/** Tiers are strict: the rate of a tier holds for inputs of more than its start. */
function bandAbove(prices: ModelPrice, above: number): Rates {
  const rate = (key: string): Rate | null => {
    const price = prices[key];
    if (price === undefined) return null;
    if (typeof price === 'number') return toRate(price);
    const below = price.tiers.filter(({ start }) => start <= above && above > 0).sort((a, b) => a.start - b.start);
    return toRate(below.at(-1)?.price ?? price.base);
  };
  return {
    above,
    input: rate('input_mtok') ?? 0n,
    cacheRead: rate('cache_read_mtok'),
    cacheWrite: rate('cache_write_mtok'),
    output: rate('output_mtok'),
  };
}

/** By way of the shortest decimal text of the number, which is what the list's authors wrote. */
function toRate(usdPerMillion: number): Rate {
  const rate = usdPerMillionToRate(String(usdPerMillion));
  if (rate === null) throw new Error(`no rate: ${usdPerMillion}`);
  return rate;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(generatedFile, await generate());
