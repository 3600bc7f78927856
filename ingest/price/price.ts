import { costOf, findPrice } from '@ai-runs/pricing';
import { type Draft, hasUsage, Known } from '../draft.ts';

/** Puts our own price beside what the sender reported. No price, or usage that is not known: the amount stays unknown. */
export function price(draft: Draft): void {
  if (!hasUsage(draft) || draft.model === '') return;
  const found =
    findPrice(draft.provider, draft.model, draft.startedAt) ??
    (draft.requestModel !== draft.model && draft.requestModel !== ''
      ? findPrice(draft.provider, draft.requestModel, draft.startedAt)
      : null);
  if (!found) return;
  const pico = costOf(
    {
      input: draft.known & Known.input ? draft.input : null,
      output: draft.known & Known.output ? draft.output : null,
      cacheRead: draft.known & Known.cacheRead ? draft.cacheRead : null,
      cacheWrite: draft.known & Known.cacheWrite ? draft.cacheWrite : null,
      reasoning: draft.known & Known.reasoning ? draft.reasoning : null,
    },
    found,
  );
  if (pico === null) return;
  draft.pricedCost = pico;
  draft.priceId = found.priceId;
  draft.known |= Known.pricedCost;
}

/** The amount that is booked: the reported one where there is one, else the priced one. Meaningless where neither bit of `known` is set. */
export const bookedCost = (d: Draft): bigint => (d.known & Known.reportedCost ? d.reportedCost : d.pricedCost);
