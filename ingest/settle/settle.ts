import { getOrCreate } from '../collections.ts';
import type { Draft } from '../draft.ts';
import { Booked } from './booked.ts';
import type { Entry, TaskRow } from './diff.ts';
import { Books } from './gather.ts';
import { isGone } from './gone.ts';
import { Graves } from './graves.ts';
import { bytesOf } from './large/kept.ts';
import { LargeTrace } from './large/trace.ts';
import { markDeleted, merge } from './merge.ts';
import { type Change, goneRows, plan, type Touch } from './plan.ts';
import { RecentTraces, type TraceBook } from './recent.ts';
import { byStart } from './resolve.ts';
import { SeenTraces } from './seen.ts';
import { AwaitedError, UnsettledError } from './unsettled.ts';

/** A look-up may stop once it has so many rows, and then says of which traces it has none. */
export interface Enough {
  readonly rows: number;
  left(traceIds: readonly string[]): void;
}

/**
 * Rows of those traces as the store has them, newest version of each span; with `spanIds` only those of the one trace. Of a trace of more than
 * {@link LARGE} rows it may answer with only so many that this shows; then {@link SettlerOptions.pages} gives the rest.
 */
export type Lookup = (project: string, traceIds: readonly string[], spanIds?: readonly string[], enough?: Enough) => Promise<TaskRow[]>;

/** All rows of a trace, a page at a time. They may lack what no other span depends on: attributes, texts, events, links. */
export type Pages = (project: string, traceId: string) => AsyncIterable<readonly TaskRow[]>;

/** Traces of more rows are kept as columns, and resolved by what changes; ... */
export const LARGE = 2000;
/** ... those that grow already when so much of them was booked before. */
const GROWN = 500;

/** Rows that are looked up at once, about: a wave of late spans may touch a thousand times as many. Some kilobyte each. */
const ROWS_AT_ONCE = 50_000;

/** Names a span. */
export interface SpanRef {
  readonly traceId: string;
  readonly spanId: string;
}

/** What a batch came to. Nothing of it is remembered before {@link Settled.commit}. */
export interface Settled {
  /** Where a large trace is corrected throughout its entries are not among them, but in {@link Settled.parts}. */
  entries: Entry[];
  /** All entries, a part at a time: those of a trace of a million spans need not lie in memory together. To be read once, before `commit`. */
  parts(): AsyncIterable<readonly Entry[]>;
  /** For each draft, in order, one of {@link Booked}: is it booked, was it known already, is what it belongs to deleted, or must it come again? */
  booked: Uint8Array;
  /** Drafts that are `later` only because there is enough to do: to be settled as soon as this is committed. Ascending. */
  readonly rest: readonly number[];
  /** Why drafts must come again although the store is not behind. */
  readonly troubles: readonly string[];
  /** Traces with entries. */
  touched: Touch[];
  /** Runs whose first or last moment may lie within what `runs` says: minima and maxima are not taken back. At most 1,000. */
  readonly shrunk: { project: string; runId: string }[];
  /** To be called once the entries are durable, with the number of their journal batch. */
  commit(batch: number): void;
}

const MAX_SHRUNK = 1000;
/** A trace that was out of step twice in a row is left alone for a while: it is read whole each time. */
const REST_MS = 60_000;

export interface SettlerOptions {
  lookup: Lookup;
  /** Default: what `lookup` answers is whole. */
  pages?: Pages;
  /** Rows beyond which a trace is large. Default {@link LARGE}. */
  large?: number;
  /** Memory for recent traces. Default 64 MB. */
  recentBytes?: number;
  seenMegabytes?: number;
  /** Rows that are looked up at once, about. Default 50,000. */
  rowsAtOnce?: number;
}

/**
 * The only stateful stage: knows what is booked of a trace, resolves the trace anew with what a batch adds, and books the difference.
 * Three tiers answer "what is booked": recent traces in memory, the seen index ("certainly nothing"), the store.
 */
