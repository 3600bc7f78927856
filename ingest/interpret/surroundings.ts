import type { AttributeTable } from '../decode/attributes.ts';
import type { Origin, Span } from '../decode/span.ts';
import type { Texts } from './texts.ts';

/** Attribute rows as an object without a prototype, so that a key such as `__proto__` is a key like any other. */
export function attributesObject(table: AttributeTable, from: number, to: number): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null);
  for (let i = from; i < to; i++) out[table.keyTable.name(table.keys[i]!)] = table.value(i);
  return out;
}

/** Resource and scope as one text: the same for all spans of a sender, so stored once. */
export function contextRef(origin: Origin, table: AttributeTable, texts: Texts): string {
  if (origin.textRef === '') {
    const { resourceFrom, resourceTo, scopeName, scopeVersion, scopeFrom, scopeTo } = origin;
    const resource = attributesObject(table, resourceFrom, resourceTo);
    const scope = { name: scopeName, version: scopeVersion, attributes: attributesObject(table, scopeFrom, scopeTo) };
    origin.textRef = texts.putText(JSON.stringify({ resource, scope }));
  }
  return origin.textRef;
}

/** The first exception a span recorded, or null. */
export function exceptionOf(span: Span, table: AttributeTable): { type: string; message: string } | null {
  const event = span.events.find((e) => e.name === 'exception');
  if (!event) return null;
  const attributes = attributesObject(table, event.from, event.to);
  return { type: String(attributes['exception.type'] ?? ''), message: String(attributes['exception.message'] ?? '') };
}

/** The links of a span as they are stored: JSON. */
export function linksJson(span: Span, table: AttributeTable): string {
  return JSON.stringify(
    span.links.map((l) => ({ traceId: l.traceId, spanId: l.spanId, attributes: attributesObject(table, l.from, l.to) })),
  );
}
