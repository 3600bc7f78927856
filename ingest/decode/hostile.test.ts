import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { random } from '../../test/bench/payload.ts';
import { CAPTURES, traceCaptures } from '../../test/support/otlp-proto.ts';
import {
  anyValue,
  bytesValue,
  fixed64Field,
  keyValue,
  lengthField,
  logsRequestOf,
  nested,
  requestOf,
  type SpanInput,
  spanMessage,
  type Value,
  varint,
  varintField,
} from '../../test/support/otlp-wire.ts';
import { Interpreter } from '../interpret/interpret.ts';
import { Texts } from '../interpret/texts.ts';
import { KeyTable } from './attributes.ts';
import { Interner } from './intern.ts';
import { decodeLogs } from './logs.ts';
import { decodeTraces } from './otlp.ts';
import type { SpanBatch } from './span.ts';
import { MalformedError } from './wire.ts';

const decode = (bytes: Buffer): SpanBatch => decodeTraces(bytes, new KeyTable(), new Interner());
const decodeSpan = (span: SpanInput): SpanBatch => decode(requestOf(spanMessage(span)));

/** Attributes of the first span as [key, text]. */
function attributesOf({ attributes, spans }: Pick<SpanBatch, 'attributes' | 'spans'>): [string, string][] {
  const { from, to } = spans[0]!;
  return Array.from({ length: to - from }, (_, i) => [attributes.keyTable.name(attributes.keys[from + i]!), attributes.text(from + i)]);
}

/** Every way through a request up to the texts that are stored. Only decoding may refuse it, with a MalformedError; later nobody can. */
function wholeWay(bytes: Buffer, interpreter: Interpreter): number | 'malformed' {
  let batch: SpanBatch;
  try {
    batch = decodeTraces(bytes, interpreter.keys, interpreter.names);
  } catch (error) {
    if (error instanceof MalformedError) return 'malformed';
    throw error;
  }
  const { drafts, markers } = interpreter.interpret(batch, new Texts(), 0);
  for (const { attributes: a } of drafts) for (let i = a.from; i < a.to; i++) a.table.text(i);
  return drafts.length + markers.length;
}

describe('a request that was cut', () => {
  it.each(['ai-sdk-v5-generate.otlp.pb', 'openinference-openai-tools-root.otlp.pb'])('%s at every byte', (file) => {
    const whole = readFileSync(CAPTURES + file);
    const interpreter = new Interpreter();
    const spans = wholeWay(whole, interpreter);
    for (let length = 1; length < whole.length; length++) {
      // A copy: what lies behind the cut must not be readable.
      const cut = wholeWay(Buffer.from(whole.subarray(0, length)), interpreter);
      if (cut !== 'malformed') expect(cut).toBeLessThan(spans as number);
    }
  });

  it('logs at every byte', () => {
    const whole = readFileSync(`${CAPTURES}otel-openai-chat.2.logs.otlp.pb`);
    const keys = new KeyTable();
    for (let length = 1; length < whole.length; length++) {
      expect(() => decodeLogs(Buffer.from(whole.subarray(0, length)), keys)).toThrow(MalformedError);
    }
  });
});

