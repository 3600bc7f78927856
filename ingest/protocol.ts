import type { StoreHandle } from '../schema/index.ts';
import type { Marker } from './interpret/interpret.ts';
import type { LifeSettings } from './life/life.ts';

/** What crosses between the HTTP thread and the ingest thread. Bodies are moved, not copied. */
export type Signal = 'traces' | 'logs' | 'metrics';

export interface IngestRequest {
  id: number;
  project: string;
  signal: Signal;
  body: Uint8Array;
  json: boolean;
  gzip: boolean;
}

/**
 * How a request ended. `stored`: durable, whatever part of it was rejected. `none_valid`: all of it was rejected, and that is on the books;
 * a request that is `malformed` as a whole is not, since nobody can say how much was in it.
 */
export type IngestResult =
  | { outcome: 'stored' | 'none_valid'; rejected: number; message: string }
  | { outcome: 'malformed' | 'too_large' | 'gone'; message: string }
  | { outcome: 'busy' | 'failed'; message: string };

/** A run that a batch touched. */
export interface Touched {
  runId: string;
  traceId: string;
  tasks: number;
  isNew: boolean;
  finished: boolean;
}

export interface IngestStats {
  spans: number;
  duplicates: number;
  rejected: number;
  batches: number;
  batchesQueued: number;
  bytesQueued: number;
  lastLoadMs: number;
  recentBytes: number;
}

/** What is to be deleted. `traceIds`: traces of the run of which nothing may be booked yet. */
export type DeleteAsk =
  | { kind: 'run'; project: string; runId: string; traceIds: readonly string[] }
  | { kind: 'user'; project: string; user: string }
  | { kind: 'project'; project: string };

/** What is deleted for certain. `left`: traces that are still in the books; they leave them by themselves, also after a crash. */
export interface DeleteAnswer {
  runs: number;
  traces: number;
  left: number;
  done: boolean;
}

/** What somebody who starts the program accepts or asks for after damage. */
export interface Recovery {
  /** Start although acknowledged batches are missing from the journal. */
  acceptLoss?: boolean;
  /** Compare the journal with the books although nothing says that it is needed. */
  reconcile?: boolean;
}

/** What the ingest thread counts beside the stages of the pipeline. */
export interface BooksStats {
  /** Spans that no target could book, ever. */
  setAside: number;
  /** Hours, days and runs that were recounted since the start, and those of them that were wrong. */
  scrubChecked: number;
  scrubMismatches: number;
}

export type ToIngest = { type: 'request'; request: IngestRequest } | { type: 'delete'; id: number; ask: DeleteAsk } | { type: 'close' };

export type FromIngest =
  /** With the projects that are deleted. */
  | { type: 'ready'; deleted: readonly string[] }
  | { type: 'failed'; message: string }
  | { type: 'results'; results: { id: number; result: IngestResult }[] }
  | { type: 'deleted'; id: number; answer: DeleteAnswer | { failed: string } }
  | { type: 'markers'; markers: Marker[] }
  | { type: 'touched'; runs: Touched[]; more: number }
  | { type: 'stats'; stats: IngestStats & BooksStats }
  | { type: 'trouble'; message: string }
  | { type: 'alarm'; message: string }
  | { type: 'closed' };

export interface IngestThreadData {
  dataDir: string;
  store: StoreHandle;
  /** The folder of the embedded engine; null where the store is another machine's. */
  storeDir: string | null;
  recovery: Recovery;
  life: LifeSettings;
}
