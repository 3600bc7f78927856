import { getOrCreate } from '../collections.ts';
import type { Draft } from '../draft.ts';
import { detach } from './detach.ts';
import type { Entry, TaskRow } from './diff.ts';
import { isGone } from './gone.ts';
import { Graves } from './graves.ts';
import { compareVersions } from './merge.ts';
import { type Change, goneRows, plan, type Touch, touchOf } from './plan.ts';
import { RecentTraces, type TraceBook } from './recent.ts';
import { byStart } from './resolve.ts';
import { SeenTraces } from './seen.ts';

/** Rows of those traces as the store has them, newest version of each span. */
export type Lookup = (project: string, traceIds: readonly string[]) => Promise<TaskRow[]>;

/** What became of a draft. */
export const Booked = { duplicate: 0, yes: 1, deleted: 2 } as const;

/** What a batch came to. Nothing of it is remembered before {@link Settled.commit}. */
export interface Settled {
  entries: Entry[];
  /** All entries, a part at a time: those of a trace of a million spans need not lie in memory together. To be read once. */
  parts(): AsyncIterable<readonly Entry[]>;
  /** For each draft, in order, one of {@link Booked}: is it booked, was it known already, or is what it belongs to deleted? */
  booked: Uint8Array;
  /** Traces with entries. */
  touched: Touch[];
  /** Runs whose first or last moment may lie within what `runs` says: minima and maxima are not taken back. At most 1,000. */
  shrunk: { project: string; runId: string }[];
  /** To be called once the entries are durable, with the number of their journal batch. */
  commit(batch: number): void;
}

const MAX_SHRUNK = 1000;

export interface SettlerOptions {
  lookup: Lookup;
  /** Memory for recent traces. Default 64 MB. */
  recentBytes?: number;
  seenMegabytes?: number;
}

/**
 * The only stateful stage: knows what is booked of a trace, resolves the trace anew with what a batch adds, and books the difference.
 * Three tiers answer "what is booked": recent traces in memory, the seen index ("certainly nothing"), the store.
 */
export class Settler {
  readonly seen: SeenTraces;
  readonly #recent: RecentTraces;
  readonly #lookup: Lookup;
  readonly #graves = new Graves();

