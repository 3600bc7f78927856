import { z } from 'zod';
import { feature, instant } from './shared.ts';

/** A run that announced itself and has not ended yet; known from its start marker, before any of its spans is booked. */
export const liveRun = z.object({
  runId: z.string(),
  name: z.string(),
  feature,
  sourceId: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  traceId: z.string(),
  startedAt: instant,
  lastSignalAt: instant,
});
export type LiveRun = z.infer<typeof liveRun>;

/** What `/api/live` sends: event name = type, data = JSON of this. The page refetches what it shows of that run. */
export const liveEvent = z.object({
  type: z.enum(['run.started', 'run.updated', 'run.finished']),
  runId: z.string(),
  at: instant,
  /** Tasks booked or changed by the batch. */
  tasks: z.number().int(),
});
export type LiveEvent = z.infer<typeof liveEvent>;
