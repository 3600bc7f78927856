import { type Attributes, diag } from '@opentelemetry/api';
import { GEN_AI, RUN } from './names.ts';
import { present } from './safely.ts';

/**
 * Tokens of one model call. Leave out (or null) what the provider did not say: unknown is not zero.
 * OpenTelemetry's way of counting: `input` includes the cached tokens, `output` the reasoning ones.
 */
export interface Usage {
  input?: number | null | undefined;
  output?: number | null | undefined;
  /** Part of `input` that was read from the provider's cache. */
  cacheRead?: number | null | undefined;
  /** Part of `input` that was written to it. */
  cacheWrite?: number | null | undefined;
  /** Part of `output` that nobody sees. */
  reasoning?: number | null | undefined;
  /** US dollars, only where the provider itself reports them; a string keeps every digit. */
  costUsd?: string | number | null | undefined;
}

export function usageAttributes(usage: Usage): Attributes {
  return present({
    [GEN_AI.inputTokens]: tokens(usage.input),
    [GEN_AI.outputTokens]: tokens(usage.output),
    [GEN_AI.cacheReadTokens]: tokens(usage.cacheRead),
    [GEN_AI.cacheWriteTokens]: tokens(usage.cacheWrite),
    [GEN_AI.reasoningTokens]: tokens(usage.reasoning),
    [RUN.costUsd]: dollars(usage.costUsd),
  });
}

function tokens(value: number | null | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value) && value >= 0) return value;
  diag.warn(`AI Runs: not a number of tokens, left out: ${value}`);
  return undefined;
}

/** Sent as text, because a binary fraction is not the amount on the bill. Twelve decimals are what the ledger keeps. */
function dollars(value: string | number | null | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value)) return value;
  // From 1e21 on toFixed falls back to exponents.
  if (typeof value === 'number' && value >= 0 && value < 1e21) return value.toFixed(12).replace(/\.?0+$/, '');
  diag.warn(`AI Runs: not an amount in dollars, left out: ${value}`);
  return undefined;
}
