import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeRun } from '../testing/make.ts';
import { pastQuery } from './chat.ts';

type Answer = readonly [status: number, body: unknown];

const said = { runId: 'r', messages: [{ role: 'user', parts: [], taskId: null, traceId: null, at: null, model: null }] };
const nothing: Answer = [200, { runId: 'r', messages: [] }];
const gone: Answer = [404, { error: { code: 'not_found', message: 'No such run.' } }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Answers the questions for messages one after the other, the last one for ever. The run is over once they were asked for `runningFor` times. */
function server(messages: readonly Answer[], runningFor: number) {
  let asked = 0;
  const fetch = vi.fn(async (path: string) => {
    if (!path.endsWith('/messages')) return new Response(JSON.stringify(makeRun({ status: asked < runningFor ? 'running' : 'completed' })));
    const [status, body] = messages[Math.min(asked++, messages.length - 1)]!;
    return new Response(JSON.stringify(body), { status });
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
  const asked = server([gone, gone, nothing, [200, said]], 3);
  expect(await past()).toEqual(said);
  expect(asked()).toBe(4);
});

it('says that a chat is gone, after a while', async () => {
  const asked = server([gone], 99);
  expect(await past()).toMatchObject({ status: 404 });
  expect(asked()).toBe(8);
});

it('reads once more when the run has ended meanwhile', async () => {
  const asked = server([nothing, [200, said]], 1);
  expect(await past()).toEqual(said);
  expect(asked()).toBe(2);
});

it('does not wait for words of a run that is over', async () => {
  const asked = server([nothing], 0);
  expect(await past()).toEqual(nothing[1]);
  expect(asked()).toBe(1);
});

it('waits a moment only where there is something to read', async () => {
  const asked = server([[200, said]], 99);
  expect(await past()).toEqual(said);
  expect(asked()).toBe(8);
});

it('does not ask again when the server refuses', async () => {
  const asked = server([[400, { error: { code: 'bad_request', message: 'No.' } }]], 99);
  expect(await past()).toMatchObject({ status: 400 });
  expect(asked()).toBe(1);
});
