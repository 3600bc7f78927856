export { type AmountNote, costOf, type NoAmount, type PricedCall, type PricedLine, type PriceReason, priceCall } from './cost.ts';
export { findPrice } from './find.ts';
export { picoToUsd, usdToPico } from './money.ts';
export type { Price, Rate, Rates, Usage } from './price.ts';
export { rateToUsdPerMillion } from './rate.ts';
export { allPrices, priceById } from './table.ts';
