import { afterEach, expect, it, vi } from 'vitest';
import { ApiFailure, errorMessage, isNotFound, queryString, request } from './client.ts';

const answer = (status: number, body: string) => vi.stubGlobal('fetch', async () => new Response(status === 204 ? null : body, { status }));

afterEach(() => vi.unstubAllGlobals());

it('leaves out what is not set and repeats what is a list', () => {
  expect(queryString({ a: 1, b: undefined, c: ['x', 'y z'], d: true, e: [] })).toBe('?a=1&c=x&c=y+z&d=true');
  expect(queryString({})).toBe('');
});

it('answers the body', async () => {
  answer(200, '{"runs":[]}');
  await expect(request('/api/runs')).resolves.toEqual({ runs: [] });
});

it('knows an answer without a body', async () => {
  answer(204, '');
  await expect(request('/api/runs/1', { method: 'DELETE' })).resolves.toBeUndefined();
});

it('knows one that is certain and not done yet', async () => {
  answer(202, '');
  await expect(request('/api/runs/1', { method: 'DELETE' })).resolves.toBeUndefined();
});

it('throws what the server said', async () => {
  answer(404, '{"error":{"code":"not_found","message":"No such run."}}');
  const error = await request('/api/runs/1').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiFailure);
  expect(errorMessage(error)).toBe('No such run.');
  expect(isNotFound(error)).toBe(true);
});

it('says the status where the answer is no JSON', async () => {
  answer(502, '<html>');
  await expect(request('/api/runs')).rejects.toThrow('The server answered 502.');
});

it('says that nobody answers', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('fetch failed')));
  await expect(request('/api/runs')).rejects.toThrow('The server does not answer.');
});
