import { describe, expect, it } from 'vitest';
import { interpret } from '../../test/support/otlp-interpret.ts';
import type { Value } from '../../test/support/otlp-wire.ts';

const read = (attributes: Readonly<Record<string, Value>>) => interpret({ attributes });
const user = { role: 'user', parts: [{ type: 'text', content: 'hi' }] };
const answer = { role: 'assistant', parts: [{ type: 'text', content: 'hello' }] };

describe('messages', () => {
  it('as JSON are one text each, in order, and no attribute any more', () => {
    const { input, output, attributes } = read({
      'gen_ai.input.messages': JSON.stringify([user, answer, user]),
      'gen_ai.output.messages': JSON.stringify([answer]),
      other: 'x',
    });
    expect(input).toEqual([user, answer, user]);
    expect(output).toEqual([answer]);
    expect(attributes).toEqual({ other: 'x' });
  });

  it('as structured values are the same texts', () => {
    const asJson = read({ 'gen_ai.input.messages': JSON.stringify([user, answer]) });
    const structured = read({ 'gen_ai.input.messages': [user, answer] });
    expect(structured.input).toEqual([user, answer]);
    expect(structured.draft.inputRefs).toEqual(asJson.draft.inputRefs);
  });

  it('that were cut are kept as the text they are', () => {
    const cut = JSON.stringify([user, answer]).slice(0, -3);
    expect(read({ 'gen_ai.input.messages': cut }).input).toEqual([cut]);
  });

  it('that are many and too short to be any are kept as one text', () => {
    expect(read({ 'gen_ai.input.messages': JSON.stringify(Array(1000).fill(1)) }).input).toEqual([Array(1000).fill(1)]);
    expect(read({ 'gen_ai.input.messages': Array(1000).fill(1n) }).input).toEqual([Array(1000).fill(1)]);
    expect(read({ 'gen_ai.input.messages': '["hi","there"]' }).input).toEqual(['hi', 'there']);
    expect(read({ 'gen_ai.input.messages': JSON.stringify(Array(1000).fill(user)) }).input).toHaveLength(1000);
  });

  it.each([2000, 2001])('of which there are %d are all kept, in either form', (count) => {
    const many = Array<typeof user>(count).fill(user);
    const expected = count > 2000 ? [many] : many;
    expect(read({ 'gen_ai.input.messages': JSON.stringify(many) }).input).toEqual(expected);
    expect(read({ 'gen_ai.input.messages': many }).input).toEqual(expected);
  });

  it('follow the instructions', () => {
    const { input } = read({ 'gen_ai.system_instructions': 'be kind', 'gen_ai.input.messages': JSON.stringify([user]) });
    expect(input).toEqual([{ role: 'system', content: 'be kind' }, user]);
  });

  it('of several conventions are taken once, from the first', () => {
    const { input, attributes } = read({ 'gen_ai.input.messages': JSON.stringify([user]), 'input.value': 'the same again' });
    expect(input).toEqual([user]);
    expect(attributes).toEqual({ 'input.value': 'the same again' });
  });

  it('of an AI SDK answer become one message', () => {
    const { output } = read({
      'ai.response.text': 'hello',
      'ai.response.reasoning': 'because',
      'ai.response.toolCalls': JSON.stringify([{ toolName: 'search', input: { q: 1 } }]),
    });
    expect(output).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'because' },
          { type: 'text', text: 'hello' },
          { type: 'tool-call', toolName: 'search', input: { q: 1 } },
        ],
      },
    ]);
  });

  it('in events are texts, other events stay events', () => {
    const { input, output, draft } = interpret({
      events: [
        { name: 'gen_ai.user.message', attributes: { content: 'hi' } },
        { name: 'gen_ai.choice', attributes: { message: 'hello', index: 0n } },
        { name: 'exception', at: 5n, attributes: { 'exception.type': 'E' } },
      ],
    });
    expect(input).toEqual([{ role: 'user', content: 'hi' }]);
    expect(output).toEqual([{ role: 'assistant', message: 'hello', index: 0 }]);
    expect(JSON.parse(draft.events)).toEqual([{ name: 'exception', at: '5', attributes: { 'exception.type': 'E' } }]);
  });
});

describe('flattened messages', () => {
  it('are rebuilt in the order of their numbers, gaps closed', () => {
    const numbers = [10, 2, 0, 11, 1999];
    const { input, attributes } = read(Object.fromEntries(numbers.map((n) => [`llm.input_messages.${n}.message.content`, `m${n}`])));
    expect(input).toEqual(['m0', 'm2', 'm10', 'm11', 'm1999'].map((content) => ({ content })));
    expect(attributes).toEqual({});
  });

  it('hold lists within, in the order of their numbers', () => {
    const prefix = 'llm.output_messages.0.message';
    const { output } = read({
      [`${prefix}.role`]: 'assistant',
      [`${prefix}.tool_calls.10.tool_call.function.name`]: 'b',
      [`${prefix}.tool_calls.9.tool_call.function.name`]: 'a',
      [`${prefix}.tool_calls.9.tool_call.function.arguments`]: '{}',
    });
    const calls = [{ tool_call: { function: { name: 'a', arguments: '{}' } } }, { tool_call: { function: { name: 'b' } } }];
    expect(output).toEqual([{ role: 'assistant', tool_calls: calls }]);
  });

  it('say more than the raw request beside them', () => {
    const { input, attributes } = read({ 'input.value': '{"messages":[]}', 'llm.input_messages.0.message.content': 'hi' });
    expect(input).toEqual([{ content: 'hi' }]);
    expect(attributes).toEqual({ 'input.value': '{"messages":[]}' });
  });

  it.each([2000, 999_999, 1_000_000])('beyond any real number (%d) stay attributes', (n) => {
    const key = `llm.input_messages.${n}.message.content`;
    expect(read({ [key]: 'x' })).toMatchObject({ input: [], attributes: { [key]: 'x' } });
  });

  it('with names of prototypes harm nothing', () => {
    const prefix = 'llm.input_messages.0.message';
    const { input } = read({ [`${prefix}.__proto__.polluted`]: 'x', [`${prefix}.constructor.prototype.polluted`]: 'y' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(input)).toBe('[{"__proto__":{"polluted":"x"},"constructor":{"prototype":{"polluted":"y"}}}]');
  });

  it('that contradict each other do not fail', () => {
    const prefix = 'llm.input_messages.0.message';
    expect(read({ [`${prefix}.content`]: 'text', [`${prefix}.content.0.text`]: 'part' }).input).toHaveLength(1);
    expect(read({ [`${prefix}.content.0.text`]: 'part', [`${prefix}.content`]: 'text' }).input).toHaveLength(1);
    expect(read({ [prefix]: ['a'], [`${prefix}.role`]: 'user' }).input).toHaveLength(1);
  });
});
