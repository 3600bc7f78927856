import type { Attributes, Context, HrTime, Span, TimeInput } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import { RUN, SCOPE } from './names.ts';
import { safely } from './safely.ts';

const HEARTBEAT_MS = 30_000;
/** A run that has not ended by then was most likely forgotten (a stream that nobody read): it must not beat, nor be held, for ever. */
const FORGOTTEN_MS = 6 * 60 * 60 * 1000;

interface OpenRun {
  name: string;
  attributes: Attributes;
  ctx: Context;
  /** Milliseconds since 1970. */
  since: number;
}

const open = new Map<Span, OpenRun>();
let timer: NodeJS.Timeout | undefined;

/**
 * A span is exported when it ends, so a run would be invisible while it is under way. A marker is a span of its own that
 * ends at once: same trace, linked to the run's span, never a task. One at the start, then a sign of life now and then.
 */
export function announce(span: Span, name: string, attributes: Attributes, ctx: Context): void {
  if (!span.isRecording()) return;
  const run = { name, attributes, ctx, since: Date.now() };
  mark('start', span, run, (span as { startTime?: HrTime }).startTime);
  open.set(span, run);
  timer ??= setInterval(beat, HEARTBEAT_MS).unref();
}

/** The run's span has ended and speaks for itself. */
export function unannounce(span: Span): void {
  open.delete(span);
  if (open.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function beat(): void {
  for (const [span, run] of open) {
    if (Date.now() - run.since < FORGOTTEN_MS) safely(() => mark('heartbeat', span, run));
    else unannounce(span);
  }
}

function mark(live: 'start' | 'heartbeat', span: Span, run: OpenRun, at: TimeInput = Date.now()): void {
  const attributes = { ...run.attributes, [RUN.live]: live };
  const links = [{ context: span.spanContext() }];
  trace.getTracer(SCOPE.name, SCOPE.version).startSpan(run.name, { startTime: at, attributes, links }, run.ctx).end(at);
}
