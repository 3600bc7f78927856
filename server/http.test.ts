import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Router } from 'express';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Health, healthRoutes } from './health.ts';
import { type Http, listen } from './http.ts';
import { uiFiles } from './ui-files.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let http: Http;
let health: Health;
let page: string;
let lines: string[];

beforeEach(async () => {
  health = { stopping: false };
  lines = [];
  page = await mkdtemp(join(tmpdir(), 'airuns-page-'));
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  http = await listen({ host: '127.0.0.1', port: 0, logger, health: healthRoutes(health) });
});

afterEach(async () => {
  await http.close();
  await rm(page, { recursive: true });
});

/** fetch would not let us choose Host. */
function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(`${http.url}${path}`, { method, headers, agent: false }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
    });
    call.on('error', reject);
    call.end();
  });
}

function serve(): void {
  const fast = Router();
  fast.post('/v1/traces', (_request, response) => void response.json({}));
  const api = Router();
  api.get('/api/big', (_request, response) => void response.json({ text: 'x'.repeat(5000) }));
  api.post('/api/big', (_request, response) => void response.json({}));
  api.get('/api/broken', async () => {
    throw new Error('secret of the stack');
  });
  api.get('/api/stream', (_request, response) => {
    response.set('Content-Type', 'text/event-stream');
    response.write(`data: ${'x'.repeat(5000)}\n\n`);
  });
  http.serve({ fast, api: [api], page: uiFiles(page) });
}

describe('before there is anything to serve', () => {
  it('is up, is not ready, and tells senders to come back', async () => {
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 200 });
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 503, body: JSON.stringify({ status: 'not ready', why: 'starting' }) });
    const refused = await ask('POST', '/v1/traces');
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(JSON.parse(refused.body)).toEqual({ error: { code: 'unavailable', message: 'The server is starting.' } });
  });
});

describe('readiness', () => {
  const store = { engine: 'embedded', command: async () => {}, insertFile: async () => {}, close: async () => {} } as const;
  const ingest = { ready: () => true, metrics: async () => 'airuns_example 1\n' };

  it.each([
    ['all is well', { store: { ...store, query: async () => [] }, ingest }, 200],
    ['the journal is still being read', { store: { ...store, query: async () => [] }, ingest: { ...ingest, ready: () => false } }, 503],
    ['the store is gone', { store: { ...store, query: async () => Promise.reject(new Error('gone')) }, ingest }, 503],
    ['the server stops', { store: { ...store, query: async () => [] }, ingest, stopping: true }, 503],
  ])('%s', async (_name, state, status) => {
    Object.assign(health, state);
    expect((await ask('GET', '/readyz')).status).toBe(status);
  });

  it('has metrics of its own and of ingest', async () => {
    Object.assign(health, { store, ingest });
    const { body } = await ask('GET', '/metrics');
    expect(body).toContain('airuns_example 1');
    expect(body).toContain('process_cpu_seconds_total');
    expect(body).toMatch(/^airuns_event_loop_max_seconds [\d.e-]+$/m);
  });
});

describe('what everyone gets', () => {
  beforeEach(serve);

  it('allows nothing but our own scripts', async () => {
    const { headers } = await ask('GET', '/api/big');
    const policy = String(headers['content-security-policy']);
    for (const part of ["script-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "img-src 'self' data:", "connect-src 'self'"]) {
      expect(policy.split(';')).toContain(part);
    }
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  it('compresses answers, but no event stream', async () => {
    const accept = { 'accept-encoding': 'gzip' };
    expect((await ask('GET', '/api/big', accept)).headers['content-encoding']).toBe('gzip');
    const stream = await fetch(`${http.url}/api/stream`, { headers: accept });
    expect(stream.headers.get('content-encoding')).toBeNull();
    await stream.body?.cancel();
  });

  it('answers an unknown route and a broken one in one shape, without a stack', async () => {
    const unknown = await ask('GET', '/api/nothing');
    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.body)).toEqual({ error: { code: 'not_found', message: 'There is no GET /api/nothing.' } });
    const broken = await ask('GET', '/api/broken');
    expect(broken.status).toBe(500);
    expect(JSON.parse(broken.body).error.code).toBe('internal');
    expect(broken.body).not.toContain('secret');
    expect(lines.join('')).toContain('secret of the stack');
  });

  it('logs neither secrets nor what was searched', async () => {
    await ask('GET', '/api/big?q=private', { authorization: 'Bearer hidden', cookie: 'id=hidden' });
    expect(lines.join('')).toContain('/api/big');
    expect(lines.join('')).not.toMatch(/private|hidden/);
  });

  it.each([
    ['localhost:4318', 200],
    ['127.0.0.1:4318', 200],
    ['[::1]:4318', 200],
    ['LOCALHOST', 200],
    ['evil.example:4318', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
  ])('answers to the name of this machine only: %s', async (host, status) => {
    expect((await ask('GET', '/api/big', { host })).status).toBe(status);
    expect((await ask('POST', '/v1/traces', { host })).status).toBe(status);
    expect((await ask('GET', '/healthz', { host })).status).toBe(status);
  });

  it.each([
    ['a program', {}, 200],
    ['our page', { origin: 'http://localhost:4318', host: 'localhost:4318' }, 200],
    ['another site', { origin: 'http://evil.example', host: 'localhost:4318' }, 403],
    ['another port', { origin: 'http://localhost:9999', host: 'localhost:4318' }, 403],
    ['a sandbox', { origin: 'null', host: 'localhost:4318' }, 403],
  ])('lets %s write or not', async (_name, headers, status) => {
    expect((await ask('POST', '/api/big', headers)).status).toBe(status);
    expect((await ask('POST', '/v1/traces', headers)).status).toBe(status);
    expect((await ask('GET', '/api/big', headers)).status).toBe(200);
  });
});

describe('the page', () => {
  beforeEach(serve);
  const html = { accept: 'text/html' };

  it('says how to build it when it is not built', async () => {
    expect(await ask('GET', '/runs', html)).toMatchObject({ status: 200, body: expect.stringContaining('npm run build') });
  });

  it('is asked anew on every path, and its assets are kept for ever', async () => {
    await mkdir(join(page, 'assets'));
    await writeFile(join(page, 'index.html'), '<p>page</p>');
    await writeFile(join(page, 'assets', 'app-1a2b.js'), 'export {}');
    for (const path of ['/', '/runs', '/runs/a/b']) {
      expect(await ask('GET', path, html)).toMatchObject({ status: 200, body: '<p>page</p>', headers: { 'cache-control': 'no-cache' } });
    }
    const asset = await ask('GET', '/assets/app-1a2b.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    const gone = await ask('GET', '/assets/app-gone.js', html);
    expect(gone).toMatchObject({ status: 404, body: expect.stringContaining('"not_found"') });
    expect(gone.body).not.toContain(page);
    expect((await ask('GET', '/..%2f..%2fpackage.json', html)).body).not.toContain('"name"');
  });
});

describe('stopping', () => {
  it('ends event streams instead of waiting for them', async () => {
    serve();
    const stream = await fetch(`${http.url}/api/stream`);
    const all = stream.text();
    const before = Date.now();
    await http.close();
    expect(await all).toContain('data: x');
    expect(Date.now() - before).toBeLessThan(4000);
  });
});
