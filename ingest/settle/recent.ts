import type { TaskRow } from './diff.ts';

/** A trace as it is booked right now. */
export interface TraceBook {
  rows: Map<string, TaskRow>;
  /** Approximate memory, with the request bytes its rows hold on to. */
  bytes: number;
  /** Number of the last journal batch with entries of this trace. */
  batch: number;
}

/** From this many rows on a trace is kept while it grows, ... */
const LARGE = 2000;
/** ... that is, while one of the last batches touched it, ... */
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
  }

  delete(key: string): void {
    const old = this.#books.get(key);
    if (!old) return;
    this.#bytes -= old.bytes;
    this.#books.delete(key);
  }

  /** Batches up to `batch` are in the store. */
  loaded(batch: number): void {
    this.#loaded = Math.max(this.#loaded, batch);
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
      this.#books.delete(key);
      this.#bytes -= book.bytes;
      if (this.#bytes <= this.limitBytes) return;
    }
  }

  #grows(book: TraceBook): boolean {
    return book.rows.size >= LARGE && book.batch > this.#loaded - RECENT_BATCHES && this.#bytes <= this.limitBytes * LARGE_FACTOR;
  }
}
