import type { Draft } from '../draft.ts';
import { Known } from '../draft.ts';
import type { SpanReader } from './reader.ts';

/**
 * What no table of sources can say: senders whose figures mean something else than the name they stand under. Each is a named function that
 * mends one draft; normal form is input including cached tokens, output including reasoning.
 */
export type Quirk = (draft: Draft, read: SpanReader) => void;

function includeCache(d: Draft): void {
  d.input += d.cacheRead + d.cacheWrite;
}

/** AI SDK v5 on Anthropic: input leaves the cached tokens out; the provider's own figure beside it proves it. */
const aiSdkAnthropic: Quirk = (d, read) => {
  if (read.has('uncachedInputTokens') && d.known & Known.input && read.number('uncachedInputTokens') === d.input) includeCache(d);
};

/** OpenLLMetry's JavaScript instrumentation of Anthropic: input leaves the cached tokens out. */
const traceloopAnthropic: Quirk = (d, read) => {
  if (read.span.origin.scopeName === '@traceloop/instrumentation-anthropic' && d.known & Known.input) includeCache(d);
};

/** Any sender: more cached than input tokens, or a total that only adds up with them apart, means that input left them out. */
const inputLeavesCacheOut: Quirk = (d, read) => {
  const cached = d.cacheRead + d.cacheWrite;
  if (cached === 0 || !(d.known & Known.input)) return;
  const total = read.number('totalTokens');
  if (cached > d.input || (total !== undefined && total === d.input + d.output + cached)) includeCache(d);
};

export const QUIRKS: readonly Quirk[] = [aiSdkAnthropic, traceloopAnthropic, inputLeavesCacheOut];