export class Settler {
  readonly seen: SeenTraces;
  readonly #recent: RecentTraces;
  readonly #lookup: Lookup;
  readonly #pages: Pages | undefined;
  readonly #largeFrom: number;
  readonly #rowsAtOnce: number;
  readonly #ending = new AbortController();
  readonly #graves = new Graves();
  /** Traces that were out of step with the store: how often in a row, and when last (milliseconds). */
  readonly #outOfStep = new Map<string, { times: number; at: number }>();

  constructor(options: SettlerOptions) {
    this.#lookup = options.lookup;
    this.#pages = options.pages;
    this.#largeFrom = options.large ?? LARGE;
    this.#rowsAtOnce = options.rowsAtOnce ?? ROWS_AT_ONCE;
    this.#recent = new RecentTraces(options.recentBytes ?? 64 * 1024 * 1024);
    this.seen = new SeenTraces(options.seenMegabytes);
  }

  get recentBytes(): number {
    return this.#recent.bytes;
  }

  /** Is the trace known, right here in memory, to have ended? */
  ended(project: string, traceId: string): boolean {
    const book = this.#recent.get(keyOf(project, traceId));
    if (!book) return false;
    if (book.large) return book.large.ended;
    for (const { verdict } of book.rows.values()) if (verdict.bears) return verdict.bears.status !== 'running';
    return false;
  }

  /**
   * Refuses these traces from now on: drafts of them are `deleted`, whatever they say. With `runId` only what belongs to that run of them (its
   * spans are known by the rows that {@link change} leaves, later ones by the run they name or inherit). Costs 16 to 40 bytes a trace.
   */
  bury(project: string, traceIds: Iterable<string>, runId?: string): void {
    for (const traceId of traceIds) this.#graves.bury(project, traceId, runId);
  }

  /** Is the whole trace refused? */
  refuses(project: string, traceId: string): boolean {
    return this.#graves.holds(project, traceId);
  }

