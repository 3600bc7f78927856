import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IngestRequest, IngestResult } from '../protocol.ts';
import { receiveRoutes } from './router.ts';

const MB = 1024 * 1024;
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

type Submitted = Omit<IngestRequest, 'id'>;
let submitted: Submitted[];
let result: IngestResult;
let accepting: boolean;
let server: Server;
let port: number;

beforeEach(async () => {
  submitted = [];
  result = { outcome: 'stored', rejected: 0, message: '' };
  accepting = true;
  const app = express();
  const submit = async (request: Submitted): Promise<IngestResult> => {
    submitted.push(request);
    return result;
  };
  app.use(receiveRoutes({ submit, accepting: () => accepting }));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Answer {
  status: number;
  type: string | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

function open(path: string, method: string, headers: Record<string, string | number>): { req: ClientRequest; answer: Promise<Answer> } {
  const req = httpRequest({ port, path, method, headers, agent: false });
  const answer = new Promise<Answer>((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({ status: res.statusCode!, type: res.headers['content-type'], headers: res.headers, body: Buffer.concat(chunks) }),
      );
    });
  });
  // Whoever does not wait for the answer does not care how it fails.
  answer.catch(() => undefined);
  return { req, answer };
}

function send(
  headers: Record<string, string> = PROTOBUF,
  body: Buffer = Buffer.from('body'),
  path = '/v1/traces',
  method = 'POST',
): Promise<Answer> {
  const { req, answer } = open(path, method, headers);
  req.end(body);
  return answer;
}

/** google.rpc.Status, read by hand. */
function rpcStatus(body: Buffer): { code: number; message: string } {
  expect([body[0], body[2]]).toEqual([0x08, 0x12]);
  const wide = body[3]! > 127 ? 2 : 1;
  return { code: body[1]!, message: body.toString('utf8', 3 + wide) };
}