describe('random bytes', () => {
  const SEED = 20261122;

  it('are refused or read, never anything else', () => {
    const next = random(SEED);
    const interpreter = new Interpreter();
    for (let run = 0; run < 10_000; run++) {
      const bytes = Buffer.from(Array.from({ length: Math.floor(next() * 60) }, () => Math.floor(next() * 256)));
      wholeWay(bytes, interpreter);
      try {
        decodeLogs(bytes, interpreter.keys);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }
  });

  it('put into real requests do the same', () => {
    const next = random(SEED);
    const interpreter = new Interpreter();
    const requests = traceCaptures().flatMap(({ pb }) => (pb && pb.length < 20_000 ? [pb] : []));
    for (let run = 0; run < 10_000; run++) {
      const bytes = Buffer.from(requests[run % requests.length]!);
      for (let flips = 1 + Math.floor(next() * 4); flips > 0; flips--) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      wholeWay(bytes, interpreter);
      interpreter.trim();
    }
  }, 60_000);
});

describe('bytes that no encoder writes', () => {
  const overlong = Buffer.from([...Array(10).fill(0x80), 0x00]);
  it.each<[string, Buffer]>([
    ['a varint of 11 bytes', overlong],
    ['a length of 11 bytes', Buffer.concat([Buffer.of(0x0a), overlong])],
    ['a length beyond the end', Buffer.of(0x0a, 5, 1)],
    ['a length of 2^63', Buffer.concat([Buffer.of(0x0a), varint(2n ** 63n)])],
    ['a group', Buffer.of(0x0b, 0x0c)],
    ['the end of a group', Buffer.of(0x0c)],
    ['wire type 6', Buffer.of(0x0e)],
    ['wire type 7', Buffer.of(0x0f)],
    ['a fixed value that ends too early', Buffer.of(0x11, 1, 2, 3)],
    ['a tag alone', Buffer.of(0x0a)],
  ])('%s breaks the request', (_name, bytes) => expect(() => decode(bytes)).toThrow(MalformedError));

  it.each<[string, Uint8Array]>([
    ['a name as number', varintField(5, 7)],
    ['a start as varint', varintField(7, 7)],
    ['an unknown field', lengthField(99, 'x')],
    ['an unknown fixed32', Buffer.of(0x85, 0x01, 1, 2, 3, 4)],
    ['flags', Buffer.from([0x85, 0x01, 1, 1, 0, 0])],
    ['a field of number 0', Buffer.of(0x00, 0x01)],
  ])('%s is passed over', (_name, raw) => {
    expect(decodeSpan({ raw }).spans).toHaveLength(1);
  });

  it.each<[string, Uint8Array]>([
    ['a group', Buffer.of(0x0b)],
    ['an attribute that runs past its span', Buffer.of(0x4a, 0x7f)],
    ['an event that does', lengthField(11, Buffer.of(0x12, 0x7f))],
    ['a varint of 11 bytes', Buffer.concat([Buffer.of(0x30), overlong])],
    ['a list that runs past its value', lengthField(9, keyValue('k', Buffer.of(0x2a, 2, 0x0a, 9)))],
    ['a text in a list that does', lengthField(9, keyValue('k', lengthField(5, lengthField(1, Buffer.of(0x0a, 9)))))],
    ['a map of which a key does', lengthField(9, keyValue('k', lengthField(6, lengthField(1, Buffer.of(0x0a, 9)))))],
    ['a number in a map that does', lengthField(9, keyValue('k', lengthField(6, lengthField(1, lengthField(2, Buffer.of(0x18, 0xff))))))],
    ['a list in an event that does', lengthField(11, lengthField(3, keyValue('k', Buffer.of(0x2a, 2, 0x0a, 9))))],
    ['a value that runs past its attribute', lengthField(9, Buffer.concat([lengthField(1, 'k'), lengthField(2, Buffer.of(0x0a, 0x09))]))],
  ])('%s takes down its span alone', (_name, raw) => {
    const { spans, rejected, attributes } = decode(
      requestOf(spanMessage({ attributes: { a: 'x' }, raw }), spanMessage({ attributes: { b: 'y' } })),
    );
    expect(spans).toHaveLength(1);
    expect([...rejected]).toEqual([['malformed_span', 1]]);
    expect(attributesOf({ spans, attributes })).toEqual([['b', 'y']]);
  });

  it('fields in any order, the resource behind its spans, ids twice', () => {
    const ordered = spanMessage({ name: 'n', attributes: { a: 'x' } });
    const request = lengthField(
      1,
      Buffer.concat([
        lengthField(2, Buffer.concat([lengthField(2, ordered), lengthField(1, lengthField(1, 'late scope'))])),
        lengthField(1, lengthField(1, keyValue('late', 'resource'))),
      ]),
    );
    const { spans, attributes } = decode(request);
    const { origin } = spans[0]!;
    expect(origin.scopeName).toBe('late scope');
    expect(attributes.text(origin.resourceFrom)).toBe('resource');
  });
});

describe('ids', () => {
  it.each<[string, SpanInput, string]>([
    ['no trace id', { traceId: '' }, 'invalid_trace_id'],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'invalid_trace_id'],
    ['15 bytes', { traceId: 'ab'.repeat(15) }, 'invalid_trace_id'],
    ['17 bytes', { traceId: 'ab'.repeat(17) }, 'invalid_trace_id'],
    ['no span id', { spanId: '' }, 'invalid_span_id'],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'invalid_span_id'],
    ['7 bytes', { spanId: 'ab'.repeat(7) }, 'invalid_span_id'],
  ])('%s', (_name, span, reason) => expect([...decodeSpan(span).rejected]).toEqual([[reason, 1]]));

  it.each(['', '0'.repeat(16), 'ab'.repeat(7), 'ab'.repeat(9)])('a parent of %j is none', (parentId) => {
    expect(decodeSpan({ parentId }).spans[0]!.parentId).toBe('');
  });

  it('more than 50,000 spans are refused by number', () => {
    const span = spanMessage({});
    const { spans, rejected } = decode(requestOf(...Array<Buffer>(50_003).fill(span)));
    expect(spans).toHaveLength(50_000);
    expect([...rejected]).toEqual([['too_many_spans', 3]]);
  });
});

