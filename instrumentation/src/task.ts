import { type Attributes, type Context, context, diag, trace } from '@opentelemetry/api';
import { withActiveTask } from './active-task.ts';
import { capturesContent } from './current.ts';
import { watched } from './follow.ts';
import { KINDS, type Kind } from './kinds.ts';
import { GEN_AI } from './names.ts';
import { OpenTask, type Task } from './open-task.ts';
import { Outcome } from './outcome.ts';
import { present, safely, toJson } from './safely.ts';
import { startSpan, UNRECORDED } from './spans.ts';

export interface TaskOptions {
  /** Default: `step`. */
  kind?: Kind | undefined;
  /** Who serves the model, in OpenTelemetry's spelling: `openai`, `anthropic`, `aws.bedrock` ... It selects the price list. */
  provider?: string | undefined;
  /** The model asked for. */
  model?: string | undefined;
  /** `gen_ai.operation.name`, where the kind's own (`chat`, `embeddings`, `execute_tool` ...) does not fit. */
  operation?: string | undefined;
  /** See `Task.setInput`. */
  input?: unknown;
  /** Request parameters by their OpenTelemetry name without prefix: `{ temperature: 0.2, max_tokens: 500 }`. */
  parameters?: Readonly<Record<string, string | number | boolean | string[] | null | undefined>> | undefined;
  /** Tools offered to the model. */
  tools?: readonly unknown[] | undefined;
  /** Kind `tool`: what is called, if the task's name is not it. */
  toolName?: string | undefined;
  /** Kind `tool`: the id the model gave to this call. */
  toolCallId?: string | undefined;
  /** Kind `agent`: its name, if the task's name is not it. */
  agentName?: string | undefined;
  attributes?: Attributes | undefined;
}

/**
 * One request inside a run: a model call, a tool, a search. The result, the thrown error and the timing of `fn` come
 * through unchanged. A stream it returns ends the task when it has been read to the end, was closed or broke.
 *
 * @example
 * const answer = await task('chat', { kind: 'llm', provider: 'openai', model, input: messages }, async (task) => {
 *   const reply = await openai.chat.completions.create({ model, messages });
 *   task.recordUsage({ input: reply.usage?.prompt_tokens, output: reply.usage?.completion_tokens });
 *   task.setOutput(reply.choices[0]?.message);
 *   return reply;
 * });
 */
export function task<T>(this: unknown, name: string, fn: (task: Task) => T): T;
export function task<T>(this: unknown, name: string, options: TaskOptions, fn: (task: Task) => T): T;
export function task<T>(this: unknown, name: string, ...rest: [(task: Task) => T] | [TaskOptions, (task: Task) => T]): T {
  const [options, fn] = rest.length === 1 ? [{}, rest[0]] : rest;
  const { ctx, outcome, handle } = safely(() => openTask(name, options)) ?? unrecorded();
  return watched(ctx, outcome, this, fn, handle);
}

interface Opened {
  ctx: Context;
  outcome: Outcome;
  handle: Task;
}

function openTask(name: string, options: TaskOptions): Opened {
  const kind = kindOf(options.kind);
  const ctx = context.active();
  const span = startSpan(name, KINDS[kind].spanKind, attributesOf(name, kind, options), ctx);
  const outcome = new Outcome(span, { chunk: () => (kind === 'llm' ? handle.firstToken() : undefined) });
  const handle = new OpenTask(span, kind, outcome);
  if (options.input !== undefined) handle.setInput(options.input);
  return { ctx: withActiveTask(trace.setSpan(ctx, span), handle), outcome, handle };
}

/** A kind that does not exist must not cost the task: it is recorded as a step, and said. */
function kindOf(kind: Kind | undefined): Kind {
  if (kind === undefined || Object.hasOwn(KINDS, kind)) return kind ?? 'step';
  diag.warn(`@ai-runs/instrumentation: there is no kind "${String(kind)}", only ${Object.keys(KINDS).join(', ')}; recorded as a step`);
  return 'step';
}

function unrecorded(): Opened {
  const outcome = new Outcome(UNRECORDED);
  return { ctx: context.active(), outcome, handle: new OpenTask(UNRECORDED, 'step', outcome) };
}

function attributesOf(name: string, kind: Kind, options: TaskOptions): Attributes {
  const parameters = Object.entries(options.parameters ?? {}).map(([key, value]) => [`gen_ai.request.${key}`, value]);
  return present({
    ...options.attributes,
    ...Object.fromEntries(parameters),
    [GEN_AI.operation]: options.operation ?? KINDS[kind].operation,
    [GEN_AI.provider]: options.provider,
    [GEN_AI.requestModel]: options.model,
    [GEN_AI.toolDefinitions]: options.tools && capturesContent() ? toJson(options.tools) : undefined,
    [GEN_AI.toolName]: kind === 'tool' ? (options.toolName ?? name) : undefined,
    [GEN_AI.toolCallId]: options.toolCallId,
    [GEN_AI.agentName]: kind === 'agent' ? (options.agentName ?? name) : undefined,
  });
}
