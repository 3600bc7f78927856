import { type Attributes, type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { withActiveTask } from './active-task.ts';
import { capturesContent, runDefaults } from './current.ts';
import { watched } from './follow.ts';
import { type Identity, identityAttributes, identityIn, withIdentity } from './identity.ts';
import { announce, unannounce } from './marker.ts';
import { RUN } from './names.ts';
import type { Feature } from './options.ts';
import { Outcome } from './outcome.ts';
import { newRunId } from './run-id.ts';
import { present, safely, toJson } from './safely.ts';
import { startSpan, UNRECORDED } from './spans.ts';

export interface RunOptions {
  feature?: Feature | undefined;
  /** Which prompt, applet, workflow ... it is. */
  sourceId?: string | undefined;
  /** Continues the run of this id. Default: a new id; inside another run, that run's. */
  runId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  tags?: readonly string[] | undefined;
  /** What filled the prompt's placeholders. */
  variables?: Readonly<Record<string, unknown>> | undefined;
  /** Everything else needed to do it again: model, temperature ... */
  settings?: Readonly<Record<string, unknown>> | undefined;
}

/** What `fn` gets to know of its run. */
export interface Run {
  readonly runId: string;
  /** Where this part of the run is found; all zeroes while nothing records. */
  readonly traceId: string;
  readonly spanId: string;
  /** Marks the run as failed although `fn` does not throw. */
  fail(error: unknown): void;
  /** Marks the run as cancelled: neither completed nor failed. */
  cancel(reason?: string): void;
}

/**
 * One use of a feature. Everything `fn` does, here or in services it calls, belongs to this run. The result, the thrown
 * error and the timing of `fn` come through unchanged; a stream it returns keeps the run open until it has been read.
 *
 * Inside another run, without a `runId` of its own, it becomes a step of that run: the outer one is what the user did.
 *
 * @example
 * const reply = await run('Plan my week', { feature: 'chat', userId }, () => answer(message));
 */
export function run<T>(this: unknown, name: string, fn: (run: Run) => T): T;
export function run<T>(this: unknown, name: string, options: RunOptions, fn: (run: Run) => T): T;
export function run<T>(this: unknown, name: string, ...rest: [(run: Run) => T] | [RunOptions, (run: Run) => T]): T {
  const [options, fn] = rest.length === 1 ? [{}, rest[0]] : rest;
  const { ctx, outcome, handle } = safely(() => openRun(name, options)) ?? unrecorded(options);
  return watched(ctx, outcome, this, fn, handle);
}

interface OpenRun {
  ctx: Context;
  outcome: Outcome;
  handle: Run;
}

function openRun(name: string, options: RunOptions): OpenRun {
  const outer = identityIn();
  const joins = outer !== undefined && (!options.runId || options.runId === outer.runId);
  const identity = joins ? joined(options, outer) : own(options, outer);
  const ctx = withActiveTask(withIdentity(context.active(), identity), undefined);
  const attributes = attributesOf(options, identity, joins ? undefined : name);
  const span = startSpan(name, SpanKind.INTERNAL, attributes, ctx);
  const inside = trace.setSpan(ctx, span);
  if (!joins) announce(span, name, attributes, inside);
  const outcome = new Outcome(span, { end: () => unannounce(span) });
  return { ctx: inside, outcome, handle: handleOf(identity.runId, span, outcome) };
}

function unrecorded(options: RunOptions): OpenRun {
  const outcome = new Outcome(UNRECORDED);
  return { ctx: context.active(), outcome, handle: handleOf(options.runId || newRunId(), UNRECORDED, outcome) };
}

function handleOf(runId: string, span: Span, outcome: Outcome): Run {
  const { traceId, spanId } = span.spanContext();
  return { runId, traceId, spanId, fail: (error) => outcome.fail(error), cancel: (reason) => outcome.cancel(reason) };
}

/** A step of the outer run counts for the outer feature, whatever it calls itself. */
function joined(options: RunOptions, outer: Identity): Identity {
  const { feature, sourceId } = outer.feature === undefined ? options : outer;
  return { ...outer, feature, sourceId, userId: options.userId ?? outer.userId, sessionId: options.sessionId ?? outer.sessionId };
}

function own(options: RunOptions, outer: Identity | undefined): Identity {
  const defaults = runDefaults();
  // A default source belongs to the default feature and means nothing to another one.
  const sameFeature = options.feature === undefined || options.feature === defaults.feature;
  return {
    runId: options.runId || newRunId(),
    feature: options.feature ?? defaults.feature,
    sourceId: options.sourceId ?? (sameFeature ? defaults.sourceId : undefined),
    userId: options.userId ?? outer?.userId ?? defaults.userId,
    sessionId: options.sessionId ?? outer?.sessionId,
  };
}

function attributesOf(options: RunOptions, identity: Identity, runName: string | undefined): Attributes {
  return {
    ...identityAttributes(identity),
    ...present({
      [RUN.name]: runName,
      [RUN.tags]: options.tags && [...options.tags],
      [RUN.variables]: options.variables && capturesContent() ? toJson(options.variables) : undefined,
      [RUN.settings]: options.settings && toJson(options.settings),
    }),
  };
}
