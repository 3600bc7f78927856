import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDemoModel } from '../../features/demo-model/index.ts';
import type { History } from '../../features/index.ts';
import { Receiver, type WireSpan } from '../../instrumentation/testing/receiver.ts';
import type { Message } from '../../query/contract/index.ts';
import { ChatServer, dataOf, readEvents, textOf } from './chat-client.ts';

vi.setConfig({ testTimeout: 20_000 });

const UNSET = 0;
const ERROR = 2;

let receiver: Receiver;
let chat: ChatServer;
beforeEach(async () => {
  receiver = await Receiver.start();
  chat = await ChatServer.start({ otlpUrl: receiver.url });
});
afterEach(async () => {
  await chat.close();
  await receiver.close();
});

const roots = () => receiver.tasks.filter((span) => !span.parentSpanId);
const kind = (operation: string) => receiver.tasks.filter((span) => span.attributes['gen_ai.operation.name'] === operation);
/** The n-th turn's own span: it ends last, so everything below it is there as well. */
const turn = (n = 1): Promise<WireSpan> => receiver.until(() => roots()[n - 1]);
const messages = (span: WireSpan | undefined, side: 'input' | 'output') => JSON.parse(String(span?.attributes[`gen_ai.${side}.messages`]));

describe('a message', () => {
  it('is answered in pieces and is on the books as it was', async () => {
    const events = await chat.say({ message: 'Why is the sky blue?' });
    const names = events.map(({ event }) => event);
    expect([names[0], ...new Set(names.slice(1))]).toEqual(['run', 'delta', 'usage', 'done']);
    expect(textOf(events)).toContain('**short wavelengths**');

    const root = await turn();
    const [llm] = kind('chat');
    const [run, usage, done] = ['run', 'usage', 'done'].map((name) => dataOf(events, name)[0]!);
    expect(root).toMatchObject({ name: 'Why is the sky blue?', service: 'ai-runs-features', status: { code: UNSET } });
    expect(root.attributes).toEqual({
      'airuns.run.id': run?.runId,
      'airuns.run.name': 'Why is the sky blue?',
      'airuns.run.settings': '{"model":"gpt-4o-mini"}',
      'airuns.feature': 'chat',
      'airuns.source.id': 'chat',
    });
    expect(root.traceId).toBe(run?.traceId);
    expect(llm).toMatchObject({ name: 'chat gpt-4o-mini', traceId: root.traceId, parentSpanId: root.spanId, status: { code: UNSET } });
    expect(llm?.attributes).toMatchObject({
      'airuns.run.id': run?.runId,
      'airuns.feature': 'chat',
      'airuns.source.id': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.response.id': expect.stringMatching(/^chatcmpl-/),
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.input_tokens': usage?.input,
      'gen_ai.usage.output_tokens': usage?.output,
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.usage.reasoning.output_tokens': 0,
    });
    expect(messages(llm, 'input').at(-1)).toEqual({ role: 'user', parts: [{ type: 'text', content: 'Why is the sky blue?' }] });
    expect(messages(llm, 'output')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: textOf(events) }], finish_reason: 'stop' },
    ]);
    expect(done).toEqual({ taskIds: [llm?.spanId], finishReason: 'stop' });
  });

  it('is announced before it is answered', async () => {
    const events = readEvents(await chat.post({ message: 'Plan a trip [[slow]]' }));
    const { data } = (await events.next()).value!;
    const marker = await receiver.until(() => receiver.spans.find((span) => span.attributes['airuns.live'] === 'start'));
    expect(marker).toMatchObject({ name: 'Plan a trip', traceId: data.traceId, attributes: { 'airuns.run.id': data.runId } });
    await events.return(undefined);
    await turn();
  });

  it('may need tools: each is a task below the run', async () => {
    const events = await chat.say({ message: 'What is 6*7, and what time is it in Rome?', model: 'gpt-4o' });
    const root = await turn();
    const tools = kind('execute_tool');
    expect(dataOf(events, 'tool')).toMatchObject([
      { name: 'calculator', arguments: '{"expression":"6*7"}', result: { result: 42 }, failed: false },
      { name: 'clock', result: { timezone: 'Europe/Rome' }, failed: false },
    ]);
    expect(tools.map((span) => span.attributes)).toMatchObject([
      {
        'gen_ai.tool.name': 'calculator',
        'gen_ai.tool.call.arguments': '{"expression":"6*7"}',
        'gen_ai.tool.call.result': '{"result":42}',
      },
      { 'gen_ai.tool.name': 'clock', 'gen_ai.tool.call.id': expect.stringMatching(/^call_/) },
    ]);
    const below = [...kind('chat'), ...tools];
    expect(new Set(below.map((span) => span.parentSpanId))).toEqual(new Set([root.spanId]));
    expect(new Set(below.map((span) => span.attributes['airuns.run.id']))).toEqual(new Set([root.attributes['airuns.run.id']]));
    expect(dataOf(events, 'usage').map(({ input, output }) => [input, output])).toEqual(
      kind('chat').map(({ attributes }) => [attributes['gen_ai.usage.input_tokens'], attributes['gen_ai.usage.output_tokens']]),
    );
    const [first, second] = kind('chat');
    expect(dataOf(events, 'done')[0]?.taskIds).toEqual([first, ...tools, second].map((span) => span?.spanId));
    expect(second?.attributes['gen_ai.usage.cache_read.input_tokens']).toBeGreaterThan(0);
    expect(textOf(events)).toContain('**42**');
  });

  it('may make a tool fail: the task failed, the run did not', async () => {
    const events = await chat.say({ message: 'calculate 1/0' });
    const root = await turn();
    expect(kind('execute_tool')).toMatchObject([{ status: { code: ERROR, message: 'division by zero' } }]);
    expect(root.status.code).toBe(UNSET);
    expect(textOf(events)).toContain('division by zero');
  });

  it('gets its answer after four requests at most', async () => {
    const events = await chat.say({ message: 'calculate 6*7 [[loop]]' });
    await turn();
    expect(kind('chat')).toHaveLength(4);
    expect(kind('execute_tool')).toHaveLength(3);
    expect(dataOf(events, 'done')).toMatchObject([{ finishReason: 'stop' }]);
    expect(textOf(events)).toContain('42');
  });

  it('may be thought about first', async () => {
    const events = await chat.say({ message: 'Why is the sky blue? Step by step.' });
    await turn();
    const reasoning = dataOf(events, 'usage')[0]?.reasoning;
    expect(reasoning).toBeGreaterThan(0);
    expect(kind('chat')[0]?.attributes['gen_ai.usage.reasoning.output_tokens']).toBe(reasoning);
    expect(messages(kind('chat')[0], 'output')[0].parts.map((part: { type: string }) => part.type)).toEqual(['reasoning', 'text']);
  });
});

