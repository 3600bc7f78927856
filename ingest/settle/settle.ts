import { getOrCreate } from '../collections.ts';
import type { Draft } from '../draft.ts';
import { detach } from './detach.ts';
import { diff, type Entry, type TaskRow } from './diff.ts';
import { compareVersions } from './merge.ts';
import { RecentTraces, type TraceBook } from './recent.ts';
import { byStart, resolve } from './resolve.ts';
import { SeenTraces } from './seen.ts';

/** Rows of those traces as the store has them, newest version of each span. */
export type Lookup = (project: string, traceIds: readonly string[]) => Promise<TaskRow[]>;

/** What a batch came to. Nothing of it is remembered before {@link Settled.commit}. */
export interface Settled {
  entries: Entry[];
  /** For each draft, in order: did it book anything, or was it known already? */
  booked: Uint8Array;
  /** Traces with entries, as they stand now. */
  touched: { project: string; traceId: string; rows: readonly TaskRow[] }[];
  /** To be called once the entries are durable, with the number of their journal batch. */
  commit(batch: number): void;
}

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

  /** Batches up to `batch` are in the store: their traces may be forgotten here. */
  loaded(batch: number): void {
    this.#recent.loaded(batch);
  }

  /**
   * Books the drafts of one batch. Must not be called again before the last call's commit (or abandonment): each batch builds on the one before.
   * @param now milliseconds since the epoch
   */
  async settle(project: string, drafts: readonly Draft[], now: number): Promise<Settled> {
    const groups = groupByTrace(drafts);
    const known = await this.#known(project, groups.keys());
    const booked = new Uint8Array(drafts.length);
    const entries: Entry[] = [];
    const touched: Settled['touched'] = [];
    const books: [string, TraceBook][] = [];
    for (const [traceId, indices] of groups) {
      const rows = known.get(traceId) ?? NOTHING;
      const merged = merge(rows, drafts, indices, booked);
      if (merged === null) continue;
      const before = entries.length;
      const after = diff(rows, merged, resolve(merged), now, entries);
      if (entries.length === before) continue;
      touched.push({ project, traceId, rows: after });
      books.push([traceId, bookOf(after)]);
    }
    return {
      entries,
      booked,
      touched,
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

function groupByTrace(drafts: readonly Draft[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < drafts.length; i++) {
    const { traceId } = drafts[i]!;
    const group = groups.get(traceId);
    if (group) group.push(i);
    else groups.set(traceId, [i]);
  }
  return groups;
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
    const rival = winners.get(draft.spanId)?.draft ?? known.get(draft.spanId)?.draft;
    if (rival && compareVersions(draft, rival) <= 0) continue;
    winners.set(draft.spanId, { draft, index: i });
  }
  if (winners.size === 0) return null;
  const all: Draft[] = [];
  for (const { draft, index } of winners.values()) {
    booked[index] = 1;
    all.push(draft);
  }
  for (const [spanId, { draft }] of known) {
    if (winners.has(spanId)) continue;
    detach(draft);
    all.push(draft);
  }
  return all.length > 1 ? all.sort(byStart) : all;
}

function bookOf(rows: readonly TaskRow[]): TraceBook {
  const book: TraceBook = { rows: new Map(), bytes: 0, batch: 0 };
  for (const row of rows) {
    book.rows.set(row.draft.spanId, row);
    book.bytes += 1200 + row.draft.attributes.table.bytesPerSpan;
  }
  return book;
}
