import { rmSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { peakRssMb } from '../bench/load.ts';
import { makeBodies, makeTemplates, random, SPANS_A_REQUEST } from '../bench/payload.ts';
import { runCli } from '../support/cli.ts';
import { type ServerOptions, startServer, type TestServer, until } from '../support/server.ts';
import { ask, send } from './in-world.ts';
import { tracesBody, Workload } from './workload.ts';

const servers: TestServer[] = [];

async function start(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.kill();
    rmSync(server.dataDir, { recursive: true, force: true });
  }
});

const CONNECTIONS = 256;
const BODIES = 400;
const SECONDS = 12;
const MAX_RSS_MB = 2500;
const RETRY_AFTER_MS = 1000;

interface Balance {
  received: number;
  booked: number;
}

it('case 50: what 256 connections send is booked or refused with 503, never left waiting, and memory is bounded', {
  timeout: 300_000,
}, async () => {
  const bodies = makeBodies(makeTemplates('fat', 50), BODIES);
  const server = await start();
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answers: { status: number; retryAfter: string | undefined; ms: number }[] = [];
  const end = performance.now() + SECONDS * 1000;
  const sender = async (): Promise<void> => {
    while (performance.now() < end) {
      const body = bodies.pop();
      if (!body) return;
      const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip', 'content-length': body.length };
      const since = performance.now();
      const { status, headers: said } = await ask(`${server.url}/v1/traces`, { method: 'POST', agent, headers }, body);
      answers.push({ status, retryAfter: said['retry-after'], ms: performance.now() - since });
      if (status === 200) continue;
      bodies.push(body);
      await new Promise((again) => setTimeout(again, RETRY_AFTER_MS));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  agent.destroy();
  const accepted = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === '1');
  const times = accepted.map(({ ms }) => ms).sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)]!;
  const rss = peakRssMb(server.pid);
  console.log(`${accepted.length} accepted, p99 ${p99.toFixed(0)} ms; ${refused.length} refused; peak RSS ${rss.toFixed(0)} MB`);
  expect(accepted.length + refused.length).toBe(answers.length);
  expect(Math.min(accepted.length, refused.length)).toBeGreaterThan(0);
  expect(rss).toBeLessThan(MAX_RSS_MB);

  const spans = accepted.length * SPANS_A_REQUEST;
  const balance = async (): Promise<Balance> => JSON.parse((await ask(`${server.url}/api/ingest`)).body) as Balance;
  await until(async () => ((await balance()).received >= spans ? true : null), 'all of it is loaded', 120);
  expect(await balance()).toMatchObject({ received: spans, booked: spans });
  expect(await server.stop()).toBe(0);
  expect(await runCli(['verify'], { AIRUNS_DATA_DIR: server.dataDir })).toMatchObject({ code: 0 });
});

it('case 44: above its memory limit the server takes in one request at a time and refuses the others with 503', async () => {
  const server = await start({ env: { AIRUNS_MEMORY_LIMIT_MB: '1' } });
  const workload = new Workload(random(44));
  const [first, second] = [tracesBody(workload.trace()), tracesBody(workload.trace())];
  const socket = connect(server.port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString();
  });
  const head = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${first.length}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), first.subarray(0, 10)]));
  const refused = await until(async () => {
    const answer = await send(server.url, second);
    return answer.status === 503 ? answer : null;
  }, 'the first has arrived in part');
  expect(refused.headers['retry-after']).toBe('1');
  socket.write(first.subarray(10));
  await until(async () => (heard.startsWith('HTTP/1.1 200') ? true : null), 'the first is answered');
  socket.destroy();
  expect((await send(server.url, second)).status).toBe(200);
});
