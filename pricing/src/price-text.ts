import type { Price, Rates } from './price.ts';
import { rateToUsdPerMillion, usdPerMillionToRate } from './rate.ts';

/**
 * A price as one line of text, in US dollars per million tokens. The table of rates is written in it and a price id ends
 * with it, so a receipt can be read long after the list has dropped the price.
 *
 *     |i=2.5 r=1.25 o=10                            input, cache read, output
 *     2026-03-13|i=3 r=0.3 w=3.75 o=15              in force since that day; w = cache write
 *     |i=1.25 o=10|>200000 i=2.5 o=15               another band above 200000 input tokens
 *     daily 00:30:00Z-16:30:00Z|i=0.27 o=1.1        at these hours only
 *     |i=1 o=1 +fee                                 plus a fee that tokens do not tell; +modalities: other rates for audio
 */
export type PriceText = string;

/** What a price text says: a price without its names. */
export type PriceTerms = Pick<Price, 'validFrom' | 'daily' | 'rates' | 'fee' | 'modalities'>;

const WHEN = /^(\d{4}-\d{2}-\d{2})?(?: ?daily (\d\d:\d\d:\d\dZ-\d\d:\d\d:\d\dZ))?$/;
const BAND = /^(?:>([1-9]\d{0,14}) )?i=([\d.]+)(?: r=([\d.]+))?(?: w=([\d.]+))?(?: o=([\d.]+))?$/;

export function writePriceText(terms: PriceTerms): PriceText {
  const when = [terms.validFrom, terms.daily && `daily ${terms.daily}`].filter((part) => part).join(' ');
  const flags = (terms.fee ? ' +fee' : '') + (terms.modalities ? ' +modalities' : '');
  return [when, ...terms.rates.map(writeBand)].join('|') + flags;
}

function writeBand(rates: Rates): string {
  const parts: [string, bigint | null][] = [
    ['i', rates.input],
    ['r', rates.cacheRead],
    ['w', rates.cacheWrite],
    ['o', rates.output],
  ];
  const named = parts.flatMap(([name, rate]) => (rate === null ? [] : `${name}=${rateToUsdPerMillion(rate)}`));
  return [...(rates.above > 0 ? [`>${rates.above}`] : []), ...named].join(' ');
}

/** The terms in `text`, or null where it is not exactly what `writePriceText` writes. */
export function readPriceText(text: PriceText): PriceTerms | null {
  const [, body = '', fee, modalities] = /^(.*?)( \+fee)?( \+modalities)?$/.exec(text) ?? [];
  const [when = '', ...bands] = body.split('|');
  const dated = WHEN.exec(when);
  const [first, ...others] = bands.map(readBand);
  if (!dated || !first || others.includes(null)) return null;
  const rates: Price['rates'] = [first, ...(others as Rates[])];
  const terms = {
    validFrom: dated[1] ?? null,
    daily: dated[2] ?? null,
    rates,
    fee: fee !== undefined,
    modalities: modalities !== undefined,
  };
  return writePriceText(terms) === text && rates.every((band, i) => i === 0 || band.above > (rates[i - 1]?.above ?? 0)) ? terms : null;
}

function readBand(text: string): Rates | null {
  const found = BAND.exec(text);
  if (!found) return null;
  const [above, input, cacheRead, cacheWrite, output] = found.slice(1).map((part) => part ?? null);
  const rates = [input, cacheRead, cacheWrite, output].map((part) => (part == null ? null : usdPerMillionToRate(part)));
  if (rates[0] == null) return null;
  return {
    above: Number(above ?? 0),
    input: rates[0],
    cacheRead: rates[1] ?? null,
    cacheWrite: rates[2] ?? null,
    output: rates[3] ?? null,
  };
}
