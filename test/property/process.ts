import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Interpreter } from '../../ingest/interpret/interpret.ts';
import { Journal } from '../../ingest/journal/journal.ts';
import { Life, type LifeSettings } from '../../ingest/life/life.ts';
import { Books } from '../../ingest/load/books.ts';
import { Pipeline } from '../../ingest/pipeline.ts';
import type { IngestRequest, IngestResult, Signal } from '../../ingest/protocol.ts';
import { storeLookup, storePages } from '../../ingest/settle/lookup.ts';
import type { Change } from '../../ingest/settle/plan.ts';
import { rebuildSeen } from '../../ingest/settle/rebuild.ts';
import { Settler } from '../../ingest/settle/settle.ts';
import type { Store } from '../../schema/index.ts';

let ids = 0;

/**
 * What runs on the ingest thread, on this one: the real pipeline, settler, journal folder, loader and deletes over a real store. It can be
 * ended as a crash ends it: what is not loaded stays in the journal, and nothing is remembered.
 */
export class IngestProcess {
  readonly #waiting = new Map<number, (result: IngestResult) => void>();
  readonly #stopped = new AbortController();
  private constructor(
    readonly pipeline: Pipeline,
    readonly settler: Settler,
    readonly books: Books,
    readonly life: Life,
  ) {}

  static async open(
    directory: string,
    store: Store,
    recentBytes: number,
    troubles: string[],
    alarms: string[],
    life: Partial<LifeSettings> = {},
  ): Promise<IngestProcess> {
    const folder = join(directory, 'journal');
    await mkdir(folder, { recursive: true });
    const tell = (message: string): void => void troubles.push(message);
    const journal = await Journal.open(folder);
    const interpreter = new Interpreter();
    const keys = () => interpreter.keys;
    const settler = new Settler({ lookup: storeLookup(store, keys), pages: storePages(store, keys), recentBytes, seenMegabytes: 2 });
    const books = new Books({
      store,
      journal,
      syncDir: directory,
      onLoaded: (segment) => process.pipeline.loaded(segment),
      onSetAside: (project, traceIds) => process.pipeline.setAside(project, traceIds),
      onTrouble: tell,
      onAlarm: (message) => void alarms.push(message),
    });
    const pipeline = new Pipeline(settler, journal, books.loader, interpreter, {
      answer: (results) => {
        for (const { id, result } of results) process.#answer(id, result);
      },
      markers: () => undefined,
      touched: () => undefined,
      trouble: tell,
    });
    const settings = { policy: { payloadDays: null, totalsDays: null }, sweepMs: 3_600_000, ...life };
    const ends = new Life({ store, settler, pipeline, loader: books.loader, settings, syncDir: directory, onTrouble: tell });
    const process: IngestProcess = new IngestProcess(pipeline, settler, books, ends);
    await books.catchUp();
    await ends.open();
    void rebuildSeen(store, settler.seen, { stop: process.#stopped.signal, onTrouble: tell });
    return process;
  }

  send(project: string, signal: Signal, body: Buffer, gzip = false): Promise<IngestResult> {
    const id = ++ids;
    const request: IngestRequest = { id, project, signal, body: gzip ? gzipSync(body) : body, json: false, gzip };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.pipeline.submit(request);
    });
  }

  /** A change of booked traces, in a batch of its own. */
  change(project: string, traceIds: readonly string[], change: Change): Promise<number> {
    return this.pipeline.between(async (slot) => slot.append(project, await this.settler.change(project, traceIds, change, slot.now)));
  }

  /** Ends it with batches that are journaled and not loaded. Nothing may be under way. */
  async end(): Promise<void> {
    this.#stopped.abort();
    await this.life.close();
    await this.books.loader.close(0);
    // An insert outlives its process only where there is another one: here it would take the next one's files away.
    await this.books.loader.idle();
  }

  async idle(): Promise<void> {
    await this.pipeline.drain();
    await this.books.loader.idle();
  }

  #answer(id: number, result: IngestResult): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
