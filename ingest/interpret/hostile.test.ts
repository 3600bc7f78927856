import { describe, expect, it } from 'vitest';
import { interpret } from '../../test/support/otlp-interpret.ts';
import { anyValue, keyValue, lengthField, nested, type SpanInput, spanMessage, type Value } from '../../test/support/otlp-wire.ts';
import { decodeTraces } from '../decode/otlp.ts';
import { type Draft, Flag, Known, MAX_VALUE } from '../draft.ts';
import { Interpreter } from './interpret.ts';
import { cut, parseJson, plainText } from './plain.ts';
import { Texts } from './texts.ts';

// What a sender can put where a text, a number or a list is expected. None of it may fail: it would be answered with "come again", for ever.

const DEEP = '['.repeat(50_000) + ']'.repeat(50_000);
const CALL = { 'gen_ai.operation.name': 'chat' };
const draftOf = (attributes: Readonly<Record<string, Value>>, over: SpanInput = {}): Draft => interpret({ ...over, attributes }).draft;

describe('a value of the wrong kind', () => {
  it.each<[string, SpanInput, (d: Draft) => unknown, unknown]>([
    ['a map as tag', { attributes: { 'airuns.tags': [{ a: 1n }, 'b'] } }, (d) => d.ownTags, ['{"a":1}', 'b']],
    ['a list as tag', { attributes: { 'airuns.tags': '[[1,[2]],"b"]' } }, (d) => d.ownTags, ['[1,[2]]', 'b']],
    ['a map as user', { attributes: { 'user.id': { a: 'b' } } }, (d) => d.ownUser, '{"a":"b"}'],
    ['a map in the JSON of a field', { attributes: { metadata: '{"user_id":{"toString":1}}' } }, (d) => d.ownUser, '{"toString":1}'],
    [
      'a map as type of an exception',
      { status: { code: 2 }, events: [{ name: 'exception', attributes: { 'exception.type': { a: 'b' }, 'exception.message': [1n] } }] },
      (d) => [d.errorType, d.errorMessage],
      ['{"a":"b"}', '[1]'],
    ],
    ['half a character in the JSON of a field', { attributes: { metadata: '{"user_id":"a\\ud800"}' } }, (d) => d.ownUser, 'a\ufffd'],
    [
      'a tag that would be cut within a character',
      { attributes: { 'airuns.tags': ['x'.repeat(63) + '🧾'] } },
      (d) => d.ownTags,
      ['x'.repeat(63)],
    ],
  ])('%s', (_name, span, of, want) => expect(of(interpret(span).draft)).toEqual(want));
});

