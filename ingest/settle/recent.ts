import type { TaskRow } from './diff.ts';
import type { LargeTrace } from './large/trace.ts';

/** A trace as it is booked right now. */
export interface TraceBook {
  /** Its rows by span id; none where it is large. */
  readonly rows: ReadonlyMap<string, TaskRow>;
  readonly large: LargeTrace | null;
  /** Approximate memory, with the request bytes its rows hold on to. */
  bytes: number;
  /** Number of the last journal batch with entries of this trace. */
  batch: number;
}

/** A large trace is kept while one of the last batches touched it, ... */
const RECENT_BATCHES = 16;
/** ... up to this many times the limit in all. */
const LARGE_FACTOR = 8;

/**
 * The traces touched last, least recently used first. A trace whose entries are journaled but not yet loaded is never forgotten: the store does
 * not have them yet, and only here can a late span find them. A large trace that grows is kept beyond the limit: forgotten after each batch it
 * would be read back whole for the next one.
 */
export class RecentTraces {
  readonly #books = new Map<string, TraceBook>();
  readonly #large = new Set<TraceBook>();
  /** Traces of which memory is not right and the store lacks something: the batch that it must have before it can be asked. */
  readonly #awaited = new Map<string, number>();
  #bytes = 0;
  #loaded = 0;
  constructor(private readonly limitBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): TraceBook | undefined {
    return this.#books.get(key);
  }

  set(key: string, book: TraceBook): void {
    this.delete(key);
    this.#books.set(key, book);
    this.#bytes += book.bytes;
    if (book.large) this.#large.add(book);
  }

  delete(key: string): void {
    const old = this.#books.get(key);
    if (!old) return;
    this.#bytes -= old.bytes;
    this.#books.delete(key);
    this.#large.delete(old);
  }

  /**
   * Drops a trace, whatever the store has of it. Where a batch with entries of it is still to be loaded, nothing can say what is booked until then:
   * it is {@link awaits awaited}. `batch`: one that may hold entries of it although memory does not say so.
   */
  forget(key: string, batch = 0): void {
    const last = Math.max(batch, this.#books.get(key)?.batch ?? 0, this.#awaited.get(key) ?? 0);
    this.delete(key);
    if (last > this.#loaded) this.#awaited.set(key, last);
  }

  /** Does the store still lack something of a trace that was forgotten? */
  awaits(key: string): boolean {
    return this.#awaited.has(key);
  }

  /** Number of the last batch that the store has. */
  get loadedBatch(): number {
    return this.#loaded;
  }

  /** Batches up to `batch` are in the store. */
  loaded(batch: number): void {
    this.#loaded = Math.max(this.#loaded, batch);
    for (const [key, last] of this.#awaited) if (last <= this.#loaded) this.#awaited.delete(key);
    for (const book of this.#large) {
      book.large!.loaded(batch);
      this.#bytes += book.large!.bytes - book.bytes;
      book.bytes = book.large!.bytes;
    }
    this.evict();
  }

  /** Drops every trace of which the store has all. */
  forgetLoaded(): void {
    for (const [key, book] of this.#books) if (book.batch <= this.#loaded) this.delete(key);
  }

  evict(): void {
    if (this.#bytes <= this.limitBytes) return;
    for (const [key, book] of this.#books) {
      if (book.batch > this.#loaded || this.#grows(book)) continue;
      this.delete(key);
      if (this.#bytes <= this.limitBytes) return;
    }
  }

  #grows(book: TraceBook): boolean {
    return book.large !== null && book.batch > this.#loaded - RECENT_BATCHES && this.#bytes <= this.limitBytes * LARGE_FACTOR;
  }
}
