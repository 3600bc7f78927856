import type { Draft } from '../draft.ts';
import { Booked } from './booked.ts';
import type { Entry, TaskRow } from './diff.ts';
import type { LargeTrace } from './large/trace.ts';
import { type Touch, touchOf } from './plan.ts';
import type { TraceBook } from './recent.ts';
import { shrinkTables } from './shrink.ts';
import { OutOfStepError } from './unsettled.ts';

/** Entries of large traces that are made at once; more are made when they are read. */
const AT_ONCE = 20_000;
/** Those of several, together. */
const ENTRIES_AT_ONCE = 100_000;

/** What one call of the settler gathers. */
export class Books {
  readonly entries: Entry[] = [];
  readonly touched: Touch[] = [];
  readonly shrunk = new Set<string>();
  readonly books: [string, TraceBook][] = [];
  readonly large: LargeTrace[] = [];
  readonly troubles: string[] = [];
  readonly rest: number[] = [];
  readonly #later: LargeTrace[] = [];
  /** @param outOfStep told of a large trace that is not as the store has it */
  constructor(
    readonly project: string,
    readonly booked: Uint8Array,
    private readonly drafts: readonly Draft[],
    private readonly outOfStep: (trace: LargeTrace) => void,
  ) {}

  /** Returns what takes back all that is gathered from now on. */
  mark(): () => void {
    const lists = [this.entries, this.touched, this.large, this.#later];
    const lengths = lists.map(({ length }) => length);
    return () => {
      for (const [i, list] of lists.entries()) list.length = lengths[i]!;
    };
  }

  failed(trace: LargeTrace, error: unknown): void {
    if (!(error instanceof OutOfStepError)) return;
    this.troubles.push(error.message);
    this.outOfStep(trace);
  }

  /** Passes what becomes of work on a large trace on, and takes note where it fails. */
  async guard<T>(trace: LargeTrace, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.failed(trace, error);
      throw error;
    }
  }

  /** What is remembered from now on holds on to nothing but itself. */
  shrink(): void {
    shrinkTables(this.drafts.filter((_, i) => this.booked[i] === Booked.yes));
  }

  add(traceId: string, rows: readonly TaskRow[]): void {
    this.touched.push(touchOf(this.project, traceId, rows));
    this.books.push([traceId, bookOf(rows)]);
  }

  async addLarge(trace: LargeTrace, written: number): Promise<void> {
    this.touched.push({ project: this.project, traceId: trace.traceId, run: trace.run(), tasks: trace.size, isNew: trace.isNew });
    this.large.push(trace);
    if (written > AT_ONCE || this.entries.length > ENTRIES_AT_ONCE) this.#later.push(trace);
    else for await (const part of trace.parts(this.shrunk)) for (const entry of part) this.entries.push(entry);
  }

  async *parts(): AsyncGenerator<readonly Entry[]> {
    if (this.entries.length > 0) yield this.entries;
    for (const trace of this.#later) {
      const parts = trace.parts(this.shrunk);
      for (let part = await this.guard(trace, parts.next()); !part.done; part = await this.guard(trace, parts.next())) yield part.value;
    }
  }
}

function bookOf(rows: readonly TaskRow[]): TraceBook {
  const book = { rows: new Map<string, TaskRow>(), large: null, bytes: 0, batch: 0 };
  for (const row of rows) book.rows.set(row.draft.spanId, row);
  return book;
}
