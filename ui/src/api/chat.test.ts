import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeRun } from '../testing/make.ts';
import { pastQuery } from './chat.ts';

const said = { runId: 'r', messages: [{ role: 'user', parts: [], taskId: null, traceId: null, at: null, model: null }] };
const gone = { error: { code: 'not_found', message: 'No such run.' } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Answers the questions for messages one after the other, the last one for ever, and every question for the run with `status`. */
function server(messages: readonly (readonly [status: number, body: unknown])[], status: 'running' | 'completed') {
  let asked = 0;
  const fetch = vi.fn(async (path: string) => {
    if (!path.endsWith('/messages')) return new Response(JSON.stringify(makeRun({ status })));
    const [code, body] = messages[Math.min(asked++, messages.length - 1)]!;
    return new Response(JSON.stringify(body), { status: code });
  });
  vi.stubGlobal('fetch', fetch);
  return () => asked;
}

async function past() {
  const result = new QueryClient().fetchQuery({ ...pastQuery('r'), retry: false });
  const settled = result.then(
    (value) => value,
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return settled;
}

it('waits for a chat that is not booked yet', async () => {
  const asked = server(
    [
      [404, gone],
      [404, gone],
      [200, { runId: 'r', messages: [] }],
      [200, said],
    ],
    'running',
  );
  expect(await past()).toEqual(said);
  expect(asked()).toBe(4);
});

it('says that a chat is gone, after a while', async () => {
  const asked = server([[404, gone]], 'running');
  expect(await past()).toMatchObject({ status: 404 });
  expect(asked()).toBe(8);
});

it('does not wait for words of a run that is over', async () => {
  const asked = server([[200, { runId: 'r', messages: [] }]], 'completed');
  expect(await past()).toEqual({ runId: 'r', messages: [] });
  expect(asked()).toBe(1);
});

it('does not ask again when the server refuses', async () => {
  const asked = server([[400, { error: { code: 'bad_request', message: 'No.' } }]], 'running');
  expect(await past()).toMatchObject({ status: 400 });
  expect(asked()).toBe(1);
});
