import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

export type Shape = 'small' | 'fat';

/** Spans a request holds: what the SDKs' batch processors send by default. */
export const SPANS_A_REQUEST = 512;
const SPANS_A_RUN = 10;
/** Runs that are under way at once in the sending process, so that a request cuts some of them in two. */
const CONCURRENT_RUNS = 8;
const TEMPLATES = 24;

/** Deterministic numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'gemini-2.5-pro', 'gpt-4.1-mini', 'o3'];
const WORDS = (
  'invoice refund order customer policy window damaged courier please thank the a of to and is for in on with that it as be by this from ' +
  'account payment balance ledger total amount receipt price token model answer question context result retrieval tool search index page user ' +
  'support assistant summary translate explain compare report quarter revenue margin forecast delivery warehouse carrier tracking number status'
).split(' ');

const provider = (model: string): string =>
  model.startsWith('claude') ? 'anthropic' : model.startsWith('gemini') ? 'gcp.gemini' : 'openai';

function prose(next: () => number, length: number): string {
  let text = '';
  while (text.length < length) text += `${WORDS[Math.floor(next() * WORDS.length)]}${next() < 0.1 ? '. ' : ' '}`;
  return text.slice(0, length);
}

/** 12 attributes: what a lean instrumentation sets on a model call. */
function smallAttributes(next: () => number, run: Run): Record<string, string | number> {
  const model = MODELS[Math.floor(next() * next() * MODELS.length)]!;
  const input = Math.floor(next() * 4000) + 1;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider(model),
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': Math.floor(next() * 1200) + 1,
    'gen_ai.usage.cache_read.input_tokens': Math.floor(input * next() * 0.8),
    'airuns.feature': run.feature,
    'airuns.source.id': run.source,
    'user.id': run.user,
    'session.id': run.session,
    'http.route': '/v1/chat',
    'app.retry': Math.floor(next() * 3),
  };
}

/** 20 attributes with 2 KB of messages. */
function fatAttributes(next: () => number, run: Run): Record<string, string | number | string[]> {
  const small = smallAttributes(next, run);
  const message = (role: string) => JSON.stringify([{ role, parts: [{ type: 'text', content: prose(next, 1000) }] }]);
  return {
    ...small,
    'gen_ai.request.temperature': 0.7,
    'gen_ai.request.max_tokens': 1024,
    'gen_ai.response.id': `chatcmpl-${Math.floor(next() * 1e15).toString(36)}`,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.response.model': small['gen_ai.request.model']!,
    'server.address': 'api.example.com',
    'gen_ai.input.messages': message('user'),
    'gen_ai.output.messages': message('assistant'),
  };
}

interface Run {
  traceId: string;
  rootId: string | null;
  left: number;
  feature: string;
  source: string;
  user: string;
  session: string;
}

const hex = (next: () => number, bytes: number): string =>
  Array.from({ length: bytes }, () =>
    Math.floor(next() * 256)
      .toString(16)
      .padStart(2, '0'),
  ).join('');

function newRun(next: () => number): Run {
  return {
    traceId: hex(next, 16),
    rootId: null,
    left: SPANS_A_RUN,
    feature: ['prompt', 'chat', 'applet', 'cockpit', 'workflow'][Math.floor(next() * 5)]!,
    source: `source-${Math.floor(next() * next() * 30)}`,
    user: `user-${Math.floor(next() * next() * 20000)}`,
    session: `session-${Math.floor(next() * 1e6)}`,
  };
}

const RESOURCE = resourceFromAttributes({
  'service.name': 'shop-agent',
  'service.version': '1.4.2',
  'deployment.environment.name': 'prod',
  'host.name': 'ip-10-0-3-7',
  'telemetry.sdk.language': 'nodejs',
});

const SCOPE = { name: 'shop-llm', version: '2.1.0' };

function makeSpan(next: () => number, run: Run, shape: Shape, nowMs: number): ReadableSpan {
  const spanId = hex(next, 8);
  const startMs = nowMs - Math.floor(next() * 60_000);
  const durationMs = Math.exp(4 + next() * 5);
  const failed = next() < 0.03;
  const time = (ms: number): [number, number] => [Math.floor(ms / 1000), Math.floor((ms % 1000) * 1e6)];
  const span = {
    name: `chat ${shape}`,
    kind: SpanKind.CLIENT,
    spanContext: () => ({ traceId: run.traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
    parentSpanContext: run.rootId ? { traceId: run.traceId, spanId: run.rootId, traceFlags: TraceFlags.SAMPLED } : undefined,
    startTime: time(startMs),
    endTime: time(startMs + durationMs),
    duration: time(durationMs),
    status: failed ? { code: SpanStatusCode.ERROR, message: 'timeout' } : { code: SpanStatusCode.UNSET },
    attributes: shape === 'small' ? smallAttributes(next, run) : fatAttributes(next, run),
    links: [],
    events: [],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
  run.rootId ??= spanId;
  run.left--;
  return span as unknown as ReadableSpan;
}

/** A long stream of spans as one process would export it, cut into requests by the SDK's own serializer. Trace ids are then replaced for each copy. */
export function makeTemplates(shape: Shape, seed: number, count = TEMPLATES): Template[] {
  const next = random(seed);
  const nowMs = Date.now();
  const runs: Run[] = Array.from({ length: CONCURRENT_RUNS }, () => newRun(next));
  const templates: Template[] = [];
  for (let t = 0; t < count; t++) {
    const spans: ReadableSpan[] = [];
    while (spans.length < SPANS_A_REQUEST) {
      const i = Math.floor(next() * runs.length);
      if (runs[i]!.left === 0) runs[i] = newRun(next);
      spans.push(makeSpan(next, runs[i]!, shape, nowMs));
    }
    templates.push(template(Buffer.from(ProtobufTraceSerializer.serializeRequest(spans)!), spans));
  }
  return templates;
}

/** A request and where the ids stand in it. */
export interface Template {
  bytes: Buffer;
  places: { id: string; at: number[]; length: number }[];
}

function template(bytes: Buffer, spans: readonly ReadableSpan[]): Template {
  const ids = new Map<string, number>();
  for (const s of spans) {
    ids.set(s.spanContext().traceId, 16);
    ids.set(s.spanContext().spanId, 8);
    if (s.parentSpanContext) ids.set(s.parentSpanContext.spanId, 8);
  }
  const places = [...ids].map(([id, length]) => {
    const needle = Buffer.from(id, 'hex');
    const at: number[] = [];
    for (let p = bytes.indexOf(needle); p >= 0; p = bytes.indexOf(needle, p + length)) at.push(p);
    return { id, at, length };
  });
  return { bytes, places };
}

/**
 * Gzipped requests with ids of their own: copies of the templates, in order, where an id that runs on from one template to the next gets the
 * same new id in both. `count` is rounded up to whole rounds of the templates.
 */
export function makeBodies(templates: readonly Template[], count: number): Buffer[] {
  const bodies: Buffer[] = [];
  while (bodies.length < count) {
    const fresh = new Map<string, Buffer>();
    for (const t of templates) {
      const bytes = Buffer.from(t.bytes);
      for (const { id, at, length } of t.places) {
        let replacement = fresh.get(id);
        if (!replacement) {
          replacement = randomBytes(length);
          fresh.set(id, replacement);
        }
        for (const p of at) replacement.copy(bytes, p);
      }
      bodies.push(gzipSync(bytes, { level: 1 }));
    }
  }
  return bodies;
}
