import type { Attributes, HrTime, Link, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';

/**
 * OTLP/JSON of a few spans, for the one moment when the exporter cannot be used: it is asynchronous, and a process that
 * exits waits for nobody. A test holds this encoding against the exporter's own.
 */
export function toOtlpJson(spans: readonly ReadableSpan[]): string {
  const groups = new Map<string, ReadableSpan[]>();
  for (const span of spans) {
    const { name, version } = span.instrumentationScope;
    const key = `${name}@${version ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), span]);
  }
  const scopeSpans = [...groups.values()].map((group) => {
    const { name, version } = group[0]!.instrumentationScope;
    return { scope: { name, version }, spans: group.map(toSpan) };
  });
  // One process has one resource, so the spans need no grouping by it.
  const resource = spans[0] && { attributes: toAttributes(spans[0].resource.attributes as Attributes), droppedAttributesCount: 0 };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
}

function toSpan(span: ReadableSpan) {
  const own = span.spanContext();
  return {
    traceId: own.traceId,
    spanId: own.spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    traceState: own.traceState?.serialize(),
    name: span.name,
    // OTLP keeps 0 for "unspecified"; the API starts at 0 with "internal".
    kind: span.kind + 1,
    startTimeUnixNano: toNanos(span.startTime),
    endTimeUnixNano: toNanos(span.endTime),
    attributes: toAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map(toEvent),
    droppedEventsCount: span.droppedEventsCount,
    status: span.status,
    links: span.links.map(toLink),
    droppedLinksCount: span.droppedLinksCount,
    flags: toFlags(own, span.parentSpanContext),
  };
}

function toEvent(event: TimedEvent) {
  return {
    attributes: toAttributes(event.attributes ?? {}),
    name: event.name,
    timeUnixNano: toNanos(event.time),
    droppedAttributesCount: event.droppedAttributesCount ?? 0,
  };
}

function toLink(link: Link) {
  return {
    attributes: toAttributes(link.attributes ?? {}),
    spanId: link.context.spanId,
    traceId: link.context.traceId,
    traceState: link.context.traceState?.serialize(),
    droppedAttributesCount: link.droppedAttributesCount ?? 0,
    flags: toFlags(link.context, link.context),
  };
}

function toAttributes(attributes: Attributes): { key: string; value: object }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  return Array.isArray(value) ? { arrayValue: { values: value.map(toAnyValue) } } : {};
}

function toNanos([seconds, nanos]: HrTime): string {
  return (BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(nanos))).toString();
}

/** Trace flags, "I know whether the parent is remote" (0x100), and whether it is (0x200). */
function toFlags(own: SpanContext, parent: SpanContext | undefined): number {
  return (own.traceFlags & 0xff) | 0x100 | (parent?.isRemote ? 0x200 : 0);
}
