import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Router } from 'express';
import pLimit from 'p-limit';

/** What loading the samples did. */
export interface Loaded {
  /** OTLP requests sent. */
  readonly sent: number;
  /** Runs they hold. */
  readonly runs: number;
}

interface SampleOptions {
  /** Where OTLP is received, e.g. http://127.0.0.1:4318. */
  readonly url: string;
  /** Where the captures are. */
  readonly directory: string;
  /** Remembers when the samples were first loaded. */
  readonly dataDir: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** One capture: requests in the order in which they arrived, and what they mean. */
interface Capture {
  readonly requests: readonly { readonly file: string; readonly signal: 'traces' | 'logs' }[];
  readonly runs: number;
}

const DAY_NS = 86_400_000_000_000n;
/** A JSON field of OTLP that holds a time, as a number or as text; 0 means not set. Inside a text the quotes are escaped, so it never matches there. */
const TIME = /("(?:start|end|observed)?[tT]imeUnixNano"\s*:\s*"?)([1-9]\d*)/g;
/** Captures whose sender's own attributes are not read yet: their runs would not be seen. */
const NOT_YET = /^langfuse-/;
/** Enough to use both threads of the server, few enough to leave room for real traffic. */
const AT_ONCE = 4;

/** `POST /api/samples` books the captures of real SDKs as runs of the last 24 hours. Asking again changes nothing. */
export function sampleRoutes(options: SampleOptions): Router {
  const router = Router();
  let underWay: Promise<Loaded> | undefined;
  router.post('/api/samples', async (_request, response) => {
    underWay ??= loadSamples(options).finally(() => {
      underWay = undefined;
    });
    response.json(await underWay);
  });
  return router;
}

/** Sends every capture to `url`, spread over the day before the first load. Rejects with an Error if one is not accepted. */
export async function loadSamples({ url, directory, dataDir, now = Date.now }: SampleOptions): Promise<Loaded> {
  const captures = await readCaptures(directory);
  const end = BigInt(await firstLoad(dataDir, now())) * 1_000_000n;
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    captures.map((capture, i) => {
      const start = end - DAY_NS + (DAY_NS * BigInt(2 * i + 1)) / BigInt(2 * captures.length);
      return limit(() => send(capture, url, directory, start));
    }),
  );
  return {
    sent: captures.reduce((sum, capture) => sum + capture.requests.length, 0),
    runs: captures.reduce((sum, capture) => sum + capture.runs, 0),
  };
}

async function readCaptures(directory: string): Promise<Capture[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.expected.json') && !NOT_YET.test(name)).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8')) as Capture));
}

/** Milliseconds of the first load. Kept, because the same spans at other times would be newer versions, not repeats. */
async function firstLoad(dataDir: string, now: number): Promise<number> {
  const file = join(dataDir, 'samples.json');
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // Empty where the process ended between making the file and writing it: nothing was sent then.
  if (before !== '') return (JSON.parse(before) as { loadedAt: number }).loadedAt;
  await writeFile(file, JSON.stringify({ loadedAt: now }));
  return now;
}

/** The requests of a capture one after another, moved in time so that its first moment falls on `start` (nanoseconds). */
async function send(capture: Capture, url: string, directory: string, start: bigint): Promise<void> {
  const bodies = await Promise.all(capture.requests.map(({ file }) => readFile(join(directory, file), 'utf8')));
  const shift = start - earliest(bodies);
  for (const [i, { signal, file }] of capture.requests.entries()) {
    const body = shifted(bodies[i]!, shift);
    const response = await fetch(`${url}/v1/${signal}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!response.ok) throw new Error(`The sample ${file} was answered with ${response.status}: ${await response.text()}`);
  }
}

function earliest(bodies: readonly string[]): bigint {
  const times = bodies.flatMap((body) => [...body.matchAll(TIME)].map((match) => BigInt(match[2]!)));
  return times.reduce((first, time) => (time < first ? time : first));
}

/** The JSON with every time moved by `shift` nanoseconds. On the text, because numbers of this size do not survive JSON.parse. */
export function shifted(json: string, shift: bigint): string {
  return json.replace(TIME, (_, field: string, time: string) => `${field}${BigInt(time) + shift}`);
}
