import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { makeBodies, makeTemplates, random } from '../bench/payload.ts';
import { startServer } from '../support/server.ts';

const ROUNDS = Number(process.env.AIRUNS_KILL_ROUNDS ?? 20);
const SEED = Number(process.env.AIRUNS_SEED ?? 20_261_122);
const CONNECTIONS = 6;

/**
 * kill -9 in the middle of load, again and again on one data folder. As a real exporter does, the sender keeps what was not acknowledged and
 * sends it again to the next process. At the end every acknowledged span is there, once, and the books equal a recount.
 */
it(`keeps every acknowledged span, once, over ${ROUNDS} kills`, { timeout: 900_000 }, async () => {
  console.log(`seed ${SEED} (AIRUNS_SEED), ${ROUNDS} rounds (AIRUNS_KILL_ROUNDS)`);
  const next = random(SEED);
  const templates = makeTemplates('small', SEED);
  const waiting: Buffer[] = [];
  const acknowledged: Buffer[] = [];
  let cut = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (waiting.length < 144) waiting.push(...makeBodies(templates, 96));
    const server = await startServer({ dataDir });
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    // The blow falls in the middle of things: after some acknowledgements, and then at any moment of what is under way.
    const killAfter = acknowledged.length + 4 + Math.floor(next() * 40);
    const delay = next() * 120;
    let alive = true;
    let dead: Promise<void> | null = null;
    const strike = (): void => {
      dead ??= new Promise<void>((done) => {
        setTimeout(() => {
          alive = false;
          server.kill().then(done);
        }, delay);
      });
    };
    const sender = async (): Promise<void> => {
      while (alive && waiting.length > 0) {
        const body = waiting.shift()!;
        if ((await post(`${server.url}/v1/traces`, agent, body)) === 200) {
          acknowledged.push(body);
          if (acknowledged.length >= killAfter) strike();
        } else {
          cut++;
          waiting.unshift(body);
          if (!alive) return;
        }
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, sender));
    strike();
    await dead;
    agent.destroy();
  }
  // The last process ends in order, so that its journal is in the store; one more start replays what the kills left.
  const last = await startServer({ dataDir });
  expect(await last.stop()).toBe(0);
  const result = await inspect(acknowledged);
  console.log(`${acknowledged.length} requests acknowledged, ${cut} cut off and sent again: ${JSON.stringify(result)}`);
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * 4);
  expect(result).toMatchObject({ missing: 0, twice: 0, mismatches: [] });
});

const dataDir = mkdtempSync(join(tmpdir(), 'airuns-kill-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function post(url: string, agent: http.Agent, body: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip', 'content-length': body.length };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve(0));
    });
    request.on('error', () => resolve(0));
    request.end(body);
  });
}

/** Opens the store in a process of its own, since the engine allows one at a time, and looks for the spans of these requests. */
async function inspect(bodies: readonly Buffer[]): Promise<{ spans: number; missing: number; twice: number; mismatches: string[] }> {
  const ids = join(dataDir, 'acknowledged.txt');
  writeFileSync(ids, bodies.flatMap((body) => spanIds(gunzipSync(body))).join('\n'));
  const script = fileURLToPath(new URL('../support/inspect-store.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions', 'airuns-source', script, dataDir, ids];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as { spans: number; missing: number; twice: number; mismatches: string[] };
}

/** `<trace id> <span id>` of every span: in the SDK's encoding a span begins with both (fields 1 and 2, of 16 and 8 bytes). */
function spanIds(body: Buffer): string[] {
  const ids: string[] = [];
  const head = Buffer.from([0x0a, 0x10]);
  for (let at = body.indexOf(head); at >= 0; at = body.indexOf(head, at + 1)) {
    if (body[at + 18] === 0x12 && body[at + 19] === 0x08)
      ids.push(`${body.toString('hex', at + 2, at + 18)} ${body.toString('hex', at + 20, at + 28)}`);
  }
  return ids;
}
