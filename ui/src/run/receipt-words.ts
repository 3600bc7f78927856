import type { Receipt, ReceiptLine, Task, TaskDetail } from '../../../query/contract/index.ts';
import { formatInt } from '../format/numbers.ts';
import { day } from '../format/time.ts';

/** What a line of a receipt charges for. Plain input is only said to be uncached where something was cached. */
export function lineName({ tokenType }: ReceiptLine, lines: readonly ReceiptLine[]): string {
  const cached = lines.some((line) => line.tokenType === 'cache_read' || line.tokenType === 'cache_write');
  const names: Record<ReceiptLine['tokenType'], string> = {
    input: cached ? 'Input, not cached' : 'Input',
    cache_read: 'Cache read',
    cache_write: 'Cache write',
    output: 'Output',
  };
  return names[tokenType];
}

/** Which of the two amounts stands in the books. */
export function bookedName({ source }: Receipt): string {
  return {
    reported: 'Booked: the reported amount',
    priced: 'Booked: the amount priced by us',
    unknown: 'Booked: nothing, the amount is unknown',
  }[source];
}

/** Where the rate is from and since when it holds. */
export function rateSource({ priceSource, priceValidFrom, priceId }: Receipt): string | null {
  if (priceId === null) return null;
  const since = priceValidFrom === null ? '' : `, in force since ${sinceDay(priceValidFrom)}`;
  return `Rate: ${priceSource ?? 'price list'}${since}.`;
}

function sinceDay(instant: string): string {
  const ms = Date.parse(instant);
  return Number.isNaN(ms) ? instant : `${day(ms)} ${new Date(ms).getUTCFullYear()}`;
}

/** How cached tokens entered the sum, where there are any. */
export function cacheWords({ tokens }: Pick<Task, 'tokens'>): string | null {
  const { input, cacheRead, cacheWrite } = tokens;
  if (input === null || (!cacheRead && !cacheWrite)) return null;
  const parts = [
    cacheRead && `${formatInt(cacheRead)} came from the cache`,
    cacheWrite && `${formatInt(cacheWrite)} were written to it`,
  ].filter(Boolean);
  return `Input is ${formatInt(input)} tokens, of which ${parts.join(' and ')}. Cached tokens are charged once, at their own rate.`;
}

/** The first letter of a reason as the beginning of a sentence. */
export function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`;
}

/** Output tokens a second after the first one came. */
export function speedOf({ tokens, durationMs, ttftMs }: TaskDetail): string | null {
  const ms = durationMs - (ttftMs ?? 0);
  if (tokens.output === null || tokens.output === 0 || ms <= 0) return null;
  return `${formatInt((tokens.output / ms) * 1000)} tokens/s`;
}

const FINISH = ['gen_ai.response.finish_reasons', 'ai.response.finishReason', 'llm.response.finish_reason'];

/** Why the model stopped, as far as a known attribute says. */
export function finishOf({ attributes }: TaskDetail): string | null {
  const name = FINISH.find((key) => attributes[key] !== undefined);
  const value = name && attributes[name];
  return value ? value.replace(/[[\]"]/g, '') : null;
}
