import { z } from 'zod';
import { instant, kind, money, taskStatus, tokens } from './shared.ts';

export const notCountedBecause = z.enum([
  'not_a_model_call',
  'same_call_inner',
  'same_call_outer',
  'same_response_id',
  'usage_below',
  'aggregated_by_sender',
  'marker',
]);
export type NotCountedBecause = z.infer<typeof notCountedBecause>;

/** A span as the tree shows it: no text. */
export const task = z.object({
  taskId: z.string(),
  parentTaskId: z.string().nullable(),
  traceId: z.string(),
  runId: z.string(),
  kind,
  name: z.string(),
  status: taskStatus,
  startedAt: instant,
  endedAt: instant.nullable(),
  durationMs: z.number(),
  /** Milliseconds from the start to the first token; null = unknown. */
  ttftMs: z.number().nullable(),
  /** The model that answered; requestModel is the one asked for. */
  model: z.string().nullable(),
  requestModel: z.string().nullable(),
  provider: z.string().nullable(),
  tokens,
  cost: money,
  counted: z.boolean(),
  notCountedBecause: notCountedBecause.nullable(),
  error: z.object({ type: z.string().nullable(), message: z.string() }).nullable(),
});
export type Task = z.infer<typeof task>;

/** Where a task stands in the tree of its run. Counts are of the whole tree, however little of it the answer holds. */
export const place = z.object({
  /** 0 for a root. */
  level: z.number().int(),
  /** Direct children. Where the answer holds none of them, ask for `parent=<traceId>:<taskId>`. */
  children: z.number().int(),
  /** All tasks below. */
  descendants: z.number().int(),
  /** Tasks below that failed, so that a closed row can say so. */
  failedBelow: z.number().int(),
});
export type Place = z.infer<typeof place>;

/**
 * Depth-first order of the tree, siblings by start. `total` is the number of tasks of the run, also where a part was asked for; one answer has
 * 10,000 at most.
 *
 * Without `parent`, the answer is the window from `offset` of all tasks; a run of more than 100,000 comes by start alone (`order`).
 *
 * With `parent=root` or `parent=<traceId>:<taskId>`, the answer is a part of the tree, whatever the size of the run: the tasks below (not the
 * parent itself), `levels` deep (default 1: the children). `branch` says of how many tasks it is a window and where to go on:
 *
 *     GET /api/runs/r/tasks?parent=root&levels=2&limit=500     the roots and their children
 *     GET /api/runs/r/tasks?parent=<traceId>:<taskId>          open a row: places[i].children > 0 and none of them is here
 *     ...&offset=<branch.nextOffset>                           the rows that follow, until it is null
 *     GET /api/runs/r/tasks?parent=root&at=<traceId>:<taskId>  a link to one task: branch.path is what to open, from the root down
 */
export const taskList = z.object({
  tasks: z.array(task),
  total: z.number().int(),
  order: z.enum(['tree', 'start']),
  /** Tasks that the run's totals count are no longer there: the time they are kept for is over. */
  expired: z.literal(true).optional(),
  /** Only where `parent` was asked for. */
  branch: z
    .object({
      /** places[i] is that of tasks[i]. */
      places: z.array(place),
      /** Tasks of the part that was asked for: those that are below `parent` and at most `levels` deep. */
      matched: z.number().int(),
      /** `offset` of the window that follows; null where this one holds the last task. */
      nextOffset: z.number().int().nullable(),
      /** Tasks from a root down to the parent of `at`; empty where `at` is a root, is not in the run or was not asked for. */
      path: z.array(z.object({ traceId: z.string(), taskId: z.string() })),
      /** Where each task of `path`, and then `at` itself, stands among its siblings: `offset` of it under its parent. Empty where `at` is not in the run. */
      indexes: z.array(z.number().int()),
    })
    .optional(),
});
export type TaskList = z.infer<typeof taskList>;

/** One piece of a message in one normal form, whatever the sender's convention was. */
export const messagePart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  z.object({ type: z.literal('tool_call'), id: z.string().nullable(), name: z.string(), arguments: z.unknown() }),
  z.object({ type: z.literal('tool_result'), id: z.string().nullable(), name: z.string().nullable(), result: z.unknown() }),
  z.object({ type: z.literal('media'), mimeType: z.string().nullable(), uri: z.string().nullable(), bytes: z.number().int().nullable() }),
  z.object({ type: z.literal('data'), value: z.unknown() }),
]);
export type MessagePart = z.infer<typeof messagePart>;

export const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool', 'data']),
  parts: z.array(messagePart),
  /** Where known: the task that sent or produced it. */
  taskId: z.string().nullable(),
  traceId: z.string().nullable(),
  at: instant.nullable(),
  model: z.string().nullable(),
});
export type Message = z.infer<typeof message>;

/** The conversation, oldest first, each message once. `truncated` is there only where a run has more calls than are read for one answer. */
export const conversation = z.object({ runId: z.string(), messages: z.array(message), truncated: z.literal(true).optional() });
export type Conversation = z.infer<typeof conversation>;

export const receiptLine = z.object({
  tokenType: z.enum(['input', 'cache_read', 'cache_write', 'output']),
  tokens: z.number().int(),
  /** US dollars per million tokens, as a decimal string. */
  rate: z.string(),
  amount: z.string(),
});
export type ReceiptLine = z.infer<typeof receiptLine>;

export const receipt = z.object({
  lines: z.array(receiptLine),
  /** Which amount was booked. */
  source: z.enum(['reported', 'priced', 'unknown']),
  /** Why there is no amount, or why the span was not counted; null where it is plain. */
  reason: z.string().nullable(),
  priceId: z.string().nullable(),
  /** The list the rate is from and since when it is in force. */
  priceSource: z.string().nullable(),
  priceValidFrom: z.string().nullable(),
  reported: money,
  priced: money,
  /** reported - priced, where both are known. */
  difference: money,
  booked: money,
});
export type Receipt = z.infer<typeof receipt>;

export const taskEvent = z.object({ name: z.string(), at: instant, attributes: z.record(z.string(), z.unknown()) });
export const taskLink = z.object({ traceId: z.string(), spanId: z.string(), attributes: z.record(z.string(), z.unknown()) });

export const taskDetail = task.extend({
  /** For tools, retrievals and steps: what went in and came out, parsed where it is JSON. null = nothing recorded. */
  input: z.unknown(),
  output: z.unknown(),
  /** For model calls: everything sent, then everything answered. `outputFrom` is the index of the first answered one. */
  messages: z.array(message),
  outputFrom: z.number().int(),
  attributes: z.record(z.string(), z.string()),
  /** Who sent it: OpenTelemetry resource and instrumentation scope. */
  sender: z
    .object({
      resource: z.record(z.string(), z.unknown()),
      scope: z.object({ name: z.string(), version: z.string(), attributes: z.record(z.string(), z.unknown()) }),
    })
    .nullable(),
  events: z.array(taskEvent),
  links: z.array(taskLink),
  receipt,
  /** Short notes on the data itself: clamped times, cut text, dropped attributes. */
  notes: z.array(z.string()),
  responseId: z.string().nullable(),
});
export type TaskDetail = z.infer<typeof taskDetail>;
