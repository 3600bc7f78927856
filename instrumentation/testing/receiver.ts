import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came over the wire, attributes as a plain object. */
export interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  links: { traceId: string; spanId: string }[];
  status: { code: number; message?: string };
  service: unknown;
}

export interface WireRequest {
  path: string;
  headers: IncomingMessage['headers'];
  json: unknown;
  spans: WireSpan[];
}

type Answer = (request: WireRequest, response: ServerResponse) => void;

/** A real OTLP/HTTP receiver on a free port of the loopback that remembers what it got. */
export class Receiver {
  readonly requests: WireRequest[] = [];
  /** How the next requests are answered. */
  answer: Answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  readonly #waiting = new Set<() => void>();
  readonly #server = createServer((request, response) => this.#receive(request, response));

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All spans so far, each once: a span that was sent again is the same span. */
  get spans(): WireSpan[] {
    return [...new Map(this.requests.flatMap((request) => request.spans).map((span) => [span.spanId, span])).values()];
  }

  /** All spans that are no markers. */
  get tasks(): WireSpan[] {
    return this.spans.filter((span) => !('airuns.live' in span.attributes));
  }

  /** Resolves with the first value that is there, now or after one of the next requests. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readAll(request);
    if (!bytes) return;
    const json: unknown = JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString());
    const received = { path: request.url ?? '', headers: request.headers, json, spans: toSpans(json as WireBody) };
    this.requests.push(received);
    this.answer(received, response);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** Nothing where the sender was gone before it had sent everything. */
async function readAll(request: IncomingMessage): Promise<Buffer | undefined> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

interface WireBody {
  resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: { spans: RawSpan[] }[] }[];
}
interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}
type RawSpan = Omit<WireSpan, 'attributes' | 'events'> & {
  attributes: KeyValue[];
  events: { name: string; attributes: KeyValue[] }[];
};

function toSpans(body: WireBody): WireSpan[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: toObject(span.attributes),
        events: span.events.map((event) => ({ name: event.name, attributes: toObject(event.attributes) })),
        service: toObject(resource.attributes)['service.name'],
      })),
    ),
  );
}

function toObject(attributes: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toValue(value)]));
}

function toValue(value: Record<string, unknown>): unknown {
  const array = value.arrayValue as { values: Record<string, unknown>[] } | undefined;
  return array ? array.values.map(toValue) : Object.values(value)[0];
}
