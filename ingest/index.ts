import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Router } from 'express';
import { Counter, Gauge, Registry } from 'prom-client';
import { type Store, type StoreConfig, StoreError, startThread, storeHandle } from '../schema/index.ts';
import { Live, type LiveEvent, type LiveRun } from './announce/live.ts';
import { Journal } from './journal/journal.ts';
import { JournalError } from './journal/leftovers.ts';
import { Asks } from './life/asks.ts';
import type { LifeSettings } from './life/life.ts';
import { Books } from './load/books.ts';
import type {
  BooksStats,
  DeleteAnswer,
  DeleteAsk,
  FromIngest,
  IngestRequest,
  IngestResult,
  IngestStats,
  IngestThreadData,
  Recovery,
  ToIngest,
} from './protocol.ts';
import { receiveRoutes } from './receive/router.ts';

export type { DeleteAnswer, DeleteAsk, LifeSettings, LiveEvent, LiveRun };

export interface IngestOptions {
  /** Holds the journal. */
  dataDir: string;
  store: Store;
  storeConfig: StoreConfig;
  recovery?: Recovery;
  /** Resident memory of the process above which senders are told to come back; 80 % of what there is by default. */
  memoryLimit?: number | undefined;
  /** Default: everything is kept, and what is deleted is removed from disk within a minute. */
  life?: Partial<LifeSettings>;
  logger: { warn(message: string): void; error(message: string): void };
}

/** Receives OTLP and books it. */
export interface Ingest {
  /** `POST /v1/traces`, `/v1/logs`, `/v1/metrics` and the same under the prefixes some SDKs use. */
  router: Router;
  live: { runs(): LiveRun[]; subscribe(listener: (event: LiveEvent) => void): () => void };
  /**
   * Deletes runs or a project. Resolves when it is out of every total, or after ten seconds if it is certain that it will be (`done` says which).
   * Rejects where that cannot be said.
   */
  delete(ask: DeleteAsk): Promise<DeleteAnswer>;
  /** Is the project deleted? */
  isDeleted(project: string): boolean;
  /** false once it is closing or its thread is gone. */
  ready(): boolean;
  /** Prometheus text. */
  metrics(): Promise<string>;
  stats(): (IngestStats & BooksStats) | null;
  /** Refuses new work, books what was accepted, loads it and stops. */
  close(): Promise<void>;
}

const KEEP_ALL = { payloadDays: null, totalsDays: null };
const SWEEP_MS = 60_000;

/** Starts the ingest thread. Resolves when what an earlier process left in the journal is in the store. */
export async function openIngest(options: IngestOptions): Promise<Ingest> {
  const { handle, transfer } = storeHandle(options.store, options.storeConfig);
  const data: IngestThreadData = {
    dataDir: options.dataDir,
    store: handle,
    storeDir: options.storeConfig.engine === 'embedded' ? options.storeConfig.path : null,
    recovery: options.recovery ?? {},
    life: { policy: KEEP_ALL, sweepMs: SWEEP_MS, ...options.life },
  };
  const worker = startThread('./worker', import.meta.url, data, transfer);
  const live = new Live();
  const link = new Link(worker);
  const asks = new Asks((id, ask) => worker.postMessage({ type: 'delete', id, ask } satisfies ToIngest));
  const deleted = new Set<string>();
  const metrics = createMetrics();
  let state: 'starting' | 'ready' | 'closing' | 'gone' = 'starting';
  let stats: (IngestStats & BooksStats) | null = null;
  const opened = deferred<void>();
  const closed = deferred<void>();
  const fail = (message: string): void => {
    const before = state;
    state = 'gone';
    link.failAll('the ingest thread stopped');
    asks.failAll('the ingest thread stopped');
    if (before === 'starting') opened.reject(new StoreError('unavailable', message));
    else options.logger.error(`ingest stopped: ${message}`);
    closed.resolve();
  };
  worker.on('message', (message: FromIngest) => {
    switch (message.type) {
      case 'ready':
        state = 'ready';
        for (const project of message.deleted) deleted.add(project);
        return opened.resolve();
      case 'results':
        return link.settle(message.results);
      case 'deleted':
        return asks.answer(message.id, message.answer);
      case 'markers':
        return live.marked(message.markers);
      case 'touched':
        return live.touched(message.runs);
      case 'stats':
        stats = message.stats;
        return metrics.update(stats);
      case 'trouble':
        return options.logger.warn(message.message);
      case 'alarm':
        return options.logger.error(message.message);
      case 'failed':
        return fail(message.message);
      case 'closed':
        state = 'gone';
        link.failAll('the ingest thread stopped');
        asks.failAll('the server stops; what is asked for is done after the next start, if it was certain');
        return closed.resolve();
    }
  });
  worker.on('error', (error) => fail(error.message));
  worker.on('exit', () => {
    if (state !== 'gone') fail('the thread ended');
  });
  await opened.promise;
  return {
    router: receiveRoutes({
      submit: (request) => link.submit(request),
      accepting: () => state === 'ready',
      memoryLimit: options.memoryLimit,
    }),
    live,
    delete: async (ask) => {
      if (state !== 'ready') throw new Error('the server is stopping');
      const answer = await asks.ask(ask);
      if (ask.kind === 'project') deleted.add(ask.project);
      return answer;
    },
    isDeleted: (project) => deleted.has(project),
    ready: () => state === 'ready',
    metrics: () => metrics.text(),
    stats: () => stats,
    close: async () => {
      if (state === 'ready') {
        state = 'closing';
        worker.postMessage({ type: 'close' } satisfies ToIngest);
      }
      await closed.promise;
      await worker.terminate();
    },
  };
}