  /**
   * Which spans are gone: with their trace, or alone with their run of it. The store is asked only of traces of which a run is buried. To be
   * called as {@link settle} is; rejects as it does.
   * @param spans those that the answer will be asked of
   */
  async gone(project: string, spans: readonly SpanRef[]): Promise<(span: SpanRef) => boolean> {
    const shared = new Set(spans.map(({ traceId }) => traceId).filter((traceId) => this.#graves.runsOf(project, traceId)));
    const { known } = await this.#known(project, shared, Number.POSITIVE_INFINITY);
    return ({ traceId, spanId }) => {
      if (this.#graves.holds(project, traceId)) return true;
      const book = known.get(traceId);
      if (book?.large) return book.large.isGone(spanId);
      const row = book?.rows.get(spanId);
      return row !== undefined && isGone(row);
    };
  }

  /**
   * Drops these traces from memory, so that the next touch asks the store what is booked of them. Where the store does not have all of it yet, drafts
   * of them are `later` until it has. To be called while nothing is being settled: what is, would bring back what is dropped.
   * @param batch number of a batch that may hold entries of them which were never committed
   */
  forget(project: string, traceIds: Iterable<string>, batch?: number): void {
    for (const traceId of traceIds) this.#recent.forget(keyOf(project, traceId), batch);
  }

  /** Waits for no load any more, which may never end: drafts that need one are `later`, and changes reject. */
  waitNoMore(): void {
    this.#ending.abort();
  }

  /** Drops everything that the store has from memory. */
  forgetAll(): void {
    this.#recent.forgetLoaded();
  }

  /** Batches up to `batch` are in the store: their traces may be forgotten here. */
  loaded(batch: number): void {
    this.#recent.loaded(batch);
  }

  /**
   * Books the drafts of one batch. Must not be called again before the last call's commit (or abandonment): each batch builds on the one before.
   * @param now milliseconds since the epoch
   * @param only indices of the drafts that are meant, where an earlier call left a {@link Settled.rest}; all others are `later`
   */
  async settle(project: string, drafts: readonly Draft[], now: number, only: Iterable<number> = drafts.keys()): Promise<Settled> {
    const booked = new Uint8Array(drafts.length).fill(Booked.later);
    const groups = this.#groupByTrace(project, drafts, only, booked, now);
    const { known, left } = await this.#known(project, groups.keys());
    const books = this.#books(project, booked, drafts, now);
    for (const [traceId, indices] of groups) {
      if (left.has(traceId)) {
        for (const i of indices) books.rest.push(i);
        continue;
      }
      for (const i of indices) booked[i] = Booked.duplicate;
      const buried = this.#graves.runsOf(project, traceId);
      const book = known.get(traceId);
      const rows = book?.rows ?? NOTHING;
      if (book?.large || rows.size > GROWN || rows.size + indices.length > this.#largeFrom) {
        await this.#tryLarge(this.#largeOf(project, traceId, book), drafts, indices, buried, now, books);
        continue;
      }
      const merged = merge(rows, drafts, indices, booked);
      if (merged === null) continue;
      const after = plan(rows, merged, buried, now, books.entries, books.shrunk);
      if (after === null) continue;
      books.add(traceId, after);
      if (buried) markDeleted(after, drafts, indices, booked);
    }
    return this.#settled(books);
  }

  /** A trace that cannot be settled spoils nothing but its own drafts. */
  async #tryLarge(
    trace: LargeTrace,
    drafts: readonly Draft[],
    indices: readonly number[],
    buried: ReadonlySet<string> | undefined,
    now: number,
    books: Books,
  ): Promise<void> {
    const undo = books.mark();
    try {
      await this.#settleLarge(trace, drafts, indices, buried, now, books);
    } catch (error) {
      if (!(error instanceof UnsettledError)) throw error;
      undo();
      books.failed(trace, error);
      for (const i of indices) books.booked[i] = Booked.later;
    }
  }

  async #settleLarge(
    trace: LargeTrace,
    drafts: readonly Draft[],
    indices: readonly number[],
    buried: ReadonlySet<string> | undefined,
    now: number,
    books: Books,
  ): Promise<void> {
    const winners = new Map<string, number>();
    trace.begin(now);
    for (const i of indices) {
      const draft = drafts[i]!;
      const offered = trace.offer(draft);
      if (offered === 'deleted') books.booked[i] = Booked.deleted;
      if (offered !== 'better') continue;
      const lesser = winners.get(draft.spanId);
      if (lesser !== undefined) books.booked[lesser] = Booked.duplicate;
      winners.set(draft.spanId, i);
      books.booked[i] = Booked.yes;
      trace.put(draft);
    }
    if (winners.size === 0) return;
    const written = trace.finish(buried);
    if (buried) for (const [spanId, i] of winners) if (trace.isGone(spanId)) books.booked[i] = Booked.deleted;
    await books.addLarge(trace, written);
  }

  /**
   * Changes booked rows, as a batch like any other: `-old, +new` for each row that changes, nothing for the others. The same rules hold for
   * what is returned as for {@link settle}, and the two may not overlap.
   *
   * `delete` leaves a row without figures, names and texts in the place of each (visible 0, not counted because `deleted`), so that every total
   * loses what it was and the newest version says that it is gone. {@link bury} the trace first, or what is sent again is booked again.
   * `rewrite` gives each draft to a pure function and resolves the traces with what it returns.
   *
   * Where the traces have more rows than should be held at once the others are changed as {@link Settled.parts} is read, and forgotten by `commit`;
   * `entries` are the first of them.
   * Rejects as the look-up does, and with {@link AwaitedError} where a trace was forgotten before the store has all of it. Traces of which nothing
   * is booked are left out.
   * @param now milliseconds since the epoch
   */
  async change(project: string, traceIds: Iterable<string>, change: Change, now: number): Promise<Settled> {
    const books = this.#books(project, new Uint8Array(0), [], now);
    let left = await this.#changeSome(project, new Set(traceIds), change, now, books);
    const forgotten: string[] = [];
    const settled = this.#settled(books);
    return {
      ...settled,
      get shrunk() {
        return settled.shrunk;
      },
      parts: async function* (this: Settler): AsyncGenerator<readonly Entry[]> {
        yield* settled.parts();
        while (left.size > 0) {
          const more = this.#books(project, new Uint8Array(0), [], now);
          left = await this.#changeSome(project, left, change, now, more);
          for (const touch of more.touched) {
            settled.touched.push(touch);
            forgotten.push(touch.traceId);
          }
          yield* more.parts();
          for (const runId of more.shrunk) books.shrunk.add(runId);
        }
      }.bind(this),
      commit: (batch) => {
        settled.commit(batch);
        this.forget(project, forgotten, batch);
      },
    };
  }

  /** Changes as many of the traces as may be held at once; returns the others. */
  async #changeSome(
    project: string,
    traceIds: ReadonlySet<string>,
    change: Change,
    now: number,
    books: Books,
  ): Promise<ReadonlySet<string>> {
    for (const traceId of traceIds)
      if (this.#recent.awaits(keyOf(project, traceId))) throw new AwaitedError(`the store does not have all of trace ${traceId} yet`);
    const { known, left } = await this.#known(project, traceIds);
    for (const [traceId, book] of known) {
      if (book.large) {
        await books.guard(book.large, this.#changeLarge(book.large, change, this.#graves.runsOf(project, traceId), now, books));
        continue;
      }
      const after = this.#changed(project, traceId, book.rows, change, now, books);
      if (after !== null) books.add(traceId, after);
    }
    return left;
  }

  async #changeLarge(trace: LargeTrace, change: Change, buried: ReadonlySet<string> | undefined, now: number, books: Books): Promise<void> {
    trace.begin(now, change.kind === 'rewrite' ? change.rewrite : null);
    if (change.kind === 'rewrite') await trace.rewriteAll();
    else trace.strip(change.runId);
    const written = trace.finish(change.kind === 'delete' && change.runId !== undefined ? new Set(buried).add(change.runId) : buried);
    if (written > 0) await books.addLarge(trace, written);
  }

  #changed(
    project: string,
    traceId: string,
    rows: ReadonlyMap<string, TaskRow>,
    change: Change,
    now: number,
    books: Books,
  ): readonly TaskRow[] | null {
    if (change.kind === 'delete' && change.runId === undefined) return goneRows(rows, books.entries, books.shrunk);
    const drafts = [...rows.values()].map((row) => (change.kind === 'rewrite' && !isGone(row) ? change.rewrite(row.draft) : row.draft));
    const buried = new Set(this.#graves.runsOf(project, traceId));
    if (change.kind === 'delete') buried.add(change.runId!);
    return plan(rows, drafts.sort(byStart), buried, now, books.entries, books.shrunk);
  }

  #settled(books: Books): Settled {
    const { project, entries, booked, touched, troubles, rest } = books;
    return {
      entries,
      parts: () => books.parts(),
      booked,
      rest: rest.sort((a, b) => a - b),
      troubles,
      touched,
      get shrunk() {
        return [...books.shrunk].slice(0, MAX_SHRUNK).map((runId) => ({ project, runId }));
      },
      commit: (batch) => {
        books.shrink();
        for (const trace of books.large) {
          trace.commit(batch);
          this.#outOfStep.delete(keyOf(project, trace.traceId));
          books.books.push([trace.traceId, { rows: NOTHING, large: trace, bytes: trace.bytes, batch }]);
        }
        for (const [traceId, book] of books.books) {
          if (!book.large) for (const row of book.rows.values()) book.bytes += bytesOf(row);
          book.batch = batch;
          this.#recent.set(keyOf(project, traceId), book);
          this.seen.add(project, traceId);
        }
        this.#recent.evict();
      },
    };
  }

