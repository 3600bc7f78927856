import { accept } from './accept.ts';
import { Batch, balanceOf, because, type ProjectBatch } from './batch.ts';
import type { TextSlice } from './draft.ts';
import type { Interpreter, Marker } from './interpret/interpret.ts';
import { type Balance, type Detail, InboxBlock } from './journal/block.ts';
import type { Journal, Segment } from './journal/journal.ts';
import { type Kept, keptOf, superseded, toldOf } from './life/kept.ts';
import type { Loader } from './load/loader.ts';
import type { IngestRequest, IngestResult, IngestStats, Touched } from './protocol.ts';
import { Booked } from './settle/booked.ts';
import type { Settled, Settler } from './settle/settle.ts';
import { RecentTexts } from './settle/texts.ts';

const MAX_ROWS = 32_768;
/** Entries of a block; a fact that changes a trace of a million spans makes more, and its blocks count all or none. */
const MAX_ENTRIES = 200_000;
const MAX_BYTES = 48 * 1024 * 1024;
/** Beyond any of these senders are told to come again: batches on disk that the store has not taken, ... */
const MAX_QUEUED_BYTES = 512 * 1024 * 1024;
/** ... traces that only this memory knows until it has, ... */
const MAX_RECENT_BYTES = 1024 * 1024 * 1024;
/** ... and what gathers while a batch is being written; bodies are many times smaller on the wire. */
const MAX_GATHERED_BYTES = 4 * MAX_BYTES;
/** How long a batch gathers, by the number of batches that wait for the store: the further it is behind, the larger its next bite. */
const LINGER_MS = [5, 30, 150, 300, 1000];
const MANY_QUEUED = LINGER_MS.length - 1;
/** Runs named to the listeners for one batch; of the others only the number is told. */
const MAX_TOUCHED = 200;

/** Of one batch; what counts in the end is only what became durable. */
interface Counts {
  spans: number;
  duplicates: number;
  rejected: number;
}

export interface PipelineEvents {
  answer(results: { id: number; result: IngestResult }[]): void;
  markers(markers: Marker[]): void;
  touched(runs: Touched[], more: number): void;
  trouble(message: string): void;
}

/** A place between two batches: nothing is being settled while it is held. */
export interface Slot {
  /** Milliseconds since the epoch, as the rows of a batch in this place would bear. */
  now: number;
  /** Number of the last batch that was journaled. */
  lastBatch: number;
  /**
   * Journals what settle made of a change, in batches of their own, and commits it. Durable when it resolves to the number of the last of them.
   * Rejects with a part of it journaled, perhaps: the same change, made again, is what is left of it.
   */
  append(project: string, settled: Settled): Promise<number>;
}

/**
 * The way of a span on the ingest thread: requests gather in a batch, a batch is settled, journaled and answered, the loader gives it to the
 * store, listeners hear of it. One batch is under way at a time; the next one gathers meanwhile.
 */
export class Pipeline {
  #batch = new Batch();
  #flushing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastNow = 0;
  #lastBatch = 0;
  #loadedBatch = 0;
  readonly #closed = new Set<string>();
  readonly #turns: (() => Promise<void>)[] = [];
  readonly #loadWaiters: { batch: number; done: () => void }[] = [];
  readonly #block = new InboxBlock();
  readonly #texts = new RecentTexts();
  readonly #touched = new Map<number, { runs: Touched[]; more: number }>();
  readonly #liveTraces = new Set<string>();
  readonly #counts = { spans: 0, duplicates: 0, rejected: 0, batches: 0 };

  constructor(
    private readonly settler: Settler,
    private readonly journal: Journal,
    private readonly loader: Loader,
    private readonly interpreter: Interpreter,
    private readonly events: PipelineEvents,
  ) {}