describe('attributes', () => {
  it('beyond 1,024 are dropped and counted', () => {
    const attributes = Array.from({ length: 100_000 }, (_, i): [string, Value] => [`k${i}`, 'v']);
    const batch = decodeSpan({ attributes });
    expect(attributesOf(batch)).toHaveLength(1024);
    expect(batch.spans[0]!.droppedAttributes).toBe(100_000 - 1024);
  });

  it('of one key are one: the last wins, in its place', () => {
    const batch = decodeSpan({
      attributes: [
        ['a', 'first'],
        ['b', 'x'],
        ['a', 5n],
        ['a', 'last'],
      ],
    });
    expect(attributesOf(batch)).toEqual([
      ['a', 'last'],
      ['b', 'x'],
    ]);
  });

  it('of one key in two spans, and on a span and its event, are two', () => {
    const { spans, attributes } = decode(
      requestOf(
        spanMessage({ attributes: { a: '1' }, events: [{ name: 'e', attributes: { a: '2' } }] }),
        spanMessage({ attributes: { a: '3' } }),
      ),
    );
    const texts = [spans[0]!, spans[0]!.events[0]!, spans[1]!].map(({ from, to }) => [to - from, attributes.text(from)]);
    expect(texts).toEqual([
      [1, '1'],
      [1, '2'],
      [1, '3'],
    ]);
  });

  it.each(['', 'k'.repeat(257), 'k'.repeat(1_000_000)])('with a key that is no key are dropped and counted: %#', (key) => {
    const { spans } = decodeSpan({ attributes: [[key, 'v']] });
    expect(spans[0]).toMatchObject({ droppedAttributes: 1 });
    expect(spans[0]!.to).toBe(spans[0]!.from);
  });

  it.each(['__proto__', 'constructor', 'toString', 'a.__proto__.b', 'constructor.prototype.x'])(
    'named %s are names like any other',
    (key) => {
      expect(attributesOf(decodeSpan({ attributes: [[key, anyValue({ a: 'b' })]] }))).toEqual([[key, '{"a":"b"}']]);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    },
  );

  it('of nested lists stay, with keys that look like a prototype', () => {
    const nestedMap = lengthField(6, lengthField(1, keyValue('__proto__', 'polluted')));
    expect(attributesOf(decodeSpan({ attributes: { k: nestedMap } }))).toEqual([['k', '{"__proto__":"polluted"}']]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each<[string, Value, string]>([
    ['text', 'é🧾', 'é🧾'],
    ['nothing', null, ''],
    ['an int', 1767225600123456789n, '1767225600123456789'],
    ['the smallest int', -(2n ** 63n), '-9223372036854775808'],
    ['a double', 0.1, '0.1'],
    ['NaN', Number.NaN, 'NaN'],
    ['false', false, 'false'],
    ['bytes', bytesValue(Buffer.of(1, 2)), '"AQI="'],
    ['the last of several', Buffer.concat([anyValue('x'), anyValue(7n)]), '7'],
    ['the last of several, text', Buffer.concat([anyValue(7n), anyValue('x')]), 'x'],
    ['invalid UTF-8', lengthField(1, Buffer.of(0x61, 0xff)), 'a\ufffd'],
    ['32 levels', nested(32), `${'['.repeat(32)}"core"${']'.repeat(32)}`],
    ['33 levels', nested(33), `${'['.repeat(32)}null${']'.repeat(32)}`],
    ['an unknown kind of value', varintField(9, 1), ''],
  ])('hold %s', (_name, value, text) => expect(attributesOf(decodeSpan({ attributes: { k: value } }))).toEqual([['k', text]]));

  it.each<[string, Buffer, number]>([
    ['a list', lengthField(5, Buffer.alloc(2_000_000, Buffer.of(0x0a, 0x00))), 100_000],
    [
      'a list of lists',
      lengthField(5, Buffer.concat(Array<Buffer>(1000).fill(lengthField(1, lengthField(5, Buffer.alloc(2000, Buffer.of(0x0a, 0x00))))))),
      100,
    ],
    ['a map', lengthField(6, Buffer.alloc(2_000_000, Buffer.of(0x0a, 0x00))), 1],
  ])('hold %s of 100,000 items and no more', (_name, value, outer) => {
    const { spans, attributes } = decodeSpan({ attributes: { k: value } });
    const read = attributes.value(spans[0]!.from) as object;
    expect(Object.keys(read)).toHaveLength(outer);
  });

  it('of a log record are no more than those of a span', () => {
    const record = Buffer.concat(Array.from({ length: 5000 }, (_, i) => lengthField(6, keyValue(`k${i}`, 'v'))));
    const { records } = decodeLogs(logsRequestOf(record), new KeyTable());
    expect(records[0]!.to - records[0]!.from).toBe(1024);
  });

  it('of 10,000 levels are cut without falling over', () => {
    expect(attributesOf(decodeSpan({ attributes: { k: nested(10_000) } }))[0]![1]).toHaveLength(68);
  });

  it('of an event, a link, a scope and a resource are no more than those of a span', () => {
    const many = (field: number) => Buffer.concat(Array.from({ length: 5000 }, (_, i) => lengthField(field, keyValue(`k${i}`, 'v'))));
    const span = spanMessage({ raw: Buffer.concat([lengthField(11, many(3)), lengthField(13, many(4))]) });
    const scope = lengthField(2, Buffer.concat([lengthField(1, many(3)), lengthField(2, span)]));
    const { spans } = decode(lengthField(1, Buffer.concat([lengthField(1, many(1)), scope])));
    const { events, links, origin } = spans[0]!;
    const sizes = [events[0]!, links[0]!].map(({ from, to }) => to - from);
    expect([...sizes, origin.scopeTo - origin.scopeFrom, origin.resourceTo - origin.resourceFrom]).toEqual([1024, 1024, 1024, 1024]);
  });

  it('events and links beyond 512 are dropped', () => {
    const events = Array.from({ length: 5000 }, () => ({ name: 'e' }));
    const links = Buffer.concat(Array.from({ length: 5000 }, () => lengthField(13, lengthField(1, 'x'))));
    const span = decodeSpan({ events, raw: links }).spans[0]!;
    expect([span.events.length, span.links.length]).toEqual([512, 512]);
  });
});

describe('floods', () => {
  const within = <T>(ms: number, work: () => T): T => {
    const started = performance.now();
    const result = work();
    expect(performance.now() - started).toBeLessThan(ms);
    return result;
  };
  /** One request with all these keys, as many as a span may have on each. */
  const withKeys = (keys: readonly string[]): Buffer => {
    const spans: Buffer[] = [];
    for (let i = 0; i < keys.length; i += 1000)
      spans.push(spanMessage({ attributes: keys.slice(i, i + 1000).map((key): [string, Value] => [key, true]) }));
    return requestOf(...spans);
  };

  it('keys chosen to collide cost what other keys cost', () => {
    // "Aa" and "BB" have one hash under every polynomial of 31.
    const keys = Array.from({ length: 1 << 16 }, (_, i) =>
      [...i.toString(2).padStart(16, '0')].map((bit) => (bit === '0' ? 'Aa' : 'BB')).join(''),
    );
    const bytes = withKeys(keys);
    within(2000, () => decode(bytes));
  });

  it('endless new keys are dropped once the table of keys is full, and counted', () => {
    const keys = new KeyTable();
    keys.register(['known']);
    const many = Array.from({ length: KeyTable.limit + 5000 }, (_, i) => `k${i}`);
    const { spans } = decodeTraces(withKeys([...many, 'known', 'k0']), keys, new Interner());
    expect(keys.size).toBe(KeyTable.limit);
    expect(spans.reduce((sum, s) => sum + s.droppedAttributes, 0)).toBe(5002);
    expect(spans.at(-1)).toMatchObject({ droppedAttributes: 0 });
    expect(spans.at(-1)!.to - spans.at(-1)!.from).toBe(2);
  });

  it('of names and values make room for those that follow', () => {
    const interpreter = new Interpreter();
    const spans = Array.from(
      { length: 50_000 },
      (_, i) => (round: number) => spanMessage({ name: `n${round}-${i}`, attributes: { 'user.id': `u${round}-${i}` } }),
    );
    const book = (round: number): void => {
      const decoded = decodeTraces(requestOf(...spans.map((span) => span(round))), interpreter.keys, interpreter.names);
      interpreter.interpret(decoded, new Texts(), 0);
      interpreter.trim();
    };
    for (let round = 0; round < 5; round++) book(round);
    expect(interpreter.names.size).toBeLessThan(60_000);
  });

  it('log records beyond 50,000 are refused by number', () => {
    const record = fixed64Field(1, 5n);
    const { records, rejected } = decodeLogs(logsRequestOf(...Array<Buffer>(50_002).fill(record)), new KeyTable());
    expect(records).toHaveLength(50_000);
    expect(rejected).toBe(2);
  });

  it('a tool call that is one long text stays one', () => {
    const interpreter = new Interpreter();
    const texts = new Texts();
    const calls = JSON.stringify(['x'.repeat(500_000), { toolName: 'search' }]);
    const bytes = requestOf(
      spanMessage({ attributes: { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.response.toolCalls': calls } }),
    );
    const { drafts } = interpreter.interpret(decodeTraces(bytes, interpreter.keys, interpreter.names), texts, 0);
    const { bytes: written, from, to } = texts.slices.get(drafts[0]!.outputRefs[0]!)!;
    expect(to - from).toBeLessThan(501_000);
    expect(JSON.parse(written.toString('utf8', from, to)).content).toMatchObject([
      { type: 'tool-call' },
      { type: 'tool-call', toolName: 'search' },
    ]);
  });
});
