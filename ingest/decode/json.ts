import { getOrCreate } from '../collections.ts';
import { LIMITS } from './otlp.ts';
import { MalformedError } from './wire.ts';
import { WireWriter } from './writer.ts';

/**
 * OTLP/JSON to the same request in protobuf, so that one reader decides what a span is. Lenient as senders need it: 64-bit integers as
 * numbers or strings, hex ids of any case, enum names, null as missing, snake_case keys, unknown fields ignored (OTLP 1.x, "JSON Protobuf Encoding").
 * Throws {@link MalformedError} where the text is not JSON or the envelope is not an object; a bad span becomes one that is rejected alone.
 */
export function tracesFromJson(text: string): Buffer {
  const w = new WireWriter(text.length);
  let spans = 0;
  for (const resourceSpans of list(object(parse(text)), 'resourceSpans')) {
    w.message(1, () => {
      writeResource(w, resourceSpans);
      for (const scopeSpans of list(resourceSpans, 'scopeSpans')) {
        w.message(2, () => {
          writeScope(w, scopeSpans);
          // The reader refuses what is beyond its limit without a look at it: it needs to know only that there was one.
          for (const span of list(scopeSpans, 'spans')) w.message(2, ++spans <= LIMITS.maxSpans ? () => writeSpan(w, span) : NOTHING);
        });
      }
    });
  }
  return w.done();
}

/** The same for ExportLogsServiceRequest. */
export function logsFromJson(text: string): Buffer {
  const w = new WireWriter(text.length);
  let records = 0;
  for (const resourceLogs of list(object(parse(text)), 'resourceLogs')) {
    w.message(1, () => {
      writeResource(w, resourceLogs);
      for (const scopeLogs of list(resourceLogs, 'scopeLogs')) {
        w.message(2, () => {
          writeScope(w, scopeLogs);
          for (const record of list(scopeLogs, 'logRecords')) {
            w.message(2, ++records <= LIMITS.maxRecords ? () => writeLogRecord(w, record) : NOTHING);
          }
        });
      }
    });
  }
  return w.done();
}

/** How many groups an ExportMetricsServiceRequest holds. */
export const metricGroupsInJson = (text: string): number => list(object(parse(text)), 'resourceMetrics').length;

type Json = Readonly<Record<string, unknown>>;

const NOTHING = (): void => undefined;

/**
 * Objects, lists and fields that one body may hold: 50,000 spans of 16 attributes. A body that is nothing else takes twenty times its size in
 * memory, and is a thousandth of it on the wire.
 */
const MAX_PARTS = 4_000_000;

// Numbers of 16 digits and more lose their last digits in JSON.parse: nanoseconds sent as numbers would be off by up to 128 ns.
const LONG_INTEGER = /([:[,]\s*)(-?\d{16,20})(?=\s*[,}\]])/g;

function parse(text: string): unknown {
  if (text.trim() === '') return {};
  if (text.length > MAX_PARTS && partsOf(text) > MAX_PARTS) {
    throw new MalformedError(`the body holds more than ${MAX_PARTS} objects, lists and fields; send smaller batches`);
  }
  try {
    return JSON.parse(hasLongInteger(text) ? quoteLongIntegers(text) : text);
  } catch {
    throw new MalformedError('the body is not valid JSON');
  }
}

const hasLongInteger = (text: string): boolean => /[:[,]\s*-?\d{16,20}\s*[,}\]]/.test(text);

/** Quotes long integers outside of strings, in one pass: a pattern for strings takes quadratic time on a text that was made for it. */
function quoteLongIntegers(text: string): string {
  let out = '';
  let done = 0;
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from);
    const to = quote < 0 ? text.length : quote;
    const between = to - from > 16 ? text.slice(from, to) : '';
    const quoted = between.replace(LONG_INTEGER, '$1"$2"');
    if (quoted !== between) {
      out += text.slice(done, from) + quoted;
      done = to;
    }
    from = endOfString(text, to + 1);
  }
  return out + text.slice(done);
}

/** Objects, lists and fields, counted without parsing. */
function partsOf(text: string): number {
  let parts = 0;
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from);
    const to = quote < 0 ? text.length : quote;
    for (let i = from; i < to; i++) {
      const c = text.charCodeAt(i);
      if (c === 0x7b || c === 0x5b || c === 0x3a) parts++;
    }
    from = endOfString(text, to + 1);
  }
  return parts;
}

/** The position behind the closing quote of a string that begins before `from`. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

function object(value: unknown): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new MalformedError('the body must be a JSON object');
  return value as Json;
}

/** A field by its lowerCamelCase name or the snake_case one. */
function field(o: Json, name: string): unknown {
  const value = o[name];
  return value !== undefined ? value : o[snakeCase(name)];
}

const snakeNames = new Map<string, string>();
const snakeCase = (name: string): string => getOrCreate(snakeNames, name, () => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));

function list(o: Json, name: string): Json[] {
  const value = field(o, name);
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Json => item !== null && typeof item === 'object');
}

