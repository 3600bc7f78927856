import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { engineError } from '../failure.ts';
import { type Params, type QueryOptions, type Store, StoreError } from '../store.ts';
import { bind, EXACT_INSERT } from '../text.ts';

const DEFAULT_SECONDS = 30;
const QUIET = { level: ClickHouseLogLevel.OFF };
/** An insert or a migration may take long; a connection that says nothing for ten minutes is dead. */
const REQUEST_MS = 600_000;

/** A store on a ClickHouse server. `url` is http(s)://user:password@host:8123/database; the database is made if missing. */
export async function openRemote(url: string): Promise<Store> {
  const client = createClient({
    url,
    application: 'ai-runs',
    // Failures reach the caller as errors, and it is for the caller to log them.
    log: QUIET,
    request_timeout: REQUEST_MS,
    max_open_connections: 8,
    clickhouse_settings: {
      async_insert: 0,
      session_timezone: 'UTC',
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_decimals: 1,
      // An error comes as an error then, not as a line in the middle of the rows.
      wait_end_of_query: 1,
    },
  });
  const store = new RemoteStore(client);
  try {
    await ensureDatabase(store, url);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

class RemoteStore implements Store {
  readonly engine = 'remote';
  private readonly calls = new Set<Promise<unknown>>();
  private closed = false;

  constructor(private readonly client: ClickHouseClient) {}

  query<Row>(sql: string, params: Params = {}, options: QueryOptions = {}): Promise<Row[]> {
    const seconds = options.maxSeconds ?? DEFAULT_SECONDS;
    // The server keeps the time; the second limit is for a server that does not answer at all.
    const limits = [AbortSignal.timeout((seconds + 5) * 1000), ...(options.signal ? [options.signal] : [])];
    return this.call(async () => {
      const result = await this.client.query({
        query: sql,
        format: 'JSONEachRow',
        query_params: bind(sql, params),
        abort_signal: AbortSignal.any(limits),
        clickhouse_settings: { max_execution_time: seconds, readonly: '2', cancel_http_readonly_queries_on_client_close: 1 },
      });
      return result.json<Row>();
    });
  }

  command(sql: string, params: Params = {}): Promise<void> {
    return this.call(async () => {
      await this.client.command({ query: sql, query_params: bind(sql, params) });
    });
  }

  insertFile(table: string, file: string, token: string): Promise<void> {
    return this.call(async () => {
      const body = createReadStream(file);
      await once(body, 'open').catch((error: Error) => {
        throw new StoreError('refused', `The file ${file} cannot be read: ${error.message}`);
      });
      const settings = { ...EXACT_INSERT, insert_deduplication_token: token };
      const result = await this.client.exec({ query: `INSERT INTO ${table} FORMAT Native`, values: body, clickhouse_settings: settings });
      for await (const _ of result.stream);
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.allSettled(this.calls);
    await this.client.close();
  }

  private call<T>(run: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new StoreError('closed', 'The store is closed.'));
    const call = run().catch((error: unknown) => {
      throw toStoreError(error);
    });
    this.calls.add(call);
    const done = () => this.calls.delete(call);
    call.then(done, done);
    return call;
  }
}

/** Asks first: a user without the right to create databases is fine as long as ours is there. */
async function ensureDatabase(store: Store, url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if (!name) throw new StoreError('refused', 'AIRUNS_CLICKHOUSE_URL names no database: http(s)://user:password@host:8123/database');
  try {
    await store.query('SELECT 1');
  } catch (error) {
    const missing = error instanceof StoreError && error.code === 81;
    if (!missing) throw error;
    await createDatabase(url, name);
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const elsewhere = new URL(url);
  elsewhere.pathname = '/default';
  const store = new RemoteStore(createClient({ url: elsewhere, application: 'ai-runs', log: QUIET }));
  try {
    await store.command('CREATE DATABASE IF NOT EXISTS {name:Identifier}', { name });
  } finally {
    await store.close();
  }
}

function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof ClickHouseError) return engineError(error.message, Number(error.code), error);
  const message = error instanceof Error ? error.message : String(error);
  const gaveUp = error instanceof Error && (error.name === 'AbortError' || /aborted|timeout/i.test(message));
  if (gaveUp) return new StoreError('timeout', `The query was given up: ${message}`, undefined, { cause: error });
  return new StoreError('unavailable', `ClickHouse does not answer: ${message}`, undefined, { cause: error });
}
