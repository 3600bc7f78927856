import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Conversations } from './conversations.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

it('goes on at once with what was said a moment ago, and not with what is gone from the books', async () => {
  const conversations = new Conversations(async () => null);
  conversations.keep('r', [{ role: 'user', content: 'Hi' }]);
  const found = await conversations.find('r');
  expect(found).toEqual({ runId: 'r', booked: [] });
  expect(conversations.earlier(found!)).toEqual([{ role: 'user', content: 'Hi' }]);
  vi.setSystemTime(Date.now() + 16_000);
  expect(await conversations.find('r')).toBeNull();
  expect(conversations.earlier(found!)).toEqual([]);
});

it('knows a run by a trace of it', async () => {
  const conversations = new Conversations(async () => ({
    runId: 'r',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  }));
  expect(await conversations.find('t')).toEqual({ runId: 'r', booked: [{ role: 'user', content: 'Hi' }] });
});