function writeResource(w: WireWriter, group: Json): void {
  const resource = field(group, 'resource');
  if (resource && typeof resource === 'object') w.message(1, () => writeAttributes(w, 1, resource as Json));
}

function writeScope(w: WireWriter, group: Json): void {
  const scope = field(group, 'scope');
  if (!scope || typeof scope !== 'object') return;
  w.message(1, () => {
    w.string(1, field(scope as Json, 'name'));
    w.string(2, field(scope as Json, 'version'));
    writeAttributes(w, 3, scope as Json);
  });
}

function writeSpan(w: WireWriter, s: Json): void {
  w.id(1, field(s, 'traceId'));
  w.id(2, field(s, 'spanId'));
  w.string(3, field(s, 'traceState'));
  w.id(4, field(s, 'parentSpanId'));
  w.string(5, field(s, 'name'));
  w.varint(6, enumNumber(field(s, 'kind'), SPAN_KINDS));
  w.fixed64(7, field(s, 'startTimeUnixNano'));
  w.fixed64(8, field(s, 'endTimeUnixNano'));
  writeAttributes(w, 9, s);
  w.varint(10, toNumber(field(s, 'droppedAttributesCount')) ?? 0);
  for (const e of list(s, 'events')) {
    w.message(11, () => {
      w.fixed64(1, field(e, 'timeUnixNano'));
      w.string(2, field(e, 'name'));
      writeAttributes(w, 3, e);
    });
  }
  for (const l of list(s, 'links')) {
    w.message(13, () => {
      w.id(1, field(l, 'traceId'));
      w.id(2, field(l, 'spanId'));
      writeAttributes(w, 4, l);
    });
  }
  const status = field(s, 'status');
  if (status && typeof status === 'object') {
    w.message(15, () => {
      w.string(2, field(status as Json, 'message'));
      w.varint(3, enumNumber(field(status as Json, 'code'), STATUS_CODES));
    });
  }
}

function writeLogRecord(w: WireWriter, l: Json): void {
  w.fixed64(1, field(l, 'timeUnixNano'));
  w.fixed64(11, field(l, 'observedTimeUnixNano'));
  const body = field(l, 'body');
  if (body && typeof body === 'object') w.message(5, () => writeAnyValue(w, body as Json, 0));
  writeAttributes(w, 6, l);
  w.id(9, field(l, 'traceId'));
  w.id(10, field(l, 'spanId'));
  w.string(12, field(l, 'eventName'));
}

function writeAttributes(w: WireWriter, number: number, owner: Json): void {
  for (const kv of list(owner, 'attributes')) w.message(number, () => writeKeyValue(w, kv, 0));
}

function writeKeyValue(w: WireWriter, kv: Json, depth: number): void {
  w.string(1, kv.key);
  const value = kv.value;
  if (value && typeof value === 'object') w.message(2, () => writeAnyValue(w, value as Json, depth));
}

const MAX_DEPTH = 40;

function writeAnyValue(w: WireWriter, v: Json, depth: number): void {
  if (depth > MAX_DEPTH) return;
  const string = field(v, 'stringValue');
  if (string !== undefined && string !== null) return w.string(1, string, true);
  const bool = field(v, 'boolValue');
  if (bool !== undefined && bool !== null) return w.varint(2, bool === true || bool === 'true' ? 1 : 0, true);
  const int = field(v, 'intValue');
  if (int !== undefined && int !== null) return writeInteger(w, int);
  const double = toNumber(field(v, 'doubleValue'));
  if (double !== null) return w.double(4, double);
  const array = field(v, 'arrayValue');
  if (array && typeof array === 'object') {
    return w.message(5, () => {
      for (const item of list(array as Json, 'values')) w.message(1, () => writeAnyValue(w, item, depth + 1));
    });
  }
  const kvlist = field(v, 'kvlistValue');
  if (kvlist && typeof kvlist === 'object') {
    return w.message(6, () => {
      for (const kv of list(kvlist as Json, 'values')) w.message(1, () => writeKeyValue(w, kv, depth + 1));
    });
  }
  const bytes = field(v, 'bytesValue');
  if (typeof bytes === 'string') w.bytes(7, Buffer.from(bytes, 'base64'));
}

/** A number, or text that stands for one (`"NaN"`); null for anything else. */
const toNumber = (value: unknown): number | null => (typeof value === 'number' || typeof value === 'string' ? Number(value) : null);

/** What is no integer of 64 bits is kept as it was said: cut to size it would be another number. */
function writeInteger(w: WireWriter, int: unknown): void {
  if (!w.int64(3, int) && (typeof int === 'number' || typeof int === 'string')) w.string(1, int, true);
}

const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'];

/** An enum as an integer, or by its name (`SPAN_KIND_CLIENT`, `STATUS_CODE_ERROR`). */
function enumNumber(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  if (/^\d+$/.test(value)) return Number(value);
  return Math.max(
    0,
    names.findIndex((name) => value.toUpperCase().endsWith(name)),
  );
}
