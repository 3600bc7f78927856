import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Store, StoreError } from '../../schema/index.ts';
import type { Journal, Segment } from '../journal/journal.ts';

const TABLE = 'inbox';
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** How long loaded segments are kept until one sync of the file system covers them all. */
const CHECKPOINT_MS = 10_000;

export interface LoaderOptions {
  store: Store;
  journal: Journal;
  /** The folder whose file system holds the embedded engine's parts; null where the store is another machine's, which syncs for itself. */
  syncDir: string | null;
  /** Called in order, when a batch is in the store. */
  onLoaded(segment: Segment): void;
  onTrouble(message: string): void;
}

/**
 * Gives journaled batches to the store, one at a time and in order, verbatim until it takes them. A batch whose insert stopped half way is
 * completed by its token, so nothing may overtake it and nothing is planned anew.
 */
export class Loader {
  readonly #queue: Segment[] = [];
  readonly #loaded: Segment[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;
  #waiters: (() => void)[] = [];
  #pause: { wake: () => void } | null = null;
  #checkpointAt = Date.now() + CHECKPOINT_MS;
  /** Milliseconds the last insert took. */
  lastMs = 0;
  constructor(private readonly options: LoaderOptions) {}

  get queued(): number {
    return this.#queue.length;
  }

  get queuedBytes(): number {
    return this.#queue.reduce((sum, s) => sum + s.bytes, 0);
  }

  add(segment: Segment): void {
    this.#queue.push(segment);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      for (const done of this.#waiters.splice(0)) done();
    });
  }

  /** Resolves when nothing is queued. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise<void>((done) => this.#waiters.push(done));
  }

  /**
   * Loads what is queued (for at most `ms`), makes it safe and stops. What is left stays in the journal for the next start, also where the
   * store has it and has not said so: its token makes the repeat harmless.
   */
  async close(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, ms);
    });
    await Promise.race([this.idle(), late]);
    clearTimeout(timer);
    this.#stopped = true;
    this.#pause?.wake();
    await this.checkpoint();
  }

  async #run(): Promise<void> {
    for (let segment = this.#queue[0]; segment && !this.#stopped; segment = this.#queue[0]) {
      if (!(await this.#load(segment))) return;
      this.#queue.shift();
      this.#loaded.push(segment);
      this.options.onLoaded(segment);
      if (Date.now() >= this.#checkpointAt) await this.checkpoint();
    }
  }

  async #load(segment: Segment): Promise<boolean> {
    for (let pause = FIRST_PAUSE_MS; !this.#stopped; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const started = performance.now();
      try {
        await this.options.store.insertFile(TABLE, segment.file, segment.token);
        this.lastMs = performance.now() - started;
        return true;
      } catch (error) {
        const reason = error instanceof StoreError ? `${error.reason}: ${error.message}` : String(error);
        this.options.onTrouble(`batch ${segment.token} is not loaded yet, next try in ${pause} ms (${reason})`);
      }
      await new Promise<void>((wake) => {
        const timer = setTimeout(wake, pause);
        this.#pause = {
          wake: () => {
            clearTimeout(timer);
            wake();
          },
        };
      });
    }
    return false;
  }

  /** Syncs the file system under the store, then lets go of the segments it covers. A segment whose parts are not safe is never removed. */
  async checkpoint(): Promise<void> {
    this.#checkpointAt = Date.now() + CHECKPOINT_MS;
    const covered = this.#loaded.splice(0);
    if (covered.length === 0) return;
    try {
      if (this.options.syncDir !== null) await promisify(execFile)('sync', ['-f', this.options.syncDir]);
      for (const segment of covered) await this.options.journal.release(segment);
    } catch (error) {
      this.#loaded.unshift(...covered);
      this.options.onTrouble(`loaded batches stay in the journal: ${String(error)}`);
    }
  }
}
