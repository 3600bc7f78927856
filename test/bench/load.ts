import { readFileSync } from 'node:fs';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { makeBodies, makeTemplates, type Shape, SPANS_A_REQUEST } from './payload.ts';

/** One measured run of the load generator. Latencies are in milliseconds, CPU in microseconds of the server process for each acknowledged span. */
export interface LoadResult {
  shape: Shape;
  seconds: number;
  spansPerSecond: number;
  ackP50: number;
  ackP99: number;
  refused: number;
  failed: number;
  cpuMicrosPerSpan: number;
  rssMb: number;
  /** Milliseconds from sending a request until the API shows a run of it. */
  visibleP50: number;
  visibleP99: number;
  /** The longest time the HTTP thread was held up, in milliseconds. */
  loopMaxMs: number;
}

export interface LoadOptions {
  /** Of the server. */
  origin: string;
  /** The server's process, whose CPU and memory are read from /proc. */
  pid: number;
  shape: Shape;
  seconds: number;
  connections: number;
  /** Spans a second; absent = as many as are acknowledged. */
  rate?: number;
  /** Requests prepared beforehand; must outlast the run, since a body sent twice is a duplicate. */
  bodies: number;
  seed: number;
}

const WARM_UP_MS = 3000;
/** One request in so many milliseconds is followed until it is seen. */
const PROBE_MS = 500;
const POLL_MS = 50;
/** What the server asks of whom it refuses. */
const RETRY_AFTER_MS = 1000;

/** Sends prepared bodies over keep-alive connections and measures acknowledgements after a warm-up. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const bodies = makeBodies(makeTemplates(options.shape, options.seed), options.bodies);
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.connections });
  const url = `${options.origin}/v1/traces`;
  const latencies: number[] = [];
  const visible: Promise<number>[] = [];
  let probeAt = 0;
  const counts = { acknowledged: 0, refused: 0, failed: 0 };
  let next = 0;
  const start = performance.now();
  const measureFrom = start + WARM_UP_MS;
  const end = measureFrom + options.seconds * 1000;
  let warm: { acknowledged: number; cpu: number; at: number } | null = null;
  const one = async (): Promise<void> => {
    const body = bodies[next++];
    if (!body) return;
    const sent = performance.now();
    const status = await post(url, agent, body);
    const now = performance.now();
    if (!warm && now >= measureFrom) warm = { acknowledged: counts.acknowledged, cpu: cpuMicros(options.pid), at: now };
    if (status === 200) {
      counts.acknowledged++;
      if (warm) latencies.push(now - sent);
      if (warm && now >= probeAt) {
        probeAt = now + PROBE_MS;
        visible.push(untilVisible(options.origin, firstTrace(body), sent));
      }
    } else if (status === 503) {
      // As exporters do: what is refused comes again, when it was asked to.
      counts.refused++;
      bodies.push(body);
      await new Promise((again) => setTimeout(again, RETRY_AFTER_MS));
    } else counts.failed++;
  };
  const loop = watchLoop(options.origin);
  if (options.rate) await atRate(one, options.rate / SPANS_A_REQUEST, end);
  else {
    const client = async (): Promise<void> => {
      while (performance.now() < end && next < bodies.length) await one();
    };
    await Promise.all(Array.from({ length: options.connections }, client));
  }
  if (next >= bodies.length && performance.now() < end - 500) throw new Error(`only ${bodies.length} bodies were prepared: give more`);
  const from = warm as { acknowledged: number; cpu: number; at: number } | null;
  if (!from) throw new Error('nothing was measured');
  const seconds = (performance.now() - from.at) / 1000;
  const spans = (counts.acknowledged - from.acknowledged) * SPANS_A_REQUEST;
  latencies.sort((a, b) => a - b);
  agent.destroy();
  const cpu = cpuMicros(options.pid);
  const seen = (await Promise.all(visible)).sort((a, b) => a - b);
  return {
    shape: options.shape,
    seconds,
    spansPerSecond: spans / seconds,
    ackP50: quantile(latencies, 0.5),
    ackP99: quantile(latencies, 0.99),
    refused: counts.refused,
    failed: counts.failed,
    cpuMicrosPerSpan: (cpu - from.cpu) / spans,
    rssMb: peakRssMb(options.pid),
    visibleP50: quantile(seen, 0.5),
    visibleP99: quantile(seen, 0.99),
    loopMaxMs: await loop(),
  };
}

/** The id of a request's first trace: in the SDK's encoding a span begins with it (field 1, 16 bytes). */
function firstTrace(body: Buffer): string {
  const bytes = gunzipSync(body);
  const at = bytes.indexOf(Buffer.from([0x0a, 0x10])) + 2;
  return bytes.toString('hex', at, at + 16);
}

/** Milliseconds since `sent` when the API first answers with a run of the trace. */
async function untilVisible(origin: string, traceId: string, sent: number): Promise<number> {
  for (;;) {
    const response = await fetch(`${origin}/api/runs/${traceId}`);
    await response.arrayBuffer();
    if (response.status === 200) return performance.now() - sent;
    if (performance.now() - sent > 60_000) throw new Error(`run ${traceId} is not visible after a minute`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Reads how long the HTTP thread was held up, once a second; the answer is the longest. */
function watchLoop(origin: string): () => Promise<number> {
  let longest = 0;
  const read = async (): Promise<void> => {
    const text = await (await fetch(`${origin}/metrics`)).text();
    longest = Math.max(longest, Number(/^airuns_event_loop_max_seconds (\S+)/m.exec(text)?.[1] ?? Number.NaN) * 1000);
  };
  // The time up to here is the start of the process, not the load.
  const first = read().then(() => {
    longest = 0;
  });
  const timer = setInterval(() => void read().catch(() => undefined), 1000);
  return async () => {
    clearInterval(timer);
    await first;
    await read();
    return longest;
  };
}

async function atRate(one: () => Promise<void>, requestsPerSecond: number, end: number): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const gap = 1000 / requestsPerSecond;
  for (let due = performance.now(); due < end; due += gap) {
    const wait = due - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    const request = one();
    underWay.add(request);
    void request.finally(() => underWay.delete(request));
  }
  await Promise.all(underWay);
}

function post(url: string, agent: http.Agent, body: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip', 'content-length': body.length };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', () => resolve(0));
    request.end(body);
  });
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

const TICK_MICROS = 10_000;

/** User and system time of a process so far. */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** Highest resident memory of a process so far. */
export function peakRssMb(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