  submit(request: IngestRequest): void {
    if (this.full) {
      const result: IngestResult = { outcome: 'busy', message: 'the store is behind; try again' };
      this.events.answer([{ id: request.id, result }]);
      return;
    }
    if (this.#closed.has(request.project)) {
      this.events.answer([{ id: request.id, result: PROJECT_GONE }]);
      return;
    }
    const before = partOf(this.#batch, request.project);
    let result: IngestResult;
    try {
      result = accept(request, this.#batch, this.interpreter, this.#now());
    } catch (error) {
      // A fault of ours, not of the sender's data: worth a retry, and worth telling.
      this.events.trouble(`request failed: ${error instanceof Error ? error.stack : String(error)}`);
      result = { outcome: 'failed', message: 'internal error' };
    }
    if (result.outcome !== 'stored' && result.outcome !== 'none_valid') this.events.answer([{ id: request.id, result }]);
    else {
      const after = partOf(this.#batch, request.project);
      this.#batch.waiting.push({
        id: request.id,
        result,
        project: request.project,
        drafts: [before.drafts, after.drafts],
        details: [before.details, after.details],
      });
      this.#schedule();
    }
  }

  /** Senders are told to come again: what there is comes first. */
  get full(): boolean {
    if (this.#batch.bytes > MAX_GATHERED_BYTES) return true;
    return this.loader.full || this.loader.queuedBytes > MAX_QUEUED_BYTES || this.settler.recentBytes > MAX_RECENT_BYTES;
  }

  /** To be called when a batch reached the store. */
  loaded(segment: Segment): void {
    this.settler.loaded(segment.batch);
    this.#loadedBatch = Math.max(this.#loadedBatch, segment.batch);
    while (this.#loadWaiters[0] && this.#loadWaiters[0].batch <= this.#loadedBatch) this.#loadWaiters.shift()!.done();
    const touched = this.#touched.get(segment.batch);
    this.#touched.delete(segment.batch);
    if (touched && touched.runs.length > 0) this.events.touched(touched.runs, touched.more);
    this.#schedule();
  }

  /** Does `work` between two batches and resolves to its result. Work that waits long keeps every sender waiting. */
  between<T>(work: (slot: Slot) => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#turns.push(async () => {
        const now = this.#now();
        const slot: Slot = { now, lastBatch: this.#lastBatch, append: (project, settled) => this.#append(project, settled, now) };
        await Promise.resolve(slot).then(work).then(resolve, reject);
      });
      this.#schedule();
    });
  }

  /** Forgets traces that are not booked as they were settled. Resolves to the last batch that may build on what is forgotten. */
  setAside(project: string, traceIds: readonly string[]): Promise<number> {
    return this.between(({ lastBatch }) => {
      this.settler.forget(project, traceIds);
      return lastBatch;
    });
  }

  /** Takes nothing more for this project, not even what is gathered already. */
  closeProject(project: string): void {
    this.#closed.add(project);
  }

  /** Texts that are about to be removed from the store: whoever uses one from now on brings it again. */
  forgetTexts(project: string, refs: Iterable<string>): void {
    this.#texts.forget(project, refs);
  }

  forgetAllTexts(): void {
    this.#texts.clear();
  }

