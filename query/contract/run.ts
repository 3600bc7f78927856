import { z } from 'zod';
import { feature, instant, money, runStatus, tokens } from './shared.ts';

export const run = z.object({
  runId: z.string(),
  name: z.string(),
  feature,
  sourceId: z.string().nullable(),
  status: runStatus,
  startedAt: instant,
  /** null while it runs. */
  endedAt: instant.nullable(),
  /** Milliseconds, fractional; from first start to last end (to now while it runs). */
  durationMs: z.number(),
  lastActivityAt: instant,
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  tags: z.array(z.string()),
  /** Counted calls by model (response model where there is one) and by provider. */
  models: z.record(z.string(), z.number().int()),
  providers: z.record(z.string(), z.number().int()),
  taskCount: z.number().int(),
  llmCalls: z.number().int(),
  embeddingCalls: z.number().int(),
  toolCalls: z.number().int(),
  retrievalCalls: z.number().int(),
  /** Tasks of any kind that failed. */
  errorCount: z.number().int(),
  /** Counted calls that failed. */
  failedCalls: z.number().int(),
  messageCount: z.number().int(),
  tokens,
  cost: money,
  /** Counted calls whose usage is known and whose price is not. */
  unpricedCalls: z.number().int(),
  /** Counted calls that reported no usage. */
  usageUnknownCalls: z.number().int(),
  starred: z.boolean(),
  archived: z.boolean(),
  traceIds: z.array(z.string()),
});
export type Run = z.infer<typeof run>;

/** What is deleted for certain. `left`: traces that are still in the totals; they leave by themselves. */
export const deletion = z.object({ runs: z.number().int(), traces: z.number().int(), left: z.number().int(), done: z.boolean() });
export type Deletion = z.infer<typeof deletion>;

/** Days a project keeps its tasks and its totals (null = for ever); `own` is null where it has no times of its own. */
export const retention = z.object({
  own: z.object({ payloadDays: z.number().int().nullable(), totalsDays: z.number().int().nullable() }).nullable(),
});
export type Retention = z.infer<typeof retention>;

/**
 * A page. `searchCut` is there only where the words of `q` are in so many messages that not all of them were followed: more runs may hold
 * them. A shorter range finds them all.
 */
export const runList = z.object({ runs: z.array(run), nextCursor: z.string().nullable(), searchCut: z.literal(true).optional() });
export type RunList = z.infer<typeof runList>;

export const runSort = z.enum(['-startedAt', '-cost', '-tokens', '-durationMs', '-tasks']);
export type RunSort = z.infer<typeof runSort>;

/** What a person calls a thing, on one line and without the blanks around it. */
const label = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must hold no control characters');

export const runPatch = z
  .object({
    name: label(200),
    starred: z.boolean(),
    archived: z.boolean(),
    tags: z.array(label(64)).max(32),
  })
  .partial()
  .strict();
export type RunPatch = z.infer<typeof runPatch>;
