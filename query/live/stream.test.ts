import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import { expect, it, vi } from 'vitest';
import type { LiveEvent } from '../contract/index.ts';
import { LiveStream } from './stream.ts';

const event = (runId: string): LiveEvent => ({ type: 'run.updated', runId, at: '2026-11-22T12:00:00Z', tasks: 1 });

it('writes nothing to a reader after the end, though its connection is still open', async () => {
  let emit: (event: LiveEvent) => void = () => undefined;
  const subscribe = (listener: (event: LiveEvent) => void) => {
    emit = listener;
    return () => undefined;
  };
  const stream = new LiveStream({ runs: () => [], subscribe }, () => 0);
  const opened: Response[] = [];
  const failed = vi.fn();
  const server = express()
    .get('/live', (request, response) => {
      response.on('error', failed);
      stream.open(request, response);
      opened.push(response);
    })
    .listen(0);
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const incoming = await new Promise<IncomingMessage>((resolve) => get({ port, path: '/live' }, resolve));
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const [response] = opened;
    emit(event('before'));
    response!.end();
    emit(event('after'));
    await once(incoming, 'end');
    await new Promise(setImmediate);
    expect(text).toContain('"before"');
    expect(text).not.toContain('"after"');
    expect(failed).not.toHaveBeenCalled();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