  /** Resolves when the store has all batches up to `batch`. */
  untilLoaded(batch: number): Promise<void> {
    if (batch <= this.#loadedBatch) return Promise.resolve();
    return new Promise((done) => {
      this.#loadWaiters.push({ batch, done });
      this.#loadWaiters.sort((a, b) => a.batch - b.batch);
    });
  }

  async #append(project: string, settled: Settled, now: number): Promise<number> {
    const before = this.#lastBatch;
    try {
      for await (const part of settled.parts()) {
        if (part.length === 0) continue;
        const details: Detail[] = [];
        for (const entry of part) this.#block.addEntry(project, entry);
        superseded(part, details);
        const large = this.#block.large.take();
        details.push(...large.details);
        if (details.length > 0) this.#block.addCargo(project, { texts: large.slices, details, balance: NO_BALANCE }, now);
        const segment = await this.journal.append(this.#block.finish(), now);
        this.#lastBatch = segment.batch;
        this.loader.add(segment);
        this.#counts.batches++;
      }
      settled.commit(this.#lastBatch);
      return this.#lastBatch;
    } catch (error) {
      this.#block.clear();
      if (this.#lastBatch > before) {
        // A part of it is booked, and settle does not know which.
        this.#askAnew([settled]);
      }
      throw error;
    }
  }

  /** What is durable is stored, also where memory fails to keep it. */
  #remember(settled: readonly Settled[], batch: number): void {
    try {
      for (const s of settled) s.commit(batch);
    } catch (error) {
      this.events.trouble(`batch ${batch} is stored, and not remembered: ${String(error)}`);
      this.#askAnew(settled);
    }
  }

  /** Memory does not know these traces as they are journaled: the store is asked for them, once it has what is journaled. */
  #askAnew(settled: readonly Settled[]): void {
    for (const { project, traceId } of settled.flatMap(({ touched }) => touched)) {
      this.settler.forget(project, [traceId], this.#lastBatch);
      this.settler.seen.add(project, traceId);
    }
  }

  /** Resolves when everything submitted is durable and answered. */
  async drain(): Promise<void> {
    while (this.#flushing || this.#turns.length > 0 || !this.#batch.empty) {
      if (!this.#flushing) this.#flush();
      await this.#flushing;
    }
  }

  stats(): IngestStats {
    return {
      ...this.#counts,
      batchesQueued: this.loader.queued,
      bytesQueued: this.loader.queuedBytes,
      lastLoadMs: this.loader.lastMs,
      recentBytes: this.settler.recentBytes,
    };
  }

  /**
   * Small batches while the store keeps up, so that senders wait little; larger ones the more it is behind, because each insert has a
   * fixed cost. A full batch goes at once.
   */
  #schedule(): void {
    if (this.#flushing) return;
    if (this.#turns.length > 0) return this.#flush();
    if (this.#batch.empty) return;
    const full = this.#batch.rows >= MAX_ROWS || this.#batch.bytes >= MAX_BYTES;
    const linger = LINGER_MS[Math.min(this.loader.queued, MANY_QUEUED)]!;
    const wait = full && this.loader.queued < MANY_QUEUED ? 0 : this.#batch.openedAt + linger - performance.now();
    if (wait <= 0) {
      this.#flush();
      return;
    }
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#flushing) return;
    const turn = this.#turns.shift();
    if (!turn && this.#batch.empty) return;
    this.#flushing = (turn ? turn() : this.#commit(this.#takeBatch())).finally(() => {
      this.#flushing = null;
      this.interpreter.trim();
      this.#schedule();
    });
  }

  #takeBatch(): Batch {
    const batch = this.#batch;
    this.#batch = new Batch();
    return batch;
  }

  async #commit(batch: Batch): Promise<void> {
    try {
      const told = new Map<string, Told>();
      let work: Work[] = [...batch.projects]
        .filter(([project]) => !this.#closed.has(project))
        .map(([project, content]) => ({ project, content, only: content.drafts.keys() }));
      // Late spans of very many traces take several batches: what is booked of all of them need not be in memory at once.
      do work = await this.#store(work, told);
      while (work.length > 0 && this.settler.recentBytes <= MAX_RECENT_BYTES);
      this.events.answer(
        batch.waiting.map((waiting) => {
          const of = told.get(waiting.project);
          return { id: waiting.id, result: of ? toldOf(waiting, of.content, of.booked, of.kept) : PROJECT_GONE };
        }),
      );
      this.#announceMarkers(batch);
    } catch (error) {
      this.#block.clear();
      this.events.trouble(
        `batch of ${batch.waiting.length} requests is not stored: ${error instanceof Error ? error.stack : String(error)}`,
      );
      const result: IngestResult = { outcome: 'busy', message: 'not stored; try again' };
      this.events.answer(batch.waiting.map(({ id }) => ({ id, result })));
    }
  }

  /** Settles, journals and hands on as much of it as may be held at once. Returns the rest, and adds what became of it to `told`. */
  async #store(work: readonly Work[], told: Map<string, Told>): Promise<Work[]> {
    const now = this.#now();
    const settled: Settled[] = [];
    const newTexts: string[] = [];
    const counts = { spans: 0, duplicates: 0, rejected: 0 };
    const blocks: Buffer[] = [];
    const rest: Work[] = [];
    for (const { project, content, only } of work) {
      const { settled: ours, kept } = await this.#book({ project, content, only }, now, newTexts, counts, blocks);
      settled.push(ours);
      const before = told.get(project);
      if (!before) told.set(project, { content, booked: ours.booked, kept });
      else for (const i of only) before.booked[i] = ours.booked[i]!;
      if (ours.rest.length > 0) rest.push({ project, content: restOf(content), only: ours.rest });
    }
    if (this.#block.rows === 0) return rest;
    const last = this.#block.finish();
    const segments = blocks.length === 0 ? [await this.journal.append(last, now)] : await this.journal.appendAll([...blocks, last], now);
    const segment = segments.at(-1)!;
    this.#lastBatch = segment.batch;
    // Durable: from here on it must be loaded, whatever else should fail.
    for (const part of segments) this.loader.add(part);
    this.#remember(settled, segment.batch);
    this.#texts.add(newTexts);
    this.#touched.set(segment.batch, this.#touchedRuns(settled));
    this.#counts.spans += counts.spans;
    this.#counts.duplicates += counts.duplicates;
    this.#counts.rejected += counts.rejected;
    this.#counts.batches++;
    return rest;
  }

  /** Adds what a project brought to the block; blocks that are full go to `blocks`. */
  async #book(
    { project, content, only }: Work,
    now: number,
    newTexts: string[],
    counts: Counts,
    blocks: Buffer[],
  ): Promise<{ settled: Settled; kept: Kept }> {
    const settled = await this.settler.settle(project, content.drafts, now, only);
    for (const trouble of settled.troubles) this.events.trouble(trouble);
    if (content.drafts.length > 0) {
      const balance = balanceOf(content, 'traces');
      const became = [0, 0, 0, 0];
      for (const how of settled.booked) became[how]!++;
      const booked = became[Booked.yes]!;
      const deleted = became[Booked.deleted]!;
      // What must come again is received then.
      balance.received -= became[Booked.later]!;
      balance.booked += booked;
      balance.rejected += deleted;
      if (deleted > 0) because(balance, 'deleted', deleted);
      balance.duplicate += became[Booked.duplicate]!;
      counts.spans += booked;
      counts.duplicates += became[Booked.duplicate]!;
    }
    const isGone = await this.settler.gone(project, content.details);
    const kept = keptOf(content, settled.booked, isGone);
    if (kept.refusedRecords > 0) {
      const logs = balanceOf(content, 'logs');
      logs.booked -= kept.refusedRecords;
      logs.rejected += kept.refusedRecords;
      because(logs, 'deleted', kept.refusedRecords);
    }
    const details = [...kept.details];
    for await (const part of settled.parts()) {
      for (const entry of part) this.#block.addEntry(project, entry);
      superseded(part, details);
      if (this.#block.rows > MAX_ENTRIES) blocks.push(this.#block.finish());
    }
    const large = this.#block.large.take();
    details.push(...large.details);
    const used = large.slices.size > 0 ? new Map([...kept.slices, ...large.slices]) : kept.slices;
    const texts = this.#texts.unknown(project, used, newTexts, now);
    let first = true;
    for (const balance of content.balances.values()) {
      counts.rejected += balance.rejected;
      const cargo = first ? { texts, details, balance } : { texts: NO_TEXTS, details: [], balance };
      this.#block.addCargo(project, cargo, now);
      first = false;
    }
    return { settled, kept };
  }

  #touchedRuns(settled: readonly Settled[]): { runs: Touched[]; more: number } {
    const runs: Touched[] = [];
    let more = 0;
    for (const { touched } of settled) {
      for (const { traceId, run, tasks, isNew } of touched) {
        const live = this.#liveTraces.has(traceId);
        // A run that announced itself must hear of its end; of a flood of others a sample is enough.
        if (runs.length >= MAX_TOUCHED && !live) {
          more++;
          continue;
        }
        if (!run) continue;
        if (run.finished && live) this.#liveTraces.delete(traceId);
        runs.push({ runId: run.id, traceId, tasks, isNew, finished: run.finished });
      }
    }
    return { runs, more };
  }

  #announceMarkers(batch: Batch): void {
    const markers: Marker[] = [];
    for (const [project, { markers: found }] of batch.projects) {
      for (const marker of found) {
        // A marker that comes after the end of what it announces is old news.
        if (marker.runId === '' || this.settler.ended(project, marker.traceId) || this.settler.refuses(project, marker.traceId)) continue;
        if (this.#liveTraces.size < 100_000) this.#liveTraces.add(marker.traceId);
        markers.push(marker);
      }
    }
    if (markers.length > 0) this.events.markers(markers);
  }

  /** Milliseconds since the epoch that never go back, whatever the clock does. */
  #now(): number {
    this.#lastNow = Math.max(this.#lastNow, Date.now());
    return this.#lastNow;
  }
}

/** What is to be booked of a project: the drafts of these indices, and all else that is in `content`. */
interface Work {
  readonly project: string;
  readonly content: ProjectBatch;
  readonly only: Iterable<number>;
}

/** What its senders are told by. */
interface Told {
  readonly content: ProjectBatch;
  readonly booked: Uint8Array;
  readonly kept: Kept;
}

/** The drafts again, without what was booked beside the first of them. Those that are not meant are taken off `received` where they are told apart. */
function restOf(content: ProjectBatch): ProjectBatch {
  const rest = { ...content, markers: [], details: [], balances: new Map() };
  balanceOf(rest, 'traces').received = content.drafts.length;
  return rest;
}

const PROJECT_GONE: IngestResult = { outcome: 'gone', message: 'the project was deleted' };
const NO_BALANCE: Balance = { signal: 'traces', received: 0, booked: 0, duplicate: 0, rejected: 0, reasons: new Map() };

/** How much of a project a batch holds already. */
function partOf(batch: Batch, project: string): { drafts: number; details: number } {
  const content = batch.projects.get(project);
  return { drafts: content?.drafts.length ?? 0, details: content?.details.length ?? 0 };
}

const NO_TEXTS: ReadonlyMap<string, TextSlice> = new Map();
