import { type AttributeTable, ValueType } from '../decode/attributes.ts';
import type { Origin, Span, SpanBatch } from '../decode/span.ts';
import { MAX_VALUE } from '../draft.ts';
import { cut, plainText } from './plain.ts';
import type { Texts } from './texts.ts';

/** Attribute rows as an object without a prototype, so that a key such as `__proto__` is a key like any other. */
export function attributesObject(table: AttributeTable, from: number, to: number): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null);
  for (let i = from; i < to; i++) out[table.keyTable.name(table.keys[i]!)] = table.value(i);
  return out;
}

/** The same with values cut to the length that attributes of spans have. */
function shortAttributes(table: AttributeTable, from: number, to: number): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null);
  for (let i = from; i < to; i++) out[table.keyTable.name(table.keys[i]!)] = shortValue(table, i);
  return out;
}

function shortValue(table: AttributeTable, i: number): unknown {
  if (table.length[i]! <= MAX_VALUE) return table.value(i);
  const from = table.from[i]!;
  return table.types[i] === ValueType.string ? table.bytes.toString('utf8', from, from + MAX_VALUE) : cut(table.text(i), MAX_VALUE);
}

/** Bytes that the contexts of a request may take, where the request itself is small. */
const FREE_CONTEXTS = 4 * 1024 * 1024;

/**
 * Resource and scope as one text: the same for all spans of a sender, so stored once. '' where the request has more of them than its size
 * accounts for: a resource is part of the text of each of its scopes, and a scope takes a few bytes.
 */
export function contextRef(origin: Origin, batch: SpanBatch, texts: Texts): string {
  if (origin.textRef !== '') return origin.textRef;
  const { attributes: table } = batch;
  if (batch.contextBytes > Math.max(FREE_CONTEXTS, 2 * table.bytes.length)) return '';
  const { shared, scopeName, scopeVersion } = origin;
  if (shared.resourceJson === '') shared.resourceJson = JSON.stringify(shortAttributes(table, origin.resourceFrom, origin.resourceTo));
  const scope = { name: scopeName, version: scopeVersion, attributes: shortAttributes(table, origin.scopeFrom, origin.scopeTo) };
  const text = `{"resource":${shared.resourceJson},"scope":${JSON.stringify(scope)}}`;
  batch.contextBytes += text.length;
  origin.textRef = texts.putText(text);
  return origin.textRef;
}

/** The first exception a span recorded, or null. */
export function exceptionOf(span: Span, table: AttributeTable): { type: string; message: string } | null {
  const event = span.events.find((e) => e.name === 'exception');
  if (!event) return null;
  const attributes = attributesObject(table, event.from, event.to);
  return { type: plainText(attributes['exception.type']), message: plainText(attributes['exception.message']) };
}

/** Events or links of one span as they are stored: a JSON list. What comes beyond its limit is left out. */
export class SurroundingList {
  #items: string[] = [];
  #length = 0;
  /** Something was cut or left out. */
  truncated = false;

  /** Adds the attribute rows [from, to) of `table` under the fields of `item`. */
  add(item: Readonly<Record<string, string>>, table: AttributeTable, from: number, to: number): void {
    for (let i = from; i < to; i++) if (table.length[i]! > MAX_VALUE) this.truncated = true;
    const text = this.#length > MAX_LIST ? '' : JSON.stringify({ ...item, attributes: shortAttributes(table, from, to) });
    if (text === '' || this.#length + text.length > MAX_LIST) this.truncated = true;
    else this.#items.push(text);
    this.#length += text.length;
  }

  /** '' where it is empty. */
  text(): string {
    return this.#items.length === 0 ? '' : `[${this.#items.join(',')}]`;
  }
}

/** Longest text of all events, or of all links, of one span. */
const MAX_LIST = 4 * 1024 * 1024;
