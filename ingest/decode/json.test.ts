import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { protobufSpans } from '../../test/support/otlp-proto.ts';
import { KeyTable } from './attributes.ts';
import { Interner } from './intern.ts';
import { logsFromJson, tracesFromJson } from './json.ts';
import { decodeLogs } from './logs.ts';
import { decodeTraces } from './otlp.ts';
import { MalformedError } from './wire.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = '00f067aa0ba902b7';

type Json = Record<string, unknown>;
const bodyOf = (...spans: Json[]): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const read = (text: string) => decodeTraces(tracesFromJson(text), new KeyTable(), new Interner());
const readSpan = (over: Json) => read(bodyOf({ traceId: TRACE, spanId: SPAN, ...over })).spans[0]!;

/** One attribute as it would be stored, given the text of its AnyValue. */
function stored(value: string): string {
  const { attributes, spans } = read(
    bodyOf({ traceId: TRACE, spanId: SPAN }).replace('}]}]}]}', `,"attributes":[{"key":"k","value":${value}}]}]}]}]}`),
  );
  return attributes.text(spans[0]!.from);
}

describe('integers of 64 bits', () => {
  it.each([
    ['as text', '"1767225600123456789"', '1767225600123456789'],
    ['as a number', '1767225600123456789', '1767225600123456789'],
    ['negative', '-1767225600123456789', '-1767225600123456789'],
    ['the largest', '9223372036854775807', '9223372036854775807'],
    ['the smallest', '"-9223372036854775808"', '-9223372036854775808'],
    ['just beyond a double', '9007199254740993', '9007199254740993'],
    ['small', '42', '42'],
    ['with space around', ' 1767225600123456789 ', '1767225600123456789'],
    ['too large for 64 bits: kept as said, not wrapped', '"18446744073709551617"', '18446744073709551617'],
    ['far too large', '1e30', '1e+30'],
    ['no integer', '1.5', '1.5'],
  ])('%s', (_name, sent, text) => expect(stored(`{"intValue":${sent}}`)).toBe(text));

  it('in a list', () => {
    const sent = '{"arrayValue":{"values":[{"intValue":1767225600123456789},{"intValue":"2"},{"intValue":-1}]}}';
    expect(stored(sent)).toBe('["1767225600123456789",2,-1]');
  });

  it('are left alone inside of texts', () => {
    expect(stored('{"stringValue":"[1767225600123456789,2]"}')).toBe('[1767225600123456789,2]');
    expect(stored('{"stringValue":"\\\\\\"[1767225600123456789,2]"}')).toBe('\\"[1767225600123456789,2]');
  });

  it.each([
    ['as text', '"1767225600123456789"', 1767225600123456789n],
    ['as a number', '1767225600123456789', 1767225600123456789n],
    ['2^64 - 1', '18446744073709551615', 18446744073709551615n],
    ['2^64 is no valid time by wrapping', '"18446744073709551616"', 18446744073709551615n],
    ['negative', '-5', 0n],
    ['null', 'null', 0n],
  ])('time %s', (_name, sent, want) => {
    const text = bodyOf({ traceId: TRACE, spanId: SPAN, startTimeUnixNano: 0 }).replace(
      '"startTimeUnixNano":0',
      `"startTimeUnixNano":${sent}`,
    );
    expect(read(text).spans[0]!.start).toBe(want);
  });
});

describe('other values', () => {
  it.each([
    ['{"doubleValue":"NaN"}', 'NaN'],
    ['{"doubleValue":"Infinity"}', 'Infinity'],
    ['{"doubleValue":0.1}', '0.1'],
    ['{"boolValue":false}', 'false'],
    ['{"boolValue":"true"}', 'true'],
    ['{"stringValue":""}', ''],
    ['{"bytesValue":"AQI="}', '"AQI="'],
    ['{"kvlistValue":{"values":[{"key":"__proto__","value":{"stringValue":"x"}}]}}', '{"__proto__":"x"}'],
    ['{"arrayValue":{}}', '[]'],
    ['{"string_value":"snake"}', 'snake'],
    ['{"stringValue":null,"intValue":3}', '3'],
    ['{}', ''],
    ['null', ''],
  ])('%s', (sent, want) => expect(stored(sent)).toBe(want));
});