describe('a conversation', () => {
  it('goes on in the same run, in a new trace, and knows what was said', async () => {
    const first = await chat.say({ message: 'My name is Zoë', system: 'Be concise.' });
    const { runId } = dataOf(first, 'run')[0]!;
    const second = await chat.say({ runId, message: 'Do you remember my name?' });
    const [one, two] = [await turn(1), await turn(2)];
    expect(textOf(second)).toBe('Your name is **Zoë**.');
    expect(two.traceId).not.toBe(one.traceId);
    expect(two.attributes).toMatchObject({ 'airuns.run.id': runId, 'airuns.run.name': 'My name is Zoë' });
    const llm = kind('chat')[1];
    expect(messages(llm, 'input').map((message: { role: string }) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages(llm, 'input')[0].parts[0].content).toBe('Be concise.');
    expect(llm?.attributes['gen_ai.usage.cache_read.input_tokens']).toBeGreaterThan(0);
  });

  it('is taken up again from the history', async () => {
    const asked: string[] = [];
    const rest = { taskId: null, traceId: null, at: null, model: null };
    const past: Message[] = [
      { role: 'user', parts: [{ type: 'text', text: 'My name is Zoë' }], ...rest },
      { role: 'assistant', parts: [{ type: 'text', text: 'Hello Zoë' }], ...rest },
    ];
    await chat.close();
    chat = await ChatServer.start({
      otlpUrl: receiver.url,
      history: async (id): Promise<History> => {
        asked.push(id);
        return { runId: 'r-1', messages: past };
      },
    });
    expect(textOf(await chat.say({ runId: 'r-1', message: 'Do you remember my name?' }))).toBe('Your name is **Zoë**.');
    // Asked for by one of its traces it is the same run, and the same conversation.
    expect(textOf(await chat.say({ runId: 'a-trace-of-r-1', message: 'Do you remember my name?' }))).toBe('Your name is **Zoë**.');
    expect(asked).toEqual(['r-1', 'a-trace-of-r-1']);
    await turn(2);
    expect(messages(kind('chat')[1], 'input')).toHaveLength(6);
    expect(new Set(receiver.spans.map((span) => span.attributes['airuns.run.id']))).toEqual(new Set(['r-1']));
    expect((await turn()).attributes).toMatchObject({ 'airuns.run.id': 'r-1', 'airuns.run.name': 'My name is Zoë' });
  });

  it('goes on after an error', async () => {
    const first = await chat.say({ message: 'My name is Zoë [[error:500]]' });
    const { runId } = dataOf(first, 'run')[0]!;
    expect(textOf(await chat.say({ runId, message: 'Do you remember my name?' }))).toBe('Your name is **Zoë**.');
  });
});

describe('a model that fails', () => {
  it.each([
    ['[[error:429]]', 'rate_limited', { 'error.type': 'RateLimitError', 'http.response.status_code': 429 }],
    ['[[error:401]]', 'model_access_denied', { 'error.type': 'AuthenticationError' }],
    ['[[error:503]]', 'model_unavailable', { 'error.type': 'InternalServerError', 'http.response.status_code': 503 }],
    ['[[error:400]]', 'model_refused', { 'error.type': 'BadRequestError' }],
  ])('%s: is asked once, and the page is told %s', async (message, code, attributes) => {
    const events = await chat.say({ message });
    const root = await turn();
    expect(events.map(({ event }) => event)).toEqual(['run', 'error']);
    expect(dataOf(events, 'error')).toMatchObject([{ code }]);
    expect(kind('chat')).toMatchObject([{ status: { code: ERROR }, attributes }]);
    expect(kind('chat')[0]?.attributes).not.toHaveProperty(['gen_ai.usage.input_tokens']);
    expect(root).toMatchObject({ status: { code: ERROR }, attributes });
  });

  it('in the middle of its answer: what was said stays on the books', async () => {
    const events = await chat.say({ message: 'Why is the sky blue? [[cut]]' });
    await turn();
    expect(dataOf(events, 'error')).toEqual([{ code: 'stream_cut', message: 'The answer broke off.' }]);
    const [llm] = kind('chat');
    expect(llm).toMatchObject({ status: { code: ERROR }, attributes: { 'error.type': 'StreamCutError' } });
    expect(llm?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    expect(messages(llm, 'output')[0].parts).toEqual([{ type: 'text', content: textOf(events) }]);
  });

  it('that is not there', async () => {
    await chat.close();
    chat = await ChatServer.start({ otlpUrl: receiver.url, modelUrl: 'http://127.0.0.1:1/v1' });
    expect(dataOf(await chat.say({ message: 'Hi', model: 'm' }), 'error')).toMatchObject([{ code: 'model_unreachable' }]);
    expect((await chat.post({ message: 'Hi' })).status).toBe(503);
    expect((await fetch(chat.url('/api/features/chat/models'))).status).toBe(502);
    expect(await turn()).toMatchObject({ status: { code: ERROR } });
  });
});

describe('a page that goes away', () => {
  it('stops the model, and the run is cancelled, not failed', async () => {
    const leaving = new AbortController();
    const events = readEvents(await chat.post({ message: 'Why is the sky blue? [[slow]]' }, leaving.signal));
    let heard = '';
    for await (const { event, data } of events) {
      if (event !== 'delta') continue;
      heard += data.text;
      break;
    }
    leaving.abort();
    const root = await turn();
    const [llm] = kind('chat');
    for (const span of [root, llm]) {
      expect(span?.status.code).toBe(UNSET);
      expect(span?.attributes['airuns.status']).toBe('cancelled');
    }
    expect(llm?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    expect(messages(llm, 'output')[0].parts[0].content.startsWith(heard)).toBe(true);
    expect(llm?.attributes).not.toHaveProperty(['gen_ai.usage.output_tokens']);
  });
});

describe('a server that stops', () => {
  it('ends the answers under way: their runs are cancelled, and on the books before it has stopped', async () => {
    const events = readEvents(await chat.post({ message: 'Why is the sky blue? [[slow]]' }));
    for await (const { event } of { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) }) if (event === 'delta') break;
    await chat.stop();
    expect(roots()).toMatchObject([{ status: { code: UNSET }, attributes: { 'airuns.status': 'cancelled' } }]);
    const rest: unknown[] = [];
    for await (const { event, data } of events) if (event !== 'delta') rest.push([event, data.code]);
    expect(rest).toEqual([['error', 'stopping']]);
    expect((await chat.post({ message: 'Hi', model: 'gpt-4o' })).status).toBe(503);
  });
});

describe('what is refused before there is a run', () => {
  it.each([
    [{}, 400, 'invalid_request'],
    [{ message: '  ' }, 400, 'invalid_request'],
    [{ message: 'Hi', mesage: 'x' }, 400, 'invalid_request'],
    [{ message: 'Hi', runId: 'unknown' }, 404, 'run_not_found'],
  ])('%j', async (body, status, code) => {
    const response = await chat.post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code, message: expect.any(String) } });
    expect(receiver.spans).toEqual([]);
  });

  it('a run whose history cannot be read', async () => {
    await chat.close();
    chat = await ChatServer.start({ otlpUrl: receiver.url, history: () => Promise.reject(new Error('store down')) });
    const response = await chat.post({ message: 'Hi', runId: 'r' });
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('store down');
    expect(chat.log.join()).toContain('store down');
  });

  it('a second message while the first is being answered', async () => {
    const first = await chat.say({ message: 'Hi' });
    const { runId } = dataOf(first, 'run')[0]!;
    const answering = readEvents(await chat.post({ runId, message: 'Why is the sky blue? [[slow]]' }));
    await answering.next();
    expect((await chat.post({ runId, message: 'Hello?' })).status).toBe(409);
    await answering.return(undefined);
    await turn(2);
  });

  it('a message to a new run whose first answer is still coming', async () => {
    const answering = readEvents(await chat.post({ message: 'Why is the sky blue? [[slow]]' }));
    const { runId } = (await answering.next()).value!.data;
    expect((await chat.post({ runId, message: 'Hello?' })).status).toBe(409);
    await answering.return(undefined);
    await turn();
    const history = await chat.post({ runId, message: 'Hello?' });
    expect(history.status).toBe(200);
    await history.body?.cancel();
    await turn(2);
  });
});

