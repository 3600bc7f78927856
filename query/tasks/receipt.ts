import {
  findPrice,
  type NoAmount,
  type Price,
  type PricedCall,
  picoToUsd,
  priceById,
  priceCall,
  rateToUsdPerMillion,
  usdToPico,
} from '@ai-runs/pricing';
import type { NotCountedBecause, Receipt, Task } from '../contract/index.ts';
import { nanos } from '../values.ts';

/** The amounts as booked: decimal text, null = unknown. */
export interface Booked {
  readonly reported: string | null;
  readonly priced: string | null;
  /** Empty where no price was found. */
  readonly priceId: string;
}

/**
 * How the amount of a call came about. The lines are worked out again from its tokens and the price that was booked; where their sum is
 * not what was booked, the receipt says so rather than showing a sum that does not add up.
 */
export function receiptOf(task: Task, booked: Booked): Receipt {
  const price = booked.priceId === '' ? null : priceById(booked.priceId);
  const call = price ? priceCall(task.tokens, price) : null;
  const reported = toPico(booked.reported);
  const priced = toPico(booked.priced);
  return {
    lines: (call?.lines ?? []).map((line) => ({
      tokenType: line.tokenType,
      tokens: line.tokens,
      rate: rateToUsdPerMillion(line.rate),
      amount: picoToUsd(line.pico),
    })),
    source: reported !== null ? 'reported' : priced !== null ? 'priced' : 'unknown',
    reason: reasonOf(task, booked, price, call),
    priceId: booked.priceId || null,
    priceSource: price?.source ?? null,
    priceValidFrom: price?.validFrom ?? null,
    reported: booked.reported,
    priced: booked.priced,
    difference: reported !== null && priced !== null ? picoToUsd(reported - priced) : null,
    booked: task.counted ? (booked.reported ?? booked.priced) : null,
  };
}

const toPico = (amount: string | null) => (amount === null ? null : usdToPico(amount));

const NOT_COUNTED: Record<NotCountedBecause, string> = {
  not_a_model_call: 'not counted: not a model call',
  same_call_inner: 'not counted: the span inside it is the same call and is counted',
  same_call_outer: 'not counted: the span around it is the same call and is counted',
  same_response_id: 'not counted: another span has the same response id and is counted',
  usage_below: 'not counted: the calls below it are counted',
  aggregated_by_sender: 'not counted: a sum of other calls',
  marker: 'not counted: a sign of life and not a call',
};

const NO_AMOUNT: Record<NoAmount, string> = {
  usage_unknown: 'no usage was reported',
  input_unknown: 'the input tokens were not reported',
  output_unknown: 'the output tokens were not reported',
  cached_exceeds_input: 'more cached tokens than input tokens were reported',
  fee_per_request: 'the provider also charges per request, which tokens do not tell',
  amount_out_of_range: 'the amount is out of range',
};

function reasonOf(task: Task, booked: Booked, price: Price | null, call: PricedCall | null): string | null {
  if (!task.counted) return NOT_COUNTED[task.notCountedBecause ?? 'not_a_model_call'];
  if (booked.priced !== null) return whyDifferent(booked, price, call);
  return booked.reported === null ? whyUnknown(task) : null;
}

/** Null where the lines explain the amount. */
function whyDifferent(booked: Booked, price: Price | null, call: PricedCall | null): string | null {
  if (!price || !call) return `the price ${booked.priceId || '(none)'} is not known any more, so its lines cannot be shown`;
  if (call.pico !== toPico(booked.priced))
    return `the lines come to ${call.pico === null ? 'no amount' : picoToUsd(call.pico)}, which is not what was booked`;
  if (call.reason === 'cache_at_input_rate') return 'the list names no rate for cached tokens: they cost what input costs';
  return call.reason === 'text_rates_only' ? 'audio, image and video tokens are priced as text' : null;
}

function whyUnknown(task: Task): string {
  if (task.tokens.input === null && task.tokens.output === null) return NO_AMOUNT.usage_unknown;
  const models = [...new Set([task.model, task.requestModel])].filter((model) => model !== null);
  if (models.length === 0) return 'the call names no model';
  const from = task.provider === null ? '' : ` from ${task.provider}`;
  for (const model of models) {
    const price = findPrice(task.provider ?? '', model, nanos(task.startedAt));
    const reason = price && priceCall(task.tokens, price).reason;
    if (reason && reason in NO_AMOUNT) return NO_AMOUNT[reason as NoAmount];
  }
  return `no price for ${models[0]}${from} was known when it was booked`;
}
