import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf, spanMessage } from '../support/otlp-wire.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.kill();
  rmSync(server.dataDir, { recursive: true, force: true });
});

const SPANS = requestOf(spanMessage());
const TYPE = 'Content-Type: application/x-protobuf\r\n';
const post = (version: string, headers: string): string => `POST /v1/traces HTTP/${version}\r\nHost: localhost\r\n${TYPE}${headers}\r\n`;
const LENGTH = `Content-Length: ${SPANS.length}\r\n`;

/** Asked last on a connection, and answered only where the server is not out of step. It makes the server close. */
const LAST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** What the server says to these bytes on one connection until it closes it, in the order in which it says it. `end`: we close our side. */
function talk(parts: readonly (string | Buffer)[], end = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
    for (const part of parts) socket.write(part);
    if (end) socket.end();
  });
}

const statuses = (heard: string): string[] => [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status!);

describe('case 17: the edges of HTTP', () => {
  it('a length that is longer than the body is no whole request', async () => {
    expect(statuses(await talk([post('1.1', 'Content-Length: 100000\r\n'), SPANS], true))).not.toContain('200');
  });

  it('a length that is shorter than the body cuts it off, and the rest is no request', async () => {
    const heard = statuses(await talk([post('1.1', `Content-Length: ${SPANS.length - 10}\r\n`), SPANS]));
    // The first may be answered before the rest is looked at, or not.
    expect([...new Set(heard)]).toEqual(['400']);
  });

  it('two lengths, or a length beside chunks, are refused', async () => {
    expect(statuses(await talk([post('1.1', `${LENGTH}Content-Length: 3\r\n`), SPANS, LAST]))).toEqual(['400']);
    expect(statuses(await talk([post('1.1', `${LENGTH}Transfer-Encoding: chunked\r\n`), SPANS, LAST]))).toEqual(['400']);
  });

  it('chunks with trailers are a body', async () => {
    const chunked = [`${SPANS.length.toString(16)}\r\n`, SPANS, '\r\n0\r\nX-Checksum: abc\r\n\r\n'];
    const head = post('1.1', 'Transfer-Encoding: chunked\r\nTrailer: X-Checksum\r\n');
    expect(statuses(await talk([head, ...chunked, LAST]))).toEqual(['200', '200']);
  });

  it('who expects 100-continue hears it', async () => {
    expect(statuses(await talk([post('1.1', `${LENGTH}Expect: 100-continue\r\n`), SPANS, LAST]))).toEqual(['100', '200', '200']);
  });

  it('HTTP/1.0 is answered and closed', async () => {
    const heard = await talk([post('1.0', LENGTH), SPANS]);
    expect(statuses(heard)).toEqual(['200']);
    expect(heard).toMatch(/^connection: close\r$/im);
  });

  it('requests in a row on one connection are answered in their order', async () => {
    const wrong = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n${LENGTH}\r\n`;
    const get = 'GET /v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const requests = [post('1.1', LENGTH), SPANS, wrong, SPANS, get, post('1.1', LENGTH), SPANS, LAST];
    expect(statuses(await talk(requests))).toEqual(['200', '415', '405', '200', '200']);
  });
});
