import { AttributeTable, type KeyTable, readKeyValue } from './attributes.ts';
import type { Interner } from './intern.ts';
import type { Origin, RejectionReason, Span, SpanBatch, SpanEvent, SpanLink } from './span.ts';
import { MalformedError, WireReader } from './wire.ts';

/** Limits of one request; what exceeds a limit of a span is dropped and counted on it, what exceeds maxSpans or maxRecords is rejected. */
export const LIMITS = { maxSpans: 50_000, maxRecords: 50_000, maxAttributes: 1024, maxEvents: 512, maxLinks: 512 } as const;

/** Names kept as one string each; beyond it each has its own. */
export const MAX_NAMES = 100_000;

const NONE: readonly never[] = Object.freeze([]);

/**
 * Decodes an ExportTraceServiceRequest (opentelemetry-proto, trace/v1). Unknown fields are passed over, fields may come in any order.
 * A bad span is rejected alone; only a broken envelope throws {@link MalformedError}.
 */
export function decodeTraces(bytes: Buffer, keys: KeyTable, names: Interner): SpanBatch {
  const batch: SpanBatch = { attributes: new AttributeTable(bytes, keys), spans: [], rejected: new Map(), seen: 0, contextBytes: 0 };
  const r = new WireReader(bytes);
  while (r.pos < bytes.length) {
    const tag = r.varint();
    if (tag === 10) {
      const end = r.limit(bytes.length);
      resourceSpans(r, end, batch, names);
    } else r.skip(tag & 7, bytes.length);
  }
  batch.attributes.bytesPerSpan = Math.ceil((bytes.length + batch.attributes.count * 21) / Math.max(1, batch.spans.length));
  return batch;
}

const emptyOrigin = (): Origin => ({
  resourceFrom: 0,
  resourceTo: 0,
  scopeName: '',
  scopeVersion: '',
  scopeFrom: 0,
  scopeTo: 0,
  textRef: '',
  shared: { resourceJson: '' },
});

function resourceSpans(r: WireReader, end: number, batch: SpanBatch, names: Interner): void {
  const origin = emptyOrigin();
  // The resource may stand behind its spans: read it first, whatever the order.
  const start = r.pos;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 10) [origin.resourceFrom, origin.resourceTo] = attributeMessage(r, r.limit(end), batch, 10);
    else r.skip(tag & 7, end);
  }
  r.pos = start;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 18) scopeSpans(r, r.limit(end), batch, names, origin);
    else r.skip(tag & 7, end);
  }
}

/** Reads the KeyValues (field tag `keyTag`) of a message into the table; returns their range. */
function attributeMessage(r: WireReader, end: number, batch: SpanBatch, keyTag: number): [number, number] {
  const from = batch.attributes.count;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === keyTag) attribute(r, r.limit(end), batch.attributes, from);
    else r.skip(tag & 7, end);
  }
  return [from, batch.attributes.count];
}

/** An attribute of anything but a span, which alone counts what is dropped. */
function attribute(r: WireReader, end: number, table: AttributeTable, from: number): void {
  if (table.count - from < LIMITS.maxAttributes) readKeyValue(r, end, table);
  else r.pos = end;
}

function scopeSpans(r: WireReader, end: number, batch: SpanBatch, names: Interner, resource: Origin): void {
  const origin = { ...resource };
  const start = r.pos;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 10) scope(r, r.limit(end), batch, names, origin);
    else r.skip(tag & 7, end);
  }
  r.pos = start;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag !== 18) {
      r.skip(tag & 7, end);
      continue;
    }
    const to = r.limit(end);
    if (batch.seen++ >= LIMITS.maxSpans) reject(batch, 'too_many_spans');
    else oneSpan(r, to, batch, names, origin);
    r.pos = to;
  }
}

function scope(r: WireReader, end: number, batch: SpanBatch, names: Interner, origin: Origin): void {
  origin.scopeFrom = batch.attributes.count;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 10) origin.scopeName = internedString(r, end, names);
    else if (tag === 18) origin.scopeVersion = internedString(r, end, names);
    else if (tag === 26) attribute(r, r.limit(end), batch.attributes, origin.scopeFrom);
    else r.skip(tag & 7, end);
  }
  origin.scopeTo = batch.attributes.count;
}

/** A span that does not decode takes only itself down: the table is rolled back and the span counted as rejected. */
function oneSpan(r: WireReader, end: number, batch: SpanBatch, names: Interner, origin: Origin): void {
  const mark = batch.attributes.count;
  try {
    const span = readSpan(r, end, batch.attributes, names, origin);
    const reason = invalid(span);
    if (!reason) {
      batch.spans.push(span);
      return;
    }
    reject(batch, reason);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    reject(batch, 'malformed_span');
  }
  batch.attributes.count = mark;
}

