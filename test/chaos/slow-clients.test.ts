import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { random } from '../bench/payload.ts';
import { startServer, type TestServer, until } from '../support/server.ts';
import { send } from './in-world.ts';
import { tracesBody, Workload } from './workload.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.kill();
  rmSync(server.dataDir, { recursive: true, force: true });
});

const SILENT = 5000;
/** Opened at once: more than the kernel queues for a listener are answered by its retries only, seconds later. */
const WAVE = 250;
/** How long a slow sender is put up with. */
const PATIENCE_S = 60;

interface Slow {
  readonly socket: Socket;
  heard: string;
  closed: boolean;
}

function open(first: string): Slow {
  const slow: Slow = { socket: connect(server.port, '127.0.0.1'), heard: '', closed: false };
  slow.socket.on('error', () => undefined);
  slow.socket.on('data', (chunk) => {
    slow.heard += chunk.toString();
  });
  slow.socket.on('close', () => {
    slow.closed = true;
  });
  if (first !== '') slow.socket.write(first);
  return slow;
}

const HEAD = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n';

it('case 16: slow headers, a body of a byte a second and 5,000 silent sockets are cut off, and hurt nobody', {
  timeout: 150_000,
}, async () => {
  const silent: Slow[] = [];
  while (silent.length < SILENT) {
    const wave = Array.from({ length: WAVE }, () => open(''));
    await Promise.all(wave.map(({ socket }) => once(socket, 'connect')));
    silent.push(...wave);
  }
  const headers = open(HEAD);
  const body = open(`${HEAD}Content-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\n`);
  const trickle = setInterval(() => {
    if (!headers.closed) headers.socket.write('X-More: a\r\n');
    if (!body.closed) body.socket.write('\n');
  }, 1000);
  const workload = new Workload(random(16));
  const latencies: number[] = [];
  let cut = false;
  try {
    const everyoneIsGone = until(
      async () => ([...silent, headers, body].every(({ closed }) => closed) ? true : null),
      'all slow connections are cut off',
      PATIENCE_S,
    ).finally(() => {
      cut = true;
    });
    while (!cut) {
      const since = performance.now();
      expect((await send(server.url, tracesBody(workload.trace()))).status).toBe(200);
      latencies.push(performance.now() - since);
      await new Promise((done) => setTimeout(done, 100));
    }
    await everyoneIsGone;
  } finally {
    clearInterval(trickle);
    for (const { socket } of [...silent, headers, body]) socket.destroy();
  }
  expect([headers.heard, body.heard].map((answer) => answer.split('\r\n')[0])).toEqual(Array(2).fill('HTTP/1.1 408 Request Timeout'));
  latencies.sort((a, b) => a - b);
  const p99 = latencies[Math.floor(latencies.length * 0.99)]!;
  console.log(`${latencies.length} requests beside them, p99 ${p99.toFixed(0)} ms`);
  expect(p99).toBeLessThan(5000);
});
