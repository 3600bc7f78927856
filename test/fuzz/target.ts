import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { startServer, type TestServer, until } from '../support/server.ts';
import type { Dice } from './dice.ts';
import type { Input } from './inputs.ts';
import { type Finding, MAX_MS } from './mill.ts';

interface Envelope {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
  readonly ms: number;
}

const TYPES = [
  'application/json',
  'application/x-protobuf',
  'application/json; charset=utf-16',
  'text/plain',
  'APPLICATION/JSON',
  ';',
  'application/grpc',
  '\u00ff',
];
const CODINGS = ['gzip', 'GZIP', 'identity', 'none', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x-gzip', ''];
/** What a receiver of OTLP may say. 503 only with a time to come back. */
const ALLOWED = new Set([200, 400, 404, 405, 413, 415, 503]);
const MAX_ANSWER = 64 * 1024;
const SILENCE_MS = 60_000;

/** The real server as a process of its own, and what must hold of every answer it gives. */
export class Target {
  readonly statuses: Record<number, number> = {};
  slowest = 0;
  readonly #late: { input: Input; envelope: Envelope }[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  private constructor(private readonly server: TestServer) {}

  static async open(): Promise<Target> {
    return new Target(await startServer({ env: { LOG_LEVEL: 'warn' } }));
  }

  /** Sends it, as a rule as what it is, now and then as something else. Resolves to what is wrong with the answer, or null. */
  async send(dice: Dice, input: Input): Promise<string | null> {
    const envelope = envelopeOf(dice, input);
    const answer = await this.#post(envelope, input.body);
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    this.slowest = Math.max(this.slowest, answer.ms);
    const wrong = whatIsWrong(envelope, answer);
    if (answer.ms > MAX_MS) this.#late.push({ input, envelope });
    return wrong && `${wrong} (${JSON.stringify(envelope)})`;
  }

  /**
   * Sends what was answered late again, alone: it hangs where the server itself works on it for longer than it may. A machine that has other
   * things to do is late with everything.
   */
  async hanging(): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const { input, envelope } of this.#late.splice(0)) {
      let least = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < 3 && least > MAX_MS; tries++) {
        const before = this.#work();
        await this.#post(envelope, input.body);
        least = Math.min(least, this.#work() - before);
      }
      if (least > MAX_MS) findings.push({ input, harm: `takes ${least} ms of work (${JSON.stringify(envelope)})` });
    }
    return findings;
  }

  /** Milliseconds that the server has worked on all its threads; Linux counts them in hundredths of a second. */
  #work(): number {
    const fields = readFileSync(`/proc/${this.server.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  #post({ method, path, headers }: Envelope, body: Buffer): Promise<Answer> {
    const before = performance.now();
    return new Promise((resolve, reject) => {
      const req = request({ port: this.server.port, agent: this.#agent, method, path, headers, timeout: SILENCE_MS }, (res) => {
        const chunks: Buffer[] = [];
        res.on('error', reject);
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => {
          const { 'content-type': type = '', 'retry-after': retryAfter } = res.headers;
          resolve({ status: res.statusCode!, type, retryAfter, body: Buffer.concat(chunks), ms: performance.now() - before });
        });
      });
      req.on('timeout', () => req.destroy(new Error(`silent for ${SILENCE_MS} ms`)));
      // A connection that lay idle may be closed by the server just now: every client tries once more.
      req.on('error', (error) => (req.reusedSocket ? this.#post({ method, path, headers }, body).then(resolve, reject) : reject(error)));
      req.end(body);
    });
  }

  /** Resident memory of the server in MB. */
  memory(): number {
    const [, kB] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.server.pid}/status`, 'utf8'))!;
    return Math.round(Number(kB) / 1024);
  }

  /** Whether it still works after all of it: takes a span and shows it, balances, answers questions about what it took, and stops in order. */
  async aftermath(runs: number): Promise<string[]> {
    const wrong: string[] = [];
    const traceId = 'f00d'.repeat(8);
    const span = `{"traceId":"${traceId}","spanId":"f00df00df00df00d","name":"after","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}]}`;
    const { status } = await this.#post(
      { method: 'POST', path: '/v1/traces', headers: { 'content-type': 'application/json' } },
      Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`),
    );
    if (status !== 200) wrong.push(`a plain span is answered ${status}`);
    const shown = until(async () => ((await this.#get(`/api/runs/${traceId}`)).status === 200 ? true : null), 'the span shows', 60);
    await shown.catch((error: Error) => wrong.push(error.message));
    const balance = await this.#get('/api/ingest');
    if (!balance.json?.balanced) wrong.push(`the balance does not balance: ${JSON.stringify(balance.json)}`);
    wrong.push(...(await this.#questions(runs)));
    const code = await this.server.stop();
    if (code !== 0) wrong.push(`it ends with ${code}`);
    const troubles = this.server.output().match(/"level":(?:40|50|60).*/g) ?? [];
    for (const line of new Set(troubles.map((text) => text.slice(0, 300)))) wrong.push(`it said: ${line}`);
    return wrong;
  }

  /** Ends the server, if it still lives, and removes what it stored. */
  async close(): Promise<void> {
    this.#agent.destroy();
    await this.server.kill();
    await rm(this.server.dataDir, { recursive: true, force: true });
  }

  /** Every page about what was taken can be shown: no answer of the API is a failure. */
  async #questions(runs: number): Promise<string[]> {
    const wrong = new Set<string>();
    const ask = async (path: string): Promise<Record<string, unknown> | null> => {
      const { status, json } = await this.#get(path);
      if (status >= 500) wrong.add(`GET ${path} is ${status}`);
      return json;
    };
    let asked = 0;
    let cursor: unknown = null;
    do {
      const page = await ask(`/api/runs?limit=100${cursor ? `&cursor=${encodeURIComponent(String(cursor))}` : ''}`);
      for (const { runId } of (page?.runs ?? []) as { runId: string }[]) {
        const run = `/api/runs/${encodeURIComponent(runId)}`;
        await ask(run);
        await ask(`${run}/messages`);
        const tasks = await ask(`${run}/tasks`);
        const [task] = (tasks?.tasks ?? []) as { traceId: string; spanId: string }[];
        if (task) await ask(`/api/tasks/${task.traceId}/${task.spanId}`);
        if (++asked >= runs) break;
      }
      cursor = page?.nextCursor ?? null;
    } while (cursor && asked < runs);
    for (const path of ['/api/facets', '/api/analytics/summary', '/api/analytics/breakdown?by=model']) await ask(path);
    return [...wrong].slice(0, 20);
  }

  async #get(path: string): Promise<{ status: number; json: Record<string, unknown> | null }> {
    const response = await fetch(this.server.url + path);
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : null };
  }
}

function envelopeOf(dice: Dice, { signal, json, gzip }: Input): Envelope {
  const type = dice.chance(0.93) ? (json ? 'application/json' : 'application/x-protobuf') : dice.pick(TYPES);
  const coding = dice.chance(0.95) ? (gzip ? 'gzip' : '') : dice.pick(CODINGS);
  const prefix = dice.chance(0.95) ? '' : dice.pick(['/otel', '/api/public/otel', '/V1', '//']);
  const method = dice.chance(0.98) ? 'POST' : dice.pick(['PUT', 'PATCH', 'DELETE']);
  return { method, path: `${prefix}/v1/${signal}`, headers: { 'content-type': type, ...(coding && { 'content-encoding': coding }) } };
}

function whatIsWrong({ path }: Envelope, { status, type, retryAfter, body }: Answer): string | null {
  if (!ALLOWED.has(status)) return `status ${status}`;
  if (status === 503 && !retryAfter) return '503 without Retry-After';
  if (body.length >= MAX_ANSWER) return `an answer of ${body.length} bytes`;
  if (status === 404) return path.startsWith('/v1/') ? 'not found' : null;
  if (type === 'application/json') return isStatus(status, JSON.parse(body.toString()) as Record<string, unknown>);
  return type === 'application/x-protobuf' ? null : `content type ${type}`;
}

/** An error is a google.rpc.Status, a success has at most a partial_success. */
function isStatus(status: number, said: Record<string, unknown>): string | null {
  const names = Object.keys(said).join();
  const want = status === 200 ? ['', 'partialSuccess'] : ['code,message,details'];
  return want.includes(names) ? null : `status ${status} with the fields ${names}`;
}