export function reject(batch: SpanBatch, reason: RejectionReason): void {
  batch.rejected.set(reason, (batch.rejected.get(reason) ?? 0) + 1);
}

const ZERO_TRACE = '0'.repeat(32);
const ZERO_SPAN = '0'.repeat(16);

function invalid(span: Span): RejectionReason | null {
  if (span.traceId.length !== 32 || span.traceId === ZERO_TRACE) return 'invalid_trace_id';
  if (span.spanId.length !== 16 || span.spanId === ZERO_SPAN) return 'invalid_span_id';
  return null;
}

function readSpan(r: WireReader, end: number, table: AttributeTable, names: Interner, origin: Origin): Span {
  const span: Span = {
    traceId: '',
    spanId: '',
    parentId: '',
    name: '',
    kind: 0,
    start: 0n,
    end: 0n,
    statusCode: 0,
    statusMessage: '',
    from: table.count,
    to: 0,
    droppedAttributes: 0,
    traceState: '',
    events: NONE,
    links: NONE,
    origin,
  };
  // Events and links have attributes of their own: they are read after the span's, so that the span's stay one range.
  let later = 0;
  const begin = r.pos;
  while (r.pos < end) {
    const tag = r.varint();
    switch (tag) {
      case 10:
        span.traceId = hex(r, end);
        break;
      case 18:
        span.spanId = hex(r, end);
        break;
      case 26:
        span.traceState = string(r, end);
        break;
      case 34: {
        const id = hex(r, end);
        // What is no id names no parent: it has no column of its own, and would be another thing after a restart.
        span.parentId = id.length !== 16 || id === ZERO_SPAN ? '' : id;
        break;
      }
      case 42:
        span.name = internedString(r, end, names);
        break;
      case 48:
        span.kind = r.varint();
        break;
      case 57:
        span.start = r.fixed64(end);
        break;
      case 65:
        span.end = r.fixed64(end);
        break;
      case 74: {
        const to = r.limit(end);
        if (table.count - span.from >= LIMITS.maxAttributes || !readKeyValue(r, to, table)) span.droppedAttributes++;
        else table.mergeLast(span.from);
        r.pos = to;
        break;
      }
      case 80:
        span.droppedAttributes += r.varint();
        break;
      case 90:
      case 106:
        later++;
        r.pos = r.limit(end);
        break;
      case 122:
        status(r, r.limit(end), span);
        break;
      default:
        r.skip(tag & 7, end);
    }
  }
  span.to = table.count;
  if (later > 0) eventsAndLinks(r, begin, end, table, names, span);
  return span;
}

function status(r: WireReader, end: number, span: Span): void {
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 18) span.statusMessage = string(r, end);
    else if (tag === 24) span.statusCode = r.varint();
    else r.skip(tag & 7, end);
  }
}

function eventsAndLinks(r: WireReader, begin: number, end: number, table: AttributeTable, names: Interner, span: Span): void {
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  r.pos = begin;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 90 && events.length < LIMITS.maxEvents) events.push(event(r, r.limit(end), table, names));
    else if (tag === 106 && links.length < LIMITS.maxLinks) links.push(link(r, r.limit(end), table));
    else r.skip(tag & 7, end);
  }
  span.events = events;
  span.links = links;
}

function event(r: WireReader, end: number, table: AttributeTable, names: Interner): SpanEvent {
  const e: SpanEvent = { name: '', at: 0n, from: table.count, to: 0 };
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 9) e.at = r.fixed64(end);
    else if (tag === 18) e.name = internedString(r, end, names);
    else if (tag === 26) attribute(r, r.limit(end), table, e.from);
    else r.skip(tag & 7, end);
  }
  e.to = table.count;
  return e;
}

function link(r: WireReader, end: number, table: AttributeTable): SpanLink {
  const l: SpanLink = { traceId: '', spanId: '', from: table.count, to: 0 };
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 10) l.traceId = hex(r, end);
    else if (tag === 18) l.spanId = hex(r, end);
    else if (tag === 34) attribute(r, r.limit(end), table, l.from);
    else r.skip(tag & 7, end);
  }
  l.to = table.count;
  return l;
}

function hex(r: WireReader, end: number): string {
  const to = r.limit(end);
  const id = r.bytes.toString('hex', r.pos, to);
  r.pos = to;
  return id;
}

function string(r: WireReader, end: number): string {
  const to = r.limit(end);
  const text = r.bytes.toString('utf8', r.pos, to);
  r.pos = to;
  return text;
}

/** Names repeat: short ones are interned, long ones (a sender that puts data in names) are not. */
function internedString(r: WireReader, end: number, names: Interner): string {
  const to = r.limit(end);
  const length = to - r.pos;
  const text = length <= 64 && names.size < MAX_NAMES ? names.text(r.bytes, r.pos, length) : r.bytes.toString('utf8', r.pos, to);
  r.pos = to;
  return text;
}