  constructor(options: SettlerOptions) {
    this.#lookup = options.lookup;
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

  /** Drops these traces from memory, so that the next touch asks the store what is booked of them. */
  forget(project: string, traceIds: Iterable<string>): void {
    for (const traceId of traceIds) this.#recent.delete(keyOf(project, traceId));
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
   */
  async settle(project: string, drafts: readonly Draft[], now: number): Promise<Settled> {
    const booked = new Uint8Array(drafts.length);
    const groups = this.#groupByTrace(project, drafts, booked);
    const known = await this.#known(project, groups.keys());
    const books = new Books(project, booked);
    for (const [traceId, indices] of groups) {
      const rows = known.get(traceId) ?? NOTHING;
      const buried = this.#graves.runsOf(project, traceId);
      const merged = merge(rows, drafts, indices, booked);
      if (merged === null) continue;
      const after = plan(rows, merged, buried, now, books.entries, books.shrunk);
      if (after === null) continue;
      books.add(traceId, after);
      if (buried) markDeleted(after, drafts, indices, booked);
    }
    return this.#settled(books);
  }

  /**
   * Changes booked rows, as a batch like any other: `-old, +new` for each row that changes, nothing for the others. The same rules hold for
   * what is returned as for {@link settle}, and the two may not overlap.
   *
   * `delete` leaves a row without figures, names and texts in the place of each (visible 0, not counted because `deleted`), so that every total
   * loses what it was and the newest version says that it is gone. {@link bury} the trace first, or what is sent again is booked again.
   * `rewrite` gives each draft to a pure function and resolves the traces with what it returns.
   * Rejects as the look-up does. Traces of which nothing is booked are left out.
   * @param now milliseconds since the epoch
   */
  async change(project: string, traceIds: Iterable<string>, change: Change, now: number): Promise<Settled> {
    const known = await this.#known(project, new Set(traceIds));
    const books = new Books(project, new Uint8Array(0));
    for (const [traceId, rows] of known) {
      const after = this.#changed(project, traceId, rows, change, now, books);
      if (after !== null) books.add(traceId, after);
    }
    return this.#settled(books);
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

  #settled({ project, entries, booked, touched, shrunk, books }: Books): Settled {
    return {
      entries,
      parts: async function* () {
        yield entries;
      },
      booked,
      touched,
      shrunk: [...shrunk].slice(0, MAX_SHRUNK).map((runId) => ({ project, runId })),
      commit: (batch) => {
        for (const [traceId, book] of books) {
          book.batch = batch;
          this.#recent.set(keyOf(project, traceId), book);
          this.seen.add(project, traceId);
        }
        this.#recent.evict();
      },
    };
  }

  /** Indices of the drafts by trace; those of buried traces are marked and left out. */
  #groupByTrace(project: string, drafts: readonly Draft[], booked: Uint8Array): Map<string, number[]> {
    const groups = new Map<string, number[]>();
    for (let i = 0; i < drafts.length; i++) {
      const { traceId } = drafts[i]!;
      const group = groups.get(traceId);
      if (group) group.push(i);
      else if (this.#graves.holds(project, traceId)) booked[i] = Booked.deleted;
      else groups.set(traceId, [i]);
    }
    return groups;
  }

  async #known(project: string, traceIds: Iterable<string>): Promise<Map<string, Map<string, TaskRow>>> {
    const known = new Map<string, Map<string, TaskRow>>();
    const asked: string[] = [];
    for (const traceId of traceIds) {
      const book = this.#recent.get(keyOf(project, traceId));
      if (book) known.set(traceId, book.rows);
      else if (this.seen.maybe(project, traceId)) asked.push(traceId);
    }
    if (asked.length === 0) return known;
    for (const row of await this.#lookup(project, asked)) {
      getOrCreate(known, row.draft.traceId, () => new Map<string, TaskRow>()).set(row.draft.spanId, row);
    }
    return known;
  }
}

const NOTHING: ReadonlyMap<string, TaskRow> = new Map();
const keyOf = (project: string, traceId: string): string => `${project}\n${traceId}`;

/** What one call of the settler gathers. */
class Books {
  readonly entries: Entry[] = [];
  readonly touched: Touch[] = [];
  readonly shrunk = new Set<string>();
  readonly books: [string, TraceBook][] = [];
  constructor(
    readonly project: string,
    readonly booked: Uint8Array,
  ) {}

  add(traceId: string, rows: readonly TaskRow[]): void {
    this.touched.push(touchOf(this.project, traceId, rows));
    this.books.push([traceId, bookOf(rows)]);
  }
}

/**
 * One winner per span of what is booked and what came. Marks the drafts that won; null where none did (all were known already).
 */
function merge(
  known: ReadonlyMap<string, TaskRow>,
  drafts: readonly Draft[],
  indices: readonly number[],
  booked: Uint8Array,
): Draft[] | null {
  const winners = new Map<string, { draft: Draft; index: number }>();
  for (const i of indices) {
    const draft = drafts[i]!;
    const old = known.get(draft.spanId);
    if (old && isGone(old)) {
      booked[i] = Booked.deleted;
      continue;
    }
    const rival = winners.get(draft.spanId)?.draft ?? old?.draft;
    if (rival && compareVersions(draft, rival) <= 0) continue;
    winners.set(draft.spanId, { draft, index: i });
  }
  if (winners.size === 0) return null;
  const all: Draft[] = [];
  for (const { draft, index } of winners.values()) {
    booked[index] = Booked.yes;
    all.push(draft);
  }
  for (const [spanId, { draft }] of known) {
    if (winners.has(spanId)) continue;
    detach(draft);
    all.push(draft);
  }
  return all.length > 1 ? all.sort(byStart) : all;
}

/** Drafts that won, and then turned out to be of a run that is deleted. */
function markDeleted(rows: readonly TaskRow[], drafts: readonly Draft[], indices: readonly number[], booked: Uint8Array): void {
  const gone = new Set(rows.filter(isGone).map(({ draft }) => draft.spanId));
  for (const i of indices) if (booked[i] === Booked.yes && gone.has(drafts[i]!.spanId)) booked[i] = Booked.deleted;
}

function bookOf(rows: readonly TaskRow[]): TraceBook {
  const book: TraceBook = { rows: new Map(), bytes: 0, batch: 0 };
  for (const row of rows) {
    book.rows.set(row.draft.spanId, row);
    book.bytes += 1200 + row.draft.attributes.table.bytesPerSpan;
  }
  return book;
}
