import { once } from 'node:events';
import { request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { type Ingest, type LifeSettings, openIngest } from '../../ingest/index.ts';
import { openTestStore, type TestStore } from './otlp-store.ts';
import { requestOf, type SpanInput, spanMessage } from './otlp-wire.ts';

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface PostOptions {
  readonly path?: string;
  readonly method?: string;
  readonly json?: boolean;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ingest behind real HTTP, over a real embedded store in a directory of its own. */
export class TestServer {
  private constructor(
    readonly books: TestStore,
    private readonly http: Server,
    public ingest: Ingest,
    /** What the ingest thread warned of. */
    readonly troubles: string[],
    private readonly life: Partial<LifeSettings>,
  ) {}

  static async open(life: Partial<LifeSettings> = {}): Promise<TestServer> {
    const books = await openTestStore();
    // The router is asked for at each request: a restart makes a new one.
    const app = express().use((req, res, next) => server.ingest.router(req, res, next));
    const http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const troubles: string[] = [];
    const server: TestServer = new TestServer(books, http, await openBooks(books, troubles, life), troubles, life);
    return server;
  }

  /** Ends the ingest thread as a stop of the server does, and starts it anew on the same data. */
  async restart(): Promise<void> {
    await this.ingest.close();
    this.ingest = await openBooks(this.books, this.troubles, this.life);
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await this.ingest.close();
    await this.books.close();
  }

  post(
    body: Buffer | string,
    { path = '/v1/traces', method = 'POST', json = false, gzip = false, headers = {} }: PostOptions = {},
  ): Promise<Answer> {
    const bytes = gzip ? gzipSync(body) : Buffer.from(body);
    const type = { 'content-type': json ? 'application/json' : 'application/x-protobuf' };
    const coding = gzip ? { 'content-encoding': 'gzip' } : {};
    const { port } = this.http.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const req = httpRequest(
        { port, path, method, headers: { ...type, ...coding, 'content-length': bytes.length, ...headers } },
        (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('end', () =>
            resolve({ status: res.statusCode!, type: res.headers['content-type'], headers: res.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      // A connection that lay idle may be closed by the server just now: every client tries once more.
      req.on('error', (error) =>
        req.reusedSocket ? this.post(body, { path, method, json, gzip, headers }).then(resolve, reject) : reject(error),
      );
      req.end(bytes);
    });
  }

  send(...spans: readonly SpanInput[]): Promise<Answer> {
    return this.post(requestOf(...spans.map(spanMessage)));
  }

  query<Row>(sql: string, params: Readonly<Record<string, string>> = {}): Promise<Row[]> {
    return this.books.store.query<Row>(sql, params);
  }

  /** Newest rows of a trace, once there are `count` of them. */
  async tasks<Row>(traceId: string, columns: string, count = 1): Promise<Row[]> {
    const where = `trace_id = reinterpretAsUInt128(reverse(unhex({trace:String}))) ORDER BY started_at, span_id`;
    for (let tries = 0; ; tries++) {
      const rows = await this.query<Row>(`SELECT ${columns} FROM tasks FINAL WHERE ${where}`, { trace: traceId });
      if (rows.length >= count || tries > 100) return rows;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function openBooks(books: TestStore, troubles: string[], life: Partial<LifeSettings>): Promise<Ingest> {
  const storeConfig = { engine: 'embedded', path: `${books.directory}/store` } as const;
  const tell = (message: string): void => void troubles.push(message);
  return openIngest({ dataDir: books.directory, store: books.store, storeConfig, life, logger: { warn: tell, error: tell } });
}
