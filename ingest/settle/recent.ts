import type { TaskRow } from './diff.ts';

/** A trace as it is booked right now. */
export interface TraceBook {
  rows: Map<string, TaskRow>;
  /** Approximate memory, with the request bytes its rows hold on to. */
  bytes: number;
  /** Number of the last journal batch with entries of this trace. */
  batch: number;
}

/**
 * The traces touched last, least recently used first. A trace whose entries are journaled but not yet loaded is never forgotten: the store does
 * not have them yet, and only here can a late span find them.
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
    const old = this.#books.get(key);
    if (old) {
      this.#bytes -= old.bytes;
      this.#books.delete(key);
    }
    this.#books.set(key, book);
    this.#bytes += book.bytes;
  }

  /** Batches up to `batch` are in the store. */
  loaded(batch: number): void {
    this.#loaded = Math.max(this.#loaded, batch);
    this.evict();
  }

  evict(): void {
    if (this.#bytes <= this.limitBytes) return;
    for (const [key, book] of this.#books) {
      if (book.batch > this.#loaded) continue;
      this.#books.delete(key);
      this.#bytes -= book.bytes;
      if (this.#bytes <= this.limitBytes) return;
    }
  }
}
