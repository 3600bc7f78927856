import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../fixtures/otlp-captures/', import.meta.url));

export interface CaptureRequest {
  file: string;
  pbFile?: string;
  signal: 'traces' | 'logs';
  path: string;
  contentType: string;
}

type Counts = Readonly<Record<string, number>>;

/** What one capture means, from its `expected.json` (format otlp-capture-expected/1). */
export interface Expected {
  case: string;
  requests: CaptureRequest[];
  spans: number;
  runs: number;
  spansByKind: Counts;
  payload: {
    tokens: Readonly<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning', number | null>>;
    models: Counts;
    failedCalls: number;
    failedRuns: number;
    userId: string | null;
    sessionId: string | null;
  };
}

export function captures(): Expected[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.expected.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as Expected);
}

export const captureBytes = (file: string): Buffer => readFileSync(FOLDER + file);

/** The trace ids of a capture, lower-case. */
export function traceIdsOf(capture: Expected): string[] {
  const ids = new Set<string>();
  for (const request of capture.requests) {
    for (const match of captureBytes(request.file)
      .toString()
      .matchAll(/"traceId":\s*"([0-9a-fA-F]{32})"/g))
      ids.add(match[1]!.toLowerCase());
  }
  return [...ids];
}

/** How the requests of a capture are sent. */
export type Way = 'protobuf' | 'json' | 'twice' | 'reversed';

/** Sends a capture to a receiver at `url`; throws where an answer is not 200. Returns how many spans and log records were sent. */
export async function sendCapture(url: string, capture: Expected, way: Way): Promise<{ traces: number; logs: number }> {
  const requests = way === 'reversed' ? [...capture.requests].reverse() : capture.requests;
  const sent = { traces: 0, logs: 0 };
  for (let round = 0; round < (way === 'twice' ? 2 : 1); round++) {
    for (const request of requests) {
      const json = captureBytes(request.file);
      const protobuf = way !== 'json' && request.pbFile !== undefined;
      const body = protobuf ? captureBytes(request.pbFile!) : json;
      const headers = { 'content-type': protobuf ? 'application/x-protobuf' : 'application/json' };
      const response = await fetch(`${url}/v1/${request.signal}`, { method: 'POST', headers, body: new Uint8Array(body) });
      if (response.status !== 200) throw new Error(`${request.file}: ${response.status} ${await response.text()}`);
      sent[request.signal] += countRecords(json.toString(), request.signal);
    }
  }
  return sent;
}

function countRecords(json: string, signal: 'traces' | 'logs'): number {
  const body = JSON.parse(json) as Record<string, { scopeSpans?: { spans: unknown[] }[]; scopeLogs?: { logRecords: unknown[] }[] }[]>;
  const groups = (signal === 'traces' ? body.resourceSpans : body.resourceLogs) ?? [];
  return groups
    .flatMap((g) =>
      signal === 'traces' ? (g.scopeSpans ?? []).map((s) => s.spans.length) : (g.scopeLogs ?? []).map((s) => s.logRecords.length),
    )
    .reduce((a, b) => a + b, 0);
}
