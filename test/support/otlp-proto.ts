import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

/**
 * The traces of OTLP in the words of opentelemetry-proto 1.x, read by protobufjs: a decoder that shares nothing with ours, to compare with.
 */
const PROTO = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; fixed32 flags = 16;
  string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  repeated Event events = 11; uint32 dropped_events_count = 12;
  repeated Link links = 13; uint32 dropped_links_count = 14;
  Status status = 15;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; fixed32 flags = 6; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value {
  string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
} }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;

const root = protobuf.parse(PROTO).root;
const Request = root.lookupType('Request');

/** A span of any decoder, as plain data. Attributes are a list of pairs, times decimal text. */
export interface PlainSpan {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  kind: number;
  start: string;
  end: string;
  status: { code: number; message: string };
  traceState: string;
  attributes: [string, unknown][];
  events: { name: string; at: string; attributes: [string, unknown][] }[];
  links: { traceId: string; spanId: string; attributes: [string, unknown][] }[];
  resource: [string, unknown][];
  scope: { name: string; version: string };
}

interface Pb {
  readonly [field: string]: unknown;
}

/** What protobufjs reads. Throws where it refuses the bytes. */
export function protobufSpans(bytes: Uint8Array): PlainSpan[] {
  const request = Request.toObject(Request.decode(bytes), { longs: String, arrays: true, defaults: true, oneofs: true }) as Pb;
  return list(request.resourceSpans).flatMap((rs) =>
    list(rs.scopeSpans).flatMap((ss) =>
      list(ss.spans).map((s) => ({
        traceId: hex(s.traceId),
        spanId: hex(s.spanId),
        parentId: hex(s.parentSpanId).replace(/^0+$/, ''),
        name: String(s.name),
        kind: Number(s.kind),
        start: String(s.startTimeUnixNano),
        end: String(s.endTimeUnixNano),
        status: { code: Number((s.status as Pb | null)?.code ?? 0), message: String((s.status as Pb | null)?.message ?? '') },
        traceState: String(s.traceState),
        attributes: pairs(s.attributes),
        events: list(s.events).map((e) => ({ name: String(e.name), at: String(e.timeUnixNano), attributes: pairs(e.attributes) })),
        links: list(s.links).map((l) => ({ traceId: hex(l.traceId), spanId: hex(l.spanId), attributes: pairs(l.attributes) })),
        resource: pairs((rs.resource as Pb | null)?.attributes),
        scope: { name: String((ss.scope as Pb | null)?.name ?? ''), version: String((ss.scope as Pb | null)?.version ?? '') },
      })),
    ),
  );
}

const list = (value: unknown): Pb[] => (value ?? []) as Pb[];
const hex = (value: unknown): string => Buffer.from((value ?? []) as Uint8Array).toString('hex');
const pairs = (value: unknown): [string, unknown][] => list(value).map((kv) => [String(kv.key), plain(kv.value as Pb | null)]);

function plain(value: Pb | null): unknown {
  switch (value?.value) {
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
      return value[value.value];
    case 'intValue':
      return Number(value.intValue);
    case 'arrayValue':
      return list((value.arrayValue as Pb).values).map(plain);
    case 'kvlistValue':
      return Object.fromEntries(pairs((value.kvlistValue as Pb).values));
    case 'bytesValue':
      return Buffer.from(value.bytesValue as Uint8Array).toString('base64');
    default:
      return null;
  }
}

/** The captured requests of real senders, see their README. */
export const CAPTURES = fileURLToPath(new URL('../fixtures/otlp-captures/', import.meta.url));

/** Captured requests to the traces signal, with both encodings where there are both. */
export function traceCaptures(): { name: string; pb: Buffer | null; json: string }[] {
  return readdirSync(CAPTURES)
    .filter((file) => file.endsWith('.otlp.json') && !file.includes('.logs.'))
    .map((file) => {
      const json = readFileSync(CAPTURES + file, 'utf8');
      const twin = file.replace(/json$/, 'pb');
      return {
        name: file.replace('.otlp.json', ''),
        pb: readdirSync(CAPTURES).includes(twin) ? readFileSync(CAPTURES + twin) : null,
        json,
      };
    });
}