/**
 * Brings what is left in the journal into the store and ends: for a program that looks at the books while no server runs. Rejects with
 * StoreError where that cannot be done.
 */
export async function loadJournal(options: Omit<IngestOptions, 'logger'> & { tell(message: string): void }): Promise<void> {
  const { dataDir, store, storeConfig, recovery = {}, tell } = options;
  const journal = await Journal.open(join(dataDir, 'journal'), { acceptLoss: recovery.acceptLoss ?? false }).catch((error: unknown) => {
    throw error instanceof JournalError ? new StoreError('refused', error.message) : error;
  });
  const books = new Books({
    store,
    journal,
    syncDir: storeConfig.engine === 'embedded' ? storeConfig.path : null,
    reconcile: recovery.reconcile ?? false,
    onLoaded: () => undefined,
    onSetAside: () => Promise.resolve(0),
    onTrouble: tell,
    onAlarm: tell,
  });
  await books.catchUp();
  await books.loader.close(0);
  if (books.loader.retained > 0)
    throw new StoreError('unavailable', `The journal in ${journal.dir} could not be let go of: is the disk full?`);
}

/** Requests under way on the other thread, by number. */
class Link {
  #next = 1;
  readonly #pending = new Map<number, (result: IngestResult) => void>();
  constructor(private readonly worker: Worker) {}

  submit(request: Omit<IngestRequest, 'id'>): Promise<IngestResult> {
    const id = this.#next++;
    const message: ToIngest = { type: 'request', request: { ...request, id } };
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.worker.postMessage(message, [request.body.buffer as ArrayBuffer]);
    });
  }

  settle(results: readonly { id: number; result: IngestResult }[]): void {
    for (const { id, result } of results) {
      this.#pending.get(id)?.(result);
      this.#pending.delete(id);
    }
  }

  failAll(message: string): void {
    for (const resolve of this.#pending.values()) resolve({ outcome: 'busy', message });
    this.#pending.clear();
  }
}

function createMetrics(): { update(stats: IngestStats & BooksStats): void; text(): Promise<string> } {
  const registers = [new Registry()];
  const spans = new Counter({ name: 'airuns_ingest_spans_total', help: 'Spans booked', registers });
  const duplicates = new Counter({ name: 'airuns_ingest_duplicates_total', help: 'Spans known already', registers });
  const rejected = new Counter({ name: 'airuns_ingest_rejected_total', help: 'Spans refused', registers });
  const queued = new Gauge({ name: 'airuns_journal_batches_queued', help: 'Batches journaled and not yet in the store', registers });
  const bytes = new Gauge({ name: 'airuns_journal_bytes_queued', help: 'Bytes of these batches', registers });
  const load = new Gauge({ name: 'airuns_load_seconds', help: 'Duration of the last insert', registers });
  const setAside = new Gauge({ name: 'airuns_set_aside_spans', help: 'Spans that no target could book, ever', registers });
  const checked = new Counter({ name: 'airuns_scrub_checked_total', help: 'Totals recounted in the background', registers });
  const wrong = new Counter({ name: 'airuns_scrub_mismatch_total', help: 'Of these, totals that were wrong', registers });
  const last = { spans: 0, duplicates: 0, rejected: 0, scrubChecked: 0, scrubMismatches: 0 };
  return {
    update(stats) {
      spans.inc(stats.spans - last.spans);
      duplicates.inc(stats.duplicates - last.duplicates);
      rejected.inc(stats.rejected - last.rejected);
      checked.inc(stats.scrubChecked - last.scrubChecked);
      wrong.inc(stats.scrubMismatches - last.scrubMismatches);
      setAside.set(stats.setAside);
      const { duplicates: known, rejected: refused, scrubChecked, scrubMismatches } = stats;
      Object.assign(last, { spans: stats.spans, duplicates: known, rejected: refused, scrubChecked, scrubMismatches });
      queued.set(stats.batchesQueued);
      bytes.set(stats.bytesQueued);
      load.set(stats.lastLoadMs / 1000);
    },
    text: () => registers[0]!.metrics(),
  };
}

function deferred<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: Error): void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