  #books(project: string, booked: Uint8Array, drafts: readonly Draft[], now: number): Books {
    return new Books(project, booked, drafts, (trace) => {
      const key = keyOf(project, trace.traceId);
      // Read anew when it is touched next.
      this.#recent.forget(key);
      this.#outOfStep.set(key, { times: (this.#outOfStep.get(key)?.times ?? 0) + 1, at: now });
    });
  }

  /** Is there no use in settling what comes of the trace now? */
  #mustWait(project: string, traceId: string, now: number): boolean {
    const key = keyOf(project, traceId);
    if (this.#recent.awaits(key)) return true;
    const failed = this.#outOfStep.get(key);
    return failed !== undefined && failed.times > 1 && now - failed.at < REST_MS;
  }

  /** The trace in columns: what it is already, or made of its rows. */
  #largeOf(project: string, traceId: string, book: TraceBook | undefined): LargeTrace {
    if (book?.large) return book.large;
    const large = new LargeTrace(traceId, (spanIds) => this.#lookup(project, [traceId], spanIds), this.#ending.signal);
    if (book) {
      large.load(book.rows.values(), book.batch > this.#recent.loadedBatch ? book.batch : 0);
      this.#recent.set(keyOf(project, traceId), { rows: NOTHING, large, bytes: large.bytes, batch: book.batch });
    }
    return large;
  }

  /** Indices of the drafts by trace; those of buried traces are marked and left out, and those of traces that must wait are left out. */
  #groupByTrace(project: string, drafts: readonly Draft[], only: Iterable<number>, booked: Uint8Array, now: number): Map<string, number[]> {
    const groups = new Map<string, number[]>();
    for (const i of only) {
      const { traceId } = drafts[i]!;
      const group = groups.get(traceId);
      if (group) group.push(i);
      else if (this.#graves.holds(project, traceId)) booked[i] = Booked.deleted;
      else if (!this.#mustWait(project, traceId, now)) groups.set(traceId, [i]);
    }
    return groups;
  }

  /** What is booked of the traces; `left` are those for which there was no room. */
  async #known(
    project: string,
    traceIds: Iterable<string>,
    rows = this.#rowsAtOnce,
  ): Promise<{ known: Map<string, TraceBook>; left: ReadonlySet<string> }> {
    const known = new Map<string, TraceBook>();
    const asked: string[] = [];
    for (const traceId of traceIds) {
      const book = this.#recent.get(keyOf(project, traceId));
      if (book) known.set(traceId, book);
      else if (this.seen.maybe(project, traceId)) asked.push(traceId);
    }
    if (asked.length === 0) return { known, left: NONE };
    const found = new Map<string, Map<string, TaskRow>>();
    let left = NONE;
    const enough: Enough = {
      rows,
      left: (ids) => {
        left = new Set(ids);
      },
    };
    for (const row of await this.#lookup(project, asked, undefined, enough)) {
      getOrCreate(found, row.draft.traceId, () => new Map<string, TaskRow>()).set(row.draft.spanId, row);
    }
    for (const [traceId, rows] of found) {
      let book: TraceBook = { rows, large: null, bytes: 0, batch: 0 };
      if (rows.size > this.#largeFrom) {
        const large = await this.#readLarge(project, traceId, rows);
        book = { rows: NOTHING, large, bytes: large.bytes, batch: 0 };
        // Read once: it is kept even where this batch should be lost.
        this.#recent.set(keyOf(project, traceId), book);
      }
      known.set(traceId, book);
    }
    return { known, left };
  }

  async #readLarge(project: string, traceId: string, rows: ReadonlyMap<string, TaskRow>): Promise<LargeTrace> {
    const large = this.#largeOf(project, traceId, undefined);
    if (!this.#pages) large.load(rows.values(), 0);
    else for await (const page of this.#pages(project, traceId)) large.load(page, 0);
    return large;
  }
}

const NOTHING: ReadonlyMap<string, TaskRow> = new Map();
const NONE: ReadonlySet<string> = new Set();
const keyOf = (project: string, traceId: string): string => `${project}\n${traceId}`;