describe('leniency', () => {
  it('reads keys in snake case', () => {
    const text = `{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"${TRACE}","span_id":"${SPAN}","parent_span_id":"${'a'.repeat(16)}","start_time_unix_nano":"5"}]}]}]}`;
    expect(read(text).spans[0]).toMatchObject({ traceId: TRACE, spanId: SPAN, parentId: 'a'.repeat(16), start: 5n });
  });

  it.each<[string, Json, Json]>([
    ['enums by name', { kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } }, { kind: 3, statusCode: 2 }],
    ['enums as text', { kind: '3', status: { code: '2' } }, { kind: 3, statusCode: 2 }],
    ['unknown names as unspecified', { kind: 'SPAN_KIND_ODD', status: { code: 'ODD' } }, { kind: 0, statusCode: 0 }],
    [
      'null as missing',
      { name: null, kind: null, status: null, attributes: null, events: null, parentSpanId: null },
      { name: '', kind: 0 },
    ],
    ['unknown fields', { nobody: { knows: [1] } }, { name: '' }],
    ['lists that are none', { attributes: {}, events: 'x', links: 5 }, { events: [], links: [] }],
    ['entries that are none', { attributes: [null, 5, 'x', {}], events: [null] }, { from: 0, to: 0 }],
    ['a name that is no text', { name: 5 }, { name: '5' }],
    ['an empty parent', { parentSpanId: '' }, { parentId: '' }],
    ['a parent of zeros', { parentSpanId: '0'.repeat(16) }, { parentId: '' }],
    ['a parent that is no id', { parentSpanId: 'nonsense' }, { parentId: '' }],
    ['ids in capitals', { traceId: TRACE.toUpperCase(), spanId: SPAN.toUpperCase() }, { traceId: TRACE, spanId: SPAN }],
  ])('%s', (_name, over, want) => expect(readSpan(over)).toMatchObject(want));

  it.each(['', '  \n', '{}', '{"resourceSpans":null}', '{"resourceSpans":[]}', '{"resourceSpans":[null,{}]}', '{"other":1}'])(
    'nothing in %j',
    (text) => {
      expect(read(text)).toMatchObject({ spans: [], rejected: new Map() });
    },
  );

  it.each(['[]', '5', '"x"', 'null', '{', '{"resourceSpans":[}', '\ufeff{}x', `{"a":1767225600123456789`])('refuses %j', (text) => {
    expect(() => tracesFromJson(text)).toThrow(MalformedError);
  });
});

describe('ids that are none', () => {
  it.each<[string, Json, string]>([
    ['base64 instead of hex', { traceId: Buffer.from(TRACE, 'hex').toString('base64') }, 'invalid_trace_id'],
    ['base64 span id', { spanId: Buffer.from(SPAN, 'hex').toString('base64') }, 'invalid_span_id'],
    ['zeros', { traceId: '0'.repeat(32) }, 'invalid_trace_id'],
    ['15 bytes', { traceId: TRACE.slice(2) }, 'invalid_trace_id'],
    ['17 bytes', { traceId: `${TRACE}00` }, 'invalid_trace_id'],
    ['missing', { traceId: null }, 'invalid_trace_id'],
    ['a number', { traceId: 5 }, 'invalid_trace_id'],
    ['15 characters', { traceId: 'abcdefghijklmno' }, 'invalid_trace_id'],
    ['7 digits', { spanId: '1234567' }, 'invalid_span_id'],
    ['31 digits', { traceId: TRACE.slice(1) }, 'invalid_trace_id'],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'invalid_span_id'],
    ['a span id that is missing', { spanId: undefined }, 'invalid_span_id'],
  ])('%s', (_name, over, reason) => {
    const good = { traceId: TRACE, spanId: SPAN };
    const { spans, rejected } = read(bodyOf({ ...good, ...over }, good));
    expect(spans).toHaveLength(1);
    expect([...rejected]).toEqual([[reason, 1]]);
  });
});