describe('JSON of 50,000 levels', () => {
  it.each<[string, SpanInput]>([
    ['as tags', { attributes: { 'airuns.tags': `[${DEEP}]` } }],
    ['in the field of a field', { attributes: { metadata: `{"user_id":${DEEP}}` } }],
    ['as a tool call', { attributes: { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.response.toolCalls': `[{"a":${DEEP}}]` } }],
    [
      'as the messages of an event',
      { events: [{ name: 'gen_ai.client.inference.operation.details', attributes: { 'gen_ai.input.messages': `[${DEEP}]` } }] },
    ],
    ['as messages', { attributes: { ...CALL, 'gen_ai.input.messages': `[${DEEP}]` } }],
  ])('%s is a text', (_name, span) => expect(interpret(span).draft.ownUser).toBe(''));

  it('is none, and brackets in a string do not count', () => {
    expect(parseJson(DEEP)).toBeUndefined();
    expect(parseJson(`["${'['.repeat(1000)}\\"${'['.repeat(1000)}"]`)).toHaveLength(1);
    expect(parseJson(`${'['.repeat(128)}1${']'.repeat(128)}`)).toBeDefined();
    expect(parseJson(`${'['.repeat(129)}1${']'.repeat(129)}`)).toBeUndefined();
    expect(parseJson('["open')).toBeUndefined();
  });
});

describe('texts made to take time', () => {
  const soon = (work: () => unknown): void => {
    const before = process.cpuUsage();
    work();
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  };

  it('digits without end are no number', () => {
    soon(() => {
      const d = draftOf({ ...CALL, 'gen_ai.usage.input_tokens': `${'1'.repeat(200_000)}x` });
      expect([d.known, d.flags & Flag.valueOutOfRange]).toEqual([0, Flag.valueOutOfRange]);
    });
  });

  it('commas without end are no tags', () => {
    soon(() => expect(draftOf({ 'airuns.tags': ','.repeat(8_000_000) }).ownTags).toEqual([]));
    expect(draftOf({ 'airuns.tags': 'a,b' }).ownTags).toEqual(['a', 'b']);
  });

  it('a resource of many attributes under many scopes is written once, and its texts are no more than the request accounts for', () => {
    const resource = lengthField(1, Buffer.concat(Array.from({ length: 1000 }, (_, i) => lengthField(1, keyValue(`k${i}`, 'v')))));
    const scopes = Array.from({ length: 20_000 }, (_, i) => {
      const span = spanMessage({ spanId: (i + 1).toString(16).padStart(16, '0') });
      return lengthField(2, Buffer.concat([lengthField(1, lengthField(1, `s${i}`)), lengthField(2, span)]));
    });
    const bytes = lengthField(1, Buffer.concat([resource, ...scopes]));
    const interpreter = new Interpreter();
    const texts = new Texts();
    soon(() => {
      const { drafts } = interpreter.interpret(decodeTraces(bytes, interpreter.keys, interpreter.names), texts, 0);
      expect(texts.bytes).toBeLessThan(5 * 1024 * 1024);
      const without = drafts.filter((d) => d.contextRef === '');
      expect(without.length).toBeGreaterThan(19_000);
      expect(without.every((d) => d.flags & Flag.attributesDropped)).toBe(true);
      expect(drafts[0]!.contextRef).not.toBe('');
    });
  });
});

describe('what is too long', () => {
  const long = 'x'.repeat(3_000_000);

  it('is cut where it should be a word', () => {
    const d = interpret({
      name: long,
      status: { code: 2, message: long },
      attributes: {
        ...CALL,
        'gen_ai.request.model': long,
        'gen_ai.provider.name': long,
        'gen_ai.response.id': long,
        'error.type': long,
        'airuns.run.name': long,
        'airuns.feature': long,
        'airuns.run.id': long,
        'airuns.source.id': long,
        'user.id': long,
        'session.id': long,
      },
    }).draft;
    const lengths = [d.name, d.model, d.requestModel, d.provider, d.responseId, d.errorType, d.runName].map((text) => text.length);
    expect(lengths).toEqual([1024, 256, 256, 256, 1024, 256, 512]);
    expect([d.ownFeature, d.ownRunId, d.ownSource, d.ownUser, d.ownSession].map((text) => text.length)).toEqual([64, 256, 256, 256, 256]);
    expect(d.errorMessage).toHaveLength(MAX_VALUE);
  });

  it('is cut in a marker, which is kept in memory', () => {
    const attributes = { 'airuns.live': 'start', 'airuns.run.id': long, 'airuns.feature': long, 'user.id': long, 'session.id': long };
    const [marker] = interpret({ name: long, attributes }).markers;
    const { runId, name, feature, userId, sessionId } = marker!;
    expect([runId, name, feature, userId, sessionId].map((text) => text.length)).toEqual([256, 1024, 64, 256, 256]);
  });

  it('is cut within events and links, and told', () => {
    const d = interpret({
      events: [{ name: 'e', attributes: { text: long, list: [long, 'y'] } }],
      raw: lengthField(13, Buffer.concat([lengthField(1, Buffer.alloc(5000)), lengthField(4, keyValue('k', long))])),
    }).draft;
    const [event] = JSON.parse(d.events) as { attributes: Record<string, string> }[];
    expect([event!.attributes.text!.length, event!.attributes.list!.length]).toEqual([MAX_VALUE, MAX_VALUE]);
    const [link] = JSON.parse(d.links) as { traceId: string; attributes: Record<string, string> }[];
    expect([link!.traceId.length, link!.attributes.k!.length]).toEqual([32, MAX_VALUE]);
    expect(d.flags & Flag.truncated).toBe(Flag.truncated);
  });

  it('is left out where all events together are', () => {
    const events = Array.from({ length: 512 }, () => ({ name: 'e', attributes: { text: 'x'.repeat(MAX_VALUE) } }));
    const d = interpret({ events }).draft;
    expect(d.events.length).toBeLessThan(5 * 1024 * 1024);
    expect((JSON.parse(d.events) as unknown[]).length).toBeGreaterThan(60);
    expect(d.flags & Flag.truncated).toBe(Flag.truncated);
  });

  it.each<[string, Value, boolean]>([
    ['32 levels', nested(32), false],
    ['33 levels', nested(33), true],
    ['100,000 items', lengthField(5, Buffer.alloc(200_000, Buffer.of(0x0a, 0x00))), false],
    ['100,001 items', lengthField(5, Buffer.alloc(200_002, Buffer.of(0x0a, 0x00))), true],
    ['a map of 33 levels', lengthField(6, lengthField(1, keyValue('k', nested(32)))), true],
  ])('is told of a list: %s', (_name, value, cutOff) => {
    expect((draftOf({ 'gen_ai.input.messages': anyValue(value) }).flags & Flag.truncated) !== 0).toBe(cutOff);
  });
});

describe('figures beyond what can be held', () => {
  it('input that would take in more cached tokens than a count can hold is unknown', () => {
    const most = 2n ** 53n - 1n;
    const d = draftOf({ ...CALL, 'gen_ai.usage.input_tokens': 5n, 'gen_ai.usage.cache_read_input_tokens': most });
    expect([d.known & Known.input, d.input, d.flags & Flag.valueOutOfRange]).toEqual([0, 0, Flag.valueOutOfRange]);
    expect([d.known & Known.cacheRead, d.cacheRead]).toEqual([Known.cacheRead, Number(most)]);
  });

  it('a first token at the end of all days, on a span without an end, is unknown', () => {
    const attributes = { 'mastra.completion_start_time': '+275760-09-13T00:00:00.000Z' };
    expect(interpret({ attributes, end: 0n }).draft.ttftNs).toBe(0n);
  });
});

describe('plain texts', () => {
  it.each<[unknown, string]>([
    ['a', 'a'],
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [false, 'false'],
    [Object.create(null), '{}'],
    [[Object.create(null)], '[{}]'],
    ['\udc00🧾', '\ufffd🧾'],
  ])('%#', (value, text) => expect(plainText(value)).toBe(text));

  it('are cut between characters', () => {
    expect(['abc', 'ab🧾', 'ab🧾c'].map((text) => cut(text, 3))).toEqual(['abc', 'ab', 'ab']);
    expect(cut('ab🧾', 4)).toBe('ab🧾');
  });
});
