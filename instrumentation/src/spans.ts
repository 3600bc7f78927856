import { type Attributes, type Context, INVALID_SPAN_CONTEXT, type Span, type SpanKind, trace } from '@opentelemetry/api';
import { SCOPE } from './names.ts';

/** The tracer is looked up at each call: the provider may be set up later than the module that uses us, or not at all. */
export function startSpan(name: string, kind: SpanKind, attributes: Attributes, ctx: Context): Span {
  return trace.getTracer(SCOPE.name, SCOPE.version).startSpan(name, { kind, attributes }, ctx);
}

export const UNRECORDED: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
