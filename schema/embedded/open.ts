import { mkdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { type Store, StoreError } from '../store.ts';
import { startThread } from '../thread.ts';
import { PortStore } from './client.ts';
import { lockHolder } from './lock.ts';
import type { Control, EngineSettings, Report } from './protocol.ts';
import { mendTokens } from './tokens.ts';

/** A store whose engine runs in this process, in a thread of its own. */
export interface EmbeddedStore extends Store {
  readonly engine: 'embedded';
  /** A new channel to the engine, to be transferred to another thread and opened there with connectStore. */
  port(): MessagePort;
}

const GIB = 1024 ** 3;

/**
 * Opens chDB on the directory `path` (made if missing). `maxMemoryBytes` bounds the engine; default: half of the memory, at most 4 GiB.
 * With `log` it writes warnings to `engine.log` there, and says so on stderr. Rejects with StoreError `unavailable` and a one-line message if the directory cannot be used or another process uses it.
 */
export async function openEmbedded(path: string, maxMemoryBytes?: number, log = true): Promise<EmbeddedStore> {
  const settings: EngineSettings = {
    path: usable(resolve(path)),
    maxMemoryBytes: maxMemoryBytes ?? Math.floor(Math.min(totalmem() / 2, 4 * GIB)),
    readers: readerCount(),
    log,
  };
  // Loaded here for its own sake: a library that only a thread has loaded is unloaded when that thread ends, while its own threads still
  // run, and that takes the process down.
  await import('chdb');
  const thread = startThread('./engine', import.meta.url, settings);
  await opened(thread, settings.path);
  return new OwnedEngine(thread);
}

/** A store over a port that an {@link EmbeddedStore} gave out. Its close() closes the channel only. */
export function connectStore(port: MessagePort): Store {
  return new PortStore(port);
}

/**
 * Every running statement holds one of libuv's threads (4 by default, UV_THREADPOOL_SIZE). Inserts and kills must always find one, and
 * files and compression need the rest, so reads take what is left over.
 */
function readerCount(): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4;
  return Math.max(1, Math.min(4, threads - 3, Math.max(2, availableParallelism())));
}

class OwnedEngine extends PortStore implements EmbeddedStore {
  private closing: Promise<void> | undefined;

  constructor(private readonly thread: Worker) {
    const { port1, port2 } = new MessageChannel();
    super(port1);
    this.hand(port2);
    thread.once('error', (error) => this.fail(new StoreError('unavailable', `The database engine failed: ${error.message}`)));
    thread.once('exit', () => this.fail(new StoreError('unavailable', 'The database engine stopped.')));
  }

  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.hand(port1);
    return port2;
  }

  override close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  private async stop(): Promise<void> {
    await super.close();
    const exit = new Promise<void>((done) => {
      this.thread.once('exit', () => done());
    });
    this.thread.postMessage({ verb: 'close' } satisfies Control);
    await exit;
  }

  private hand(port: MessagePort): void {
    this.thread.postMessage({ verb: 'port', port } satisfies Control, [port]);
  }
}

function usable(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('unavailable', `The data directory ${path} cannot be made (${why}): choose another with AIRUNS_DATA_DIR.`);
  }
  const holder = lockHolder(path);
  if (holder !== undefined) throw new StoreError('unavailable', inUse(path, holder));
  mendTokens(path);
  return path;
}

function opened(thread: Worker, path: string): Promise<void> {
  return new Promise((done, reject) => {
    thread.once('error', (error) => reject(new StoreError('unavailable', `The database engine does not start: ${error.message}`)));
    thread.once('message', (report: Report) => {
      if (report.state === 'open') return done();
      const holder = lockHolder(path);
      const why = report.state === 'failed' ? report.failure.message : 'it closed at once';
      const message = `The database in ${path} does not open (${why}): is the directory writable, and its owner the user of this process?`;
      reject(new StoreError('unavailable', holder === undefined ? message : inUse(path, holder)));
    });
  });
}

function inUse(path: string, holder: number): string {
  const who = holder > 0 ? `process ${holder}` : 'another process';
  return `The data directory ${path} is in use by ${who}: stop it, or choose another directory with AIRUNS_DATA_DIR.`;
}