describe('the models', () => {
  it('are listed, with whose they are', async () => {
    expect(await (await fetch(chat.url('/api/features/chat/models'))).json()).toEqual({
      models: ['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini'],
      defaultModel: 'gpt-4o-mini',
      provider: 'openai',
      demo: true,
    });
  });

  it('of another endpoint go by the name of its host, so that no list price applies by accident', async () => {
    const elsewhere = await startDemoModel({ chunkDelayMs: 0 });
    await chat.close();
    chat = await ChatServer.start({ otlpUrl: receiver.url, modelUrl: elsewhere.url, modelKey: 'k' });
    await chat.say({ message: 'Hi' });
    await turn();
    expect(kind('chat')[0]?.attributes['gen_ai.provider.name']).toBe('127.0.0.1');
    expect(await (await fetch(chat.url('/api/features/chat/models'))).json()).toMatchObject({ demo: false, provider: '127.0.0.1' });
    await elsewhere.close();
  });
});

describe('without capture of content', () => {
  it('nothing of what was said leaves the process, not even as a name', async () => {
    await chat.close();
    process.env.AIRUNS_CAPTURE_CONTENT = 'metadata';
    try {
      chat = await ChatServer.start({ otlpUrl: receiver.url });
      await chat.say({ message: 'My secret is 6*7, what is 6*7?' });
      expect((await turn()).name).toBe('Chat');
      expect(JSON.stringify(receiver.requests)).not.toMatch(/secret|6\*7/);
    } finally {
      delete process.env.AIRUNS_CAPTURE_CONTENT;
    }
  });
});
