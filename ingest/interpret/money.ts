import { usdToPico } from '@ai-runs/pricing';

/** A sender's amount in US dollars as whole pico-dollars; null where it is no amount the books can hold. */
export function reportedCost(value: unknown): bigint | null {
  return typeof value === 'number' || typeof value === 'string' ? usdToPico(value) : null;
}
