import { readFileSync } from 'node:fs';
import { type Price, priceById, rateToUsdPerMillion } from '@ai-runs/pricing';
import type { Store } from '../../schema/index.ts';

const UNRECORDED = readFileSync(new URL('./record.sql', import.meta.url), 'utf8');
const INSERT = `INSERT INTO prices (price_id, provider, model, valid_from, source, rates, added_at)
SELECT {id:String}, {provider:String}, {model:String}, parseDateTime64BestEffortOrNull({from:String}, 3, 'UTC'), {source:String}, {rates:String}, now64(3)`;

/**
 * Writes the rates behind every booked price id into `prices`, so that a receipt can be read without this program. Run it now and then: it
 * reads one aggregate and writes only what is new. Returns the number of prices added.
 */
export async function recordPrices(store: Store): Promise<number> {
  const rows = await store.query<{ id: string }>(UNRECORDED);
  let added = 0;
  for (const { id } of rows) {
    const price = priceById(id);
    if (!price) continue;
    await store.command(INSERT, {
      id,
      provider: price.provider,
      model: price.model,
      from: price.validFrom ?? '',
      source: price.source,
      rates: JSON.stringify(ratesOf(price)),
    });
    added++;
  }
  return added;
}

/** US dollars per million tokens as decimal text; null where the list names none. `above` is the input size from which a tier holds. */
function ratesOf(price: Price): unknown {
  const usd = (rate: bigint | null): string | null => (rate === null ? null : rateToUsdPerMillion(rate));
  return price.rates.map((r) => ({
    above: r.above,
    input: usd(r.input),
    cacheRead: usd(r.cacheRead),
    cacheWrite: usd(r.cacheWrite),
    output: usd(r.output),
  }));
}