describe('depth and size', () => {
  const deep = (levels: number): string => `${'{"arrayValue":{"values":['.repeat(levels)}{"stringValue":"core"}${']}}'.repeat(levels)}`;

  it('keeps 32 levels of lists', () => expect(stored(deep(32))).toContain('core'));
  it.each([33, 10_000, 100_000])('cuts %d levels without falling over', (levels) => {
    const text = stored(deep(levels));
    expect(text).not.toContain('core');
    expect(text.length).toBeLessThan(200);
  });

  it('reads a text of 20 MB beside a long integer', () => {
    const long = 'x'.repeat(20_000_000);
    const span = readSpan({ startTimeUnixNano: 0, attributes: [{ key: 'k', value: { stringValue: long } }] });
    expect(span.to - span.from).toBe(1);
    const text = bodyOf({ traceId: TRACE, spanId: SPAN, name: long, startTimeUnixNano: 1 }).replace(':1}', ':1767225600123456789}');
    expect(read(text).spans[0]).toMatchObject({ start: 1767225600123456789n, name: long });
  });

  it.each([
    ['objects', '{}', 7_000_000],
    ['lists', '[]', 7_000_000],
    ['fields', '"":0', 7_000_000],
    ['depth', '[', 14_000_000],
  ])('refuses a body of nothing but %s at once', (_name, part, count) => {
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[${`${part},`.repeat(count)}`;
    const started = performance.now();
    expect(() => tracesFromJson(text)).toThrow(/send smaller batches/);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('takes as much text as there is, whatever it looks like', () => {
    expect(readSpan({ name: '{[:'.repeat(2_000_000) }).name).toHaveLength(6_000_000);
  });

  it('does not look into spans beyond the limit', () => {
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(3_000_000)}{}]}]}]}`;
    const started = performance.now();
    const { spans, rejected } = read(text);
    expect(performance.now() - started).toBeLessThan(6000);
    expect(spans).toEqual([]);
    expect([...rejected]).toEqual([
      ['invalid_trace_id', 50_000],
      ['too_many_spans', 2_950_001],
    ]);
  });

  it.each([
    ['escaped quotes', `[1767225600123456789,${'\\"'.repeat(200_000)}`],
    ['quotes', `[1767225600123456789,${'"'.repeat(400_001)}`],
    ['backslashes in a text without end', `[1767225600123456789,"${'\\'.repeat(400_000)}`],
    ['blanks', `[1767225600123456789,${' '.repeat(400_000)}x`],
    ['brackets and blanks', `[1767225600123456789,${'[ '.repeat(200_000)}`],
    ['digits', `[${'1'.repeat(400_000)}`],
  ])('refuses many %s at once', (_name, text) => {
    const started = performance.now();
    expect(() => tracesFromJson(text)).toThrow(MalformedError);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the protobuf that it is turned into', () => {
  // Sizes on both sides of each width of a length, so that every message must be moved at some point.
  const value: fc.Memo<Json> = fc.memo(
    (n): fc.Arbitrary<Json> =>
      n <= 1
        ? fc.oneof(
            fc.nat(40_000).map((size) => ({ stringValue: 'é'.repeat(size / 2) })),
            fc.integer().map((int) => ({ intValue: String(int) })),
            fc.boolean().map((bool) => ({ boolValue: bool })),
          )
        : fc.array(value(n - 1), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
  );
  const span = fc.record({
    traceId: fc.constant(TRACE),
    spanId: fc.constant(SPAN),
    name: fc.string(),
    attributes: fc.array(fc.record({ key: fc.string({ minLength: 1 }), value: value(3) }), { maxLength: 5 }),
    events: fc.array(fc.record({ name: fc.string({ maxLength: 300 }) }), { maxLength: 3 }),
  });

  it('is what protobufjs reads back', () => {
    const check = (spans: Json[]): void => {
      const back = protobufSpans(tracesFromJson(bodyOf(...spans)));
      expect(back.map((s) => s.name)).toEqual(spans.map((s) => s.name));
      expect(back.map((s) => s.attributes.map(([key, v]) => ({ key, v })))).toEqual(
        spans.map((s) => (s.attributes as { key: string; value: Json }[]).map(({ key, value: v }) => ({ key, v: plain(v) }))),
      );
      expect(back.map((s) => s.events.map((e) => e.name))).toEqual(spans.map((s) => (s.events as Json[]).map((e) => e.name)));
    };
    fc.assert(fc.property(fc.array(span, { minLength: 1, maxLength: 3 }), check), { numRuns: 100 });
  });

  function plain(v: Json): unknown {
    if ('arrayValue' in v) return (v.arrayValue as { values: Json[] }).values.map(plain);
    return 'intValue' in v ? Number(v.intValue) : (v.stringValue ?? v.boolValue);
  }
});

describe('logs', () => {
  const readLogs = (text: string) => decodeLogs(logsFromJson(text), new KeyTable());

  it('are read like spans', () => {
    const text = JSON.stringify({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                { traceId: TRACE.toUpperCase(), spanId: SPAN, eventName: 'e', timeUnixNano: '5', body: { stringValue: 'b' } },
                { observedTimeUnixNano: 7, body: { kvlistValue: { values: [{ key: 'a', value: { intValue: 1 } }] } } },
              ],
            },
          ],
        },
      ],
    });
    expect(readLogs(text).records).toMatchObject([
      { traceId: TRACE, spanId: SPAN, eventName: 'e', at: 5n, body: 'b' },
      { traceId: '', spanId: '', at: 7n, body: { a: 1 } },
    ]);
  });

  it.each(['', '{}', '{"resourceLogs":null}'])('nothing in %j', (text) => expect(readLogs(text).records).toEqual([]));
  it('refuses what is no JSON', () => expect(() => readLogs('{')).toThrow(MalformedError));
});
