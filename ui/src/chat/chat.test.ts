import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '../../../query/contract/index.ts';
import { firstSession, nextSession } from './session.ts';
import { type ChatEvent, streamChat } from './stream.ts';
import { type ChatAction, chatReducer, type Turn, turnsOf } from './turns.ts';

const run = (...actions: ChatAction[]): readonly Turn[] => actions.reduce<readonly Turn[]>(chatReducer, []);
const asked: ChatAction = { type: 'asked', text: 'Hello', model: 'demo' };
const event = (happened: ChatEvent): ChatAction => ({ type: 'event', event: happened });

describe('turns', () => {
  it('grows the answer while it streams', () => {
    const turns = run(
      asked,
      event({ type: 'delta', text: 'Good ' }),
      event({ type: 'delta', text: 'day' }),
      event({ type: 'done', finishReason: 'stop' }),
    );
    expect(turns).toMatchObject([
      { role: 'user', text: 'Hello' },
      { role: 'assistant', text: 'Good day', state: 'done' },
    ]);
  });
  it('keeps tools with the answer that used them', () => {
    expect(run(asked, event({ type: 'tool', name: 'clock', arguments: {}, result: '12:00' })).at(-1)?.tools).toEqual([
      { name: 'clock', args: {}, result: '12:00', failed: false },
    ]);
  });
  it('keeps what had come when it is stopped', () => {
    expect(run(asked, event({ type: 'delta', text: 'Half' }), { type: 'ended', state: 'stopped', error: null }).at(-1)).toMatchObject({
      text: 'Half',
      state: 'stopped',
    });
  });
  it('says why it failed, and can take the turn back', () => {
    const failed = run(asked, event({ type: 'error', code: 'model_failed', message: 'The model is down.' }));
    expect(failed.at(-1)).toMatchObject({ state: 'failed', error: 'The model is down.' });
    expect(chatReducer(failed, { type: 'ended', state: 'stopped', error: null }).at(-1)).toMatchObject({ state: 'failed' });
    expect(chatReducer(failed, { type: 'withdrawn' })).toEqual([]);
  });
});

it('goes on from a conversation that was', () => {
  const say = (role: 'system' | 'user' | 'assistant', text: string) => ({
    role,
    parts: [{ type: 'text' as const, text }],
    taskId: null,
    traceId: null,
    at: null,
    model: null,
  });
  const turns = turnsOf({ runId: 'r', messages: [say('system', 'Be brief.'), say('user', 'Hi'), say('assistant', 'Hello')] });
  expect(turns.map(({ role, text }) => [role, text])).toEqual([
    ['user', 'Hi'],
    ['assistant', 'Hello'],
  ]);
});

it('takes an answer with tools in between as one turn', () => {
  const message = (parts: Conversation['messages'][number]['parts']) => ({
    role: 'assistant' as const,
    parts,
    taskId: null,
    traceId: null,
    at: null,
    model: 'demo',
  });
  const call = message([{ type: 'tool_call', id: 'c', name: 'clock', arguments: {} }]);
  const turns = turnsOf({ runId: 'r', messages: [call, message([{ type: 'text', text: 'Noon.' }])] });
  expect(turns).toMatchObject([{ role: 'assistant', text: 'Noon.', tools: [{ name: 'clock' }] }]);
});

describe('stream', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = (status: number, body: string) => vi.stubGlobal('fetch', async () => new Response(body, { status }));
  async function collect(): Promise<ChatEvent[]> {
    const events: ChatEvent[] = [];
    for await (const each of streamChat({ message: 'Hi' }, new AbortController().signal)) events.push(each);
    return events;
  }

  it('reads events as they are sent', async () => {
    answer(
      200,
      'event: run\ndata: {"runId":"r","traceId":"t"}\n\nevent: delta\ndata: {"text":"Hi"}\n\nevent: later\ndata: {}\n\nevent: done\ndata: {"finishReason":"stop"}\n\n',
    );
    expect(await collect()).toEqual([
      { type: 'run', runId: 'r', traceId: 't' },
      { type: 'delta', text: 'Hi' },
      { type: 'done', finishReason: 'stop' },
    ]);
  });
  it('throws the refusal', async () => {
    answer(400, '{"error":{"code":"bad_request","message":"No message."}}');
    await expect(collect()).rejects.toThrow('No message.');
  });
});

describe('session', () => {
  const fresh = firstSession(undefined);
  it('goes on when its first message makes a run', () => {
    const begun = nextSession({ ...fresh, begun: 'r1' }, 'r1');
    expect(begun).toEqual({ id: 0, runId: 'r1', resumed: undefined, begun: undefined });
    expect(nextSession(begun, 'r1')).toBe(begun);
  });
  it('begins anew for another run and for a new chat', () => {
    const begun = nextSession({ ...fresh, begun: 'r1' }, 'r1');
    expect(nextSession(begun, undefined)).toMatchObject({ id: 1, resumed: undefined });
    expect(nextSession(begun, 'r2')).toMatchObject({ id: 1, resumed: 'r2' });
  });
});