describe('what a request is', () => {
  it.each(['/v1/traces', '/v1/logs', '/v1/metrics', '/otel/v1/traces', '/api/public/otel/v1/traces', '/api/public/otel/v1/logs'])(
    'POST %s is taken',
    async (path) => {
      expect((await send(PROTOBUF, Buffer.from('x'), path)).status).toBe(200);
      expect(submitted).toMatchObject([{ signal: path.split('/').at(-1), json: false, gzip: false }]);
      expect(Buffer.from(submitted[0]!.body).toString()).toBe('x');
    },
  );

  it.each<[string, Record<string, string>, Partial<Submitted>]>([
    ['protobuf', { 'content-type': 'application/x-protobuf' }, { json: false }],
    ['protobuf by its other name', { 'content-type': 'application/protobuf' }, { json: false }],
    ['JSON', { 'content-type': 'application/json' }, { json: true }],
    ['JSON with a charset', { 'content-type': 'Application/JSON; charset=utf-8' }, { json: true }],
    ['gzip', { 'content-encoding': 'gzip' }, { gzip: true }],
    ['gzip in capitals', { 'content-encoding': 'GZIP' }, { gzip: true }],
    ['identity', { 'content-encoding': 'identity' }, { gzip: false }],
    ['none', { 'content-encoding': 'none' }, { gzip: false }],
  ])('%s is taken', async (_name, headers, want) => {
    expect((await send({ ...PROTOBUF, ...headers })).status).toBe(200);
    expect(submitted).toMatchObject([want]);
  });

  it.each<[string, Record<string, string>]>([
    ['no content type', {}],
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['gRPC', { 'content-type': 'application/grpc' }],
    ['brotli', { ...PROTOBUF, 'content-encoding': 'br' }],
    ['deflate', { ...PROTOBUF, 'content-encoding': 'deflate' }],
    ['gzip twice', { ...PROTOBUF, 'content-encoding': 'gzip, gzip' }],
  ])('%s is not: 415', async (_name, headers) => {
    expect((await send(headers)).status).toBe(415);
    expect(submitted).toEqual([]);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not: 405 with Allow, and no CORS headers', async (method) => {
    const { status, headers } = await send(PROTOBUF, Buffer.alloc(0), '/v1/traces', method);
    expect([status, headers.allow]).toEqual([405, 'POST']);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('an answer', () => {
  it.each(['application/x-protobuf', 'application/json'])('in %s is empty where all went well', async (type) => {
    const { status, type: answered, body } = await send({ 'content-type': type });
    expect([status, answered, body.toString()]).toEqual([200, type, type === 'application/json' ? '{}' : '']);
  });

  it('tells what was refused, in JSON with the number as text', async () => {
    result = { outcome: 'stored', rejected: 3, message: 'why' };
    const bodies = ['traces', 'logs', 'metrics'].map((signal) =>
      send({ 'content-type': 'application/json' }, Buffer.from('{}'), `/v1/${signal}`),
    );
    expect((await Promise.all(bodies)).map(({ body }) => JSON.parse(body.toString()))).toEqual([
      { partialSuccess: { rejectedSpans: '3', errorMessage: 'why' } },
      { partialSuccess: { rejectedLogRecords: '3', errorMessage: 'why' } },
      { partialSuccess: { rejectedDataPoints: '3', errorMessage: 'why' } },
    ]);
  });

  it('tells what was refused in protobuf', async () => {
    result = { outcome: 'stored', rejected: 300, message: 'why' };
    expect([...(await send()).body]).toEqual([0x0a, 8, 0x08, 0xac, 0x02, 0x12, 3, ...Buffer.from('why')]);
  });

  it.each<[IngestResult['outcome'], number, number, string | undefined]>([
    ['malformed', 400, 3, undefined],
    ['too_large', 413, 8, undefined],
    ['busy', 503, 14, '1'],
    ['failed', 503, 14, '1'],
  ])('%s is %d', async (outcome, status, code, retryAfter) => {
    result = { outcome, message: 'why' } as IngestResult;
    const inProtobuf = await send();
    expect([inProtobuf.status, inProtobuf.type, inProtobuf.headers['retry-after']]).toEqual([status, 'application/x-protobuf', retryAfter]);
    expect(rpcStatus(inProtobuf.body)).toEqual({ code, message: 'why' });
    const inJson = await send({ 'content-type': 'application/json' });
    expect([inJson.status, inJson.type]).toEqual([status, 'application/json']);
    expect(JSON.parse(inJson.body.toString())).toEqual({ code, message: 'why', details: [] });
  });

  it('is in the encoding of the request also where its method or compression is refused', async () => {
    const put = await send(PROTOBUF, Buffer.alloc(0), '/v1/traces', 'PUT');
    expect([put.type, rpcStatus(put.body).code]).toEqual(['application/x-protobuf', 12]);
    const brotli = await send({ ...PROTOBUF, 'content-encoding': 'br' });
    expect([brotli.type, rpcStatus(brotli.body).code]).toEqual(['application/x-protobuf', 3]);
  });

  it('of an error is short enough for every client, whatever the reason', async () => {
    result = { outcome: 'malformed', message: 'é'.repeat(1_000_000) };
    expect((await send()).body.length).toBeLessThan(64 * 1024);
  });
});

describe('a stop', () => {
  it('refuses with 503 what has not begun', async () => {
    accepting = false;
    const { status, headers } = await send();
    expect([status, headers['retry-after'], submitted.length]).toEqual([503, '1', 0]);
  });

  it('refuses with 503 what had begun and was not whole yet: nobody would answer it', async () => {
    const { req, answer } = open('/v1/traces', 'POST', { ...PROTOBUF, 'content-length': 4 });
    req.write('bo');
    await vi.waitFor(() => expect(server.listening).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    accepting = false;
    req.end('dy');
    expect((await answer).status).toBe(503);
    expect(submitted).toEqual([]);
  });
});

describe('bodies', () => {
  it('announced too large are refused at once', async () => {
    const { req, answer } = open('/v1/traces', 'POST', { ...PROTOBUF, 'content-length': 64 * MB + 1 });
    req.flushHeaders();
    expect((await answer).status).toBe(413);
    req.destroy();
  });

  it('that turn out too large are refused', async () => {
    const { req, answer } = open('/v1/traces', 'POST', PROTOBUF);
    for (let i = 0; i < 65; i++) req.write(Buffer.alloc(MB));
    expect((await answer).status).toBe(413);
    req.destroy();
    expect(submitted).toEqual([]);
  });

  it('that are only announced take no room from others', async () => {
    const idle = [64, 31].map((size) => open('/v1/traces', 'POST', { ...PROTOBUF, 'content-length': size * MB }));
    for (const { req } of idle) req.flushHeaders();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await send(PROTOBUF, Buffer.alloc(2 * MB))).status).toBe(200);
    for (const { req } of idle) req.destroy();
  });

  it('that come without a length are counted as they come: beyond the room there is, 503', async () => {
    const slow = [1, 2, 3].map(() => open('/v1/traces', 'POST', PROTOBUF));
    for (const { req } of slow) for (let i = 0; i < 40; i++) req.write(Buffer.alloc(MB));
    const refused = await Promise.race(slow.map(({ answer }) => answer));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    for (const { req } of slow) req.destroy();
    // Their room is free again once they are gone.
    await vi.waitFor(async () => {
      const { req, answer } = open('/v1/traces', 'POST', PROTOBUF);
      for (let i = 0; i < 60; i++) req.write(Buffer.alloc(MB));
      req.end();
      expect((await answer).status).toBe(200);
    });
  });

  it('that break off are forgotten', async () => {
    const { req } = open('/v1/traces', 'POST', { ...PROTOBUF, 'content-length': 100 });
    req.write('half');
    await new Promise((resolve) => setTimeout(resolve, 50));
    req.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(submitted).toEqual([]);
    expect((await send()).status).toBe(200);
  });
});
