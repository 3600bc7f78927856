import OpenAI, { APIError } from 'openai';
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoModel, startDemoModel } from './index.ts';
import { countTokens } from './tokens.ts';

let demo: DemoModel;
let client: OpenAI;
beforeAll(async () => {
  demo = await startDemoModel({ chunkDelayMs: 0 });
  client = new OpenAI({ baseURL: demo.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => demo.close());

const calculator = { type: 'function' as const, function: { name: 'calculator' } };
const ask = (content: string, more: Partial<ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }], ...more });

async function stream(content: string, usage = true): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  const options = usage ? { stream_options: { include_usage: true } } : {};
  const messages = [{ role: 'user' as const, content }];
  for await (const chunk of await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true, ...options }))
    chunks.push(chunk);
  return chunks;
}

describe('the demo model', () => {
  it('lists its models', async () => {
    expect((await client.models.list()).data.map((model) => model.id)).toEqual(['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini']);
  });

  it('answers the same, under another id', async () => {
    const [first, second] = [await ask('Why is the sky blue?'), await ask('Why is the sky blue?')];
    expect(first.choices).toEqual(second.choices);
    expect(first.usage).toEqual(second.usage);
    expect(first.id).toMatch(/^chatcmpl-\w{24}$/);
    expect(first.id).not.toBe(second.id);
    expect(first._request_id).toMatch(/^req_\w{24}$/);
    expect(first.model).toBe('gpt-4o-mini-2024-07-18');
  });

  it('streams the same answer in pieces, with usage only when asked', async () => {
    const whole = await ask('Why is the sky blue?');
    const chunks = await stream('Why is the sky blue?');
    expect(chunks.length).toBeGreaterThan(20);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect((await stream('Hi', false)).some((chunk) => chunk.usage)).toBe(false);
  });

  it('counts what it reads and says, and what it has read before', async () => {
    const first: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Why is the sky blue?' }];
    const one = await ask('', { messages: first });
    const said = one.choices[0]?.message.content ?? '';
    expect(one.usage).toEqual({
      prompt_tokens: 6 + 4 + 3,
      completion_tokens: countTokens(said),
      total_tokens: 13 + countTokens(said),
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    });
    const two = await ask('', { messages: [...first, { role: 'assistant', content: said }, { role: 'user', content: 'Thanks' }] });
    expect(two.usage?.prompt_tokens_details?.cached_tokens).toBe(6 + 4);
    expect(two.usage?.prompt_tokens).toBe(10 + (4 + countTokens(said)) + (4 + 1) + 3);
  });

  it('thinks first when asked to, and that counts as output', async () => {
    const { usage, choices } = await ask('Why is the sky blue? Step by step.');
    const thought = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(thought).toBeGreaterThan(0);
    expect(usage?.completion_tokens).toBe(thought + countTokens(choices[0]?.message.content ?? ''));
  });

  it('stops at the limit', async () => {
    const { usage, choices } = await ask('Why is the sky blue?', { max_completion_tokens: 10 });
    expect(choices[0]?.finish_reason).toBe('length');
    expect(usage?.completion_tokens).toBeLessThanOrEqual(10);
  });

  it('asks for a tool, and answers with its result', async () => {
    const { choices } = await ask('calculate 6*7', { tools: [calculator] });
    const message = choices[0]!.message;
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    expect(message.tool_calls).toMatchObject([{ type: 'function', function: { name: 'calculator', arguments: '{"expression":"6*7"}' } }]);
    const messages: ChatCompletionMessageParam[] = [
      { role: 'user', content: 'calculate 6*7' },
      message,
      { role: 'tool', tool_call_id: message.tool_calls![0]!.id, content: '{"result":42}' },
    ];
    expect((await ask('', { messages, tools: [calculator] })).choices[0]?.message.content).toBe('The answer is **42**.');
    expect((await ask('calculate 6*7', { tools: [calculator], tool_choice: 'none' })).choices[0]?.finish_reason).toBe('stop');
  });

  it.each([
    ['[[error:429]] please', 429, 'rate_limit_exceeded'],
    ['[[error:500]]', 500, null],
    ['[[error:418]]', 418, null],
  ])('fails on %s', async (text, status, code) => {
    const error = await ask(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, code });
  });

  it('only fails for the last message, so that a conversation can go on', async () => {
    const messages: ChatCompletionMessageParam[] = [
      { role: 'user', content: '[[error:500]]' },
      { role: 'user', content: 'Hi' },
    ];
    await expect(ask('', { messages })).resolves.toBeDefined();
  });

  it.each([
    ['a model it does not have', { model: 'gpt-0' }, 404],
    ['no messages', { messages: [] }, 400],
  ])('refuses %s', async (_name, more, status) => {
    await expect(ask('Hi', more)).rejects.toMatchObject({ status });
  });

  it('refuses what is no JSON, and addresses it does not have', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await fetch(`${demo.url}/chat/completions`, { method: 'POST', headers, body: '{' });
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
    expect((await fetch(`${demo.url}/embeddings`, { method: 'POST' })).status).toBe(404);
  });

  it('breaks the connection in the middle when told to', async () => {
    await expect(stream('Why is the sky blue? [[cut]]')).rejects.toThrow();
    await expect(ask('Why is the sky blue? [[cut]]')).rejects.toThrow();
  });
});
