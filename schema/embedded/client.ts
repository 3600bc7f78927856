import type { MessagePort } from 'node:worker_threads';
import { type Params, type QueryOptions, type Store, StoreError } from '../store.ts';
import type { Reply, Request } from './protocol.ts';

const DEFAULT_SECONDS = 30;

type Ask = Request extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

interface Waiting {
  resolve(json: Uint8Array): void;
  reject(error: StoreError): void;
}

/** A store over a port to the engine's thread. The port's other end may be in any thread of this process. */
export class PortStore implements Store {
  readonly engine = 'embedded';
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed: StoreError | undefined;
  private idle: (() => void) | undefined;

  constructor(private readonly channel: MessagePort) {
    channel.on('message', (reply: Reply) => this.settle(reply));
    channel.on('close', () => this.fail(new StoreError('unavailable', 'The database engine stopped.')));
    // Only a call that waits keeps the thread alive; an idle store does not.
    channel.unref();
  }

  async query<Row>(sql: string, params: Params = {}, options: QueryOptions = {}): Promise<Row[]> {
    const maxSeconds = options.maxSeconds ?? DEFAULT_SECONDS;
    const json = await this.ask({ verb: 'query', sql, params, maxSeconds }, options.signal);
    return json.byteLength === 0 ? [] : (JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString()) as Row[]);
  }

  async command(sql: string, params: Params = {}): Promise<void> {
    await this.ask({ verb: 'command', sql, params });
  }

  async insertFile(table: string, file: string, token: string): Promise<void> {
    // The engine expands these in a file's name, and would insert other files as well.
    if (/[*?{}]/.test(file))
      throw new StoreError('refused', `The path ${file} contains one of * ? { }, which the engine cannot take literally.`);
    await this.ask({ verb: 'insertFile', table, file, token });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = new StoreError('closed', 'The store is closed.');
    if (this.waiting.size > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
      });
    }
    this.channel.close();
  }

  /** Rejects every call, now and from now on: the engine is gone. */
  fail(error: StoreError): void {
    this.closed ??= error;
    for (const call of this.waiting.values()) call.reject(error);
    this.waiting.clear();
    this.idle?.();
  }

  private ask(request: Ask, signal?: AbortSignal): Promise<Uint8Array> {
    if (this.closed) return Promise.reject(this.closed);
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = ++this.lastId;
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
    });
    const onAbort = () => {
      this.channel.postMessage({ verb: 'cancel', id } satisfies Request);
      this.settleWith(id, (call) => call.reject(cancelled()));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.channel.ref();
    this.channel.postMessage({ ...request, id });
    return answer.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  private settle(reply: Reply): void {
    this.settleWith(reply.id, (call) => {
      if ('json' in reply) call.resolve(reply.json);
      else call.reject(new StoreError(reply.failure.reason, reply.failure.message, reply.failure.code));
    });
  }

  private settleWith(id: number, settle: (call: Waiting) => void): void {
    const call = this.waiting.get(id);
    if (!call) return;
    this.waiting.delete(id);
    settle(call);
    if (this.waiting.size > 0) return;
    this.channel.unref();
    this.idle?.();
  }
}

function cancelled(): StoreError {
  return new StoreError('timeout', 'The query was cancelled by its caller.');
}
