import { z } from 'zod';

/** US dollars as a plain decimal string with up to 12 places, e.g. `"0.0000345"`; null = unknown, never zero. */
export const money = z.string().nullable();
/** A sum of tokens; null where no counted call reported the figure. */
export const tokenCount = z.number().int().nullable();
/** RFC 3339 in UTC with up to nine decimals, e.g. `2026-11-22T12:00:00.123456789Z`. */
export const instant = z.string();

/** input includes cached tokens, output includes reasoning ones. total = input + output. */
export const tokens = z.object({
  input: tokenCount,
  output: tokenCount,
  cacheRead: tokenCount,
  cacheWrite: tokenCount,
  reasoning: tokenCount,
  total: tokenCount,
});
export type Tokens = z.infer<typeof tokens>;

export const feature = z.enum(['prompt', 'chat', 'applet', 'cockpit', 'workflow', 'custom']);
export type Feature = z.infer<typeof feature>;
export const kind = z.enum(['llm', 'embedding', 'tool', 'retrieval', 'agent', 'step', 'other']);
export type Kind = z.infer<typeof kind>;
export const taskStatus = z.enum(['running', 'completed', 'failed', 'cancelled']);
export type TaskStatus = z.infer<typeof taskStatus>;
export const runStatus = z.enum(['running', 'completed', 'failed', 'cancelled', 'stalled']);
export type RunStatus = z.infer<typeof runStatus>;

/** How far the cost of a run is known: of all counted calls, of some, of none. */
export const costKnown = z.enum(['known', 'partly unknown', 'unknown']);
export type CostKnown = z.infer<typeof costKnown>;

export const apiError = z.object({ error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }) });
export type ApiError = z.infer<typeof apiError>;
