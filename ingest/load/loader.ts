import { type Store, StoreError } from '../../schema/index.ts';
import type { Journal, Segment } from '../journal/journal.ts';
import { EARLIER_MS } from './note.ts';
import { syncFileSystem } from './sync.ts';
import { Turns } from './turns.ts';

const TABLE = 'inbox';
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** How long loaded segments are kept until one sync of the file system covers them all. */
const CHECKPOINT_MS = 10_000;
/**
 * Every target remembers the tokens of its last 10,000 blocks, and a batch leaves one or two in each. Before half of that many batches are
 * unsafe no more are taken: were a token forgotten, the repeat of its batch would count twice.
 */
export const MAX_BATCHES = 4_500;
/** A refusal may pass (a table that is being altered), so it is looked into from the second on, and then not all the time. */
const EXAMINE_MS = 60_000;
const LAST_CHECKPOINT_MS = 5_000;

export interface LoaderOptions {
  store: Store;
  journal: Journal;
  /** The folder whose file system holds the embedded engine's parts; null where the store is another machine's, which syncs for itself. */
  syncDir: string | null;
  /** What a checkpoint remembers of the moment. `since`: when the oldest batch was begun that is not loaded (milliseconds since 1970). */
  note(since: number): Promise<unknown>;
  /**
   * The store says no to a batch. Resolves to true where all of it that the store takes is booked now, and the rest set aside. Rejects with
   * {@link HalfBooked} where that has begun: then the batch is not inserted again, and this is asked until it is done.
   * `retained` are the segments before it that are loaded and still there.
   */
  refused(segment: Segment, error: StoreError, retained: readonly Segment[]): Promise<boolean>;
  /** Called in order, when a batch is in the store. */
  onLoaded(segment: Segment): void;
  onTrouble(message: string): void;
}

/** A part of a batch may be booked without its token. */
export class HalfBooked extends Error {}

/**
 * Gives journaled batches to the store, one at a time and in order, verbatim until it takes them. A batch whose insert stopped half way is
 * completed by its token, so nothing may overtake it and nothing is planned anew.
 */
export class Loader {
  readonly #queue: Segment[] = [];
  readonly #loaded: Segment[] = [];
  readonly #jobs: Job[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | null = null;
  #stopped = false;
  /** The first batch of the queue was tried: which targets have it is not known. */
  #inDoubt = false;
  /** A job is under way. */
  #atWork = false;
  #waiters: (() => void)[] = [];
  #pause: { wake: () => void } | null = null;
  /** A checkpoint is to be taken before the next batch. */
  #due = false;
  #timer: NodeJS.Timeout | null = null;
  /** What was begun before is not in the last note. */
  #noted = Number.NEGATIVE_INFINITY;
  readonly #alone = new Turns();
  #alarmed = false;
  /** Milliseconds the last insert took. */
  lastMs = 0;
  constructor(private readonly options: LoaderOptions) {}

  get queued(): number {
    return this.#queue.length;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Batches that are loaded and still in the journal. */
  get retained(): number {
    return this.#loaded.length;
  }

  /** No more batches may be journaled until the store has caught up. */
  get full(): boolean {
    const full = this.#queue.length + this.#loaded.length >= MAX_BATCHES;
    if (full && !this.#alarmed) {
      this.options.onTrouble(
        `${MAX_BATCHES} batches wait for the store, more than it could tell apart later: nothing is taken until it has them`,
      );
    }
    this.#alarmed = full;
    return full;
  }

  add(segment: Segment): void {
    this.#queue.push(segment);
    this.#queuedBytes += segment.bytes;
    this.#start();
  }

  /** Does something between two batches: nothing is loaded meanwhile. Rejects as the job does, and where the loader is closed before its turn. */
  exclusive<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new StoreError('closed', 'The loader is closed.'));
      this.#jobs.push({ run: () => run().then(resolve, reject), refuse: reject, released: false });
      this.#start();
    });
  }

  /**
   * The same, once everything that is loaded is safe in the store and out of the journal. What takes whole parts away from the store (the order
   * for a deletion, a partition that is dropped) belongs in here: with a part go the tokens of its batches, and a batch that is still in the
   * journal would be booked anew after a crash. A change that is ordered in here and goes on afterwards is in order, too: it takes no part that
   * comes later. Rejects with StoreError, and nothing done, where something cannot be made safe yet: come again.
   */
  released<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new StoreError('closed', 'The loader is closed.'));
      this.#jobs.push({ run: () => run().then(resolve, reject), refuse: reject, released: true });
      this.#start();
    });
  }

  /** Resolves when everything that was loaded is safe in the store and out of the journal. Rejects as {@link released} does. */
  release(): Promise<void> {
    return this.released(async () => undefined);
  }

  /**
   * Does something that must not overlap with its like: what removes rows in several steps (sweeps, retention, the removal of a project), and what
   * counts them (scrubs, recounts), which would take a removal that is half way for the truth. Batches are loaded meanwhile. To be taken first:
   * `run` may wait for {@link exclusive}, {@link released} and for places between batches, but nothing in one of those may wait for this, nor may
   * `run` itself ask for it again.
   */
  alone<T>(run: () => Promise<T>): Promise<T> {
    return this.#alone.take(run);
  }

  /** Resolves when nothing is queued. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise<void>((done) => this.#waiters.push(done));
  }

  /**
   * Loads what is queued (for at most `ms`), makes it safe and stops. What is left stays in the journal for the next start, also where the
   * store has it and has not said so: its token makes the repeat harmless.
   */
  async close(ms: number): Promise<void> {
    await atMost(ms, this.idle());
    this.#stopped = true;
    this.#pause?.wake();
    for (const { refuse } of this.#jobs.splice(0)) refuse(new StoreError('closed', 'The loader is closed.'));
    await atMost(LAST_CHECKPOINT_MS, this.checkpoint());
    if (this.#timer) clearTimeout(this.#timer);
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // What came when the last round was over and this was not is not left lying.
      if (!this.#stopped && (this.#jobs.length > 0 || this.#queue.length > 0)) this.#start();
      else for (const done of this.#waiters.splice(0)) done();
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (this.#due) await this.checkpoint();
      const job = this.#jobs.shift();
      const segment = this.#queue[0];
      // It waited long, or the clock went back: the next note must know what there was before it.
      if (!job && segment && segment.at < this.#noted) await this.#checkpoint(true);
      if (job) await this.#work(job);
      else if (!segment) return;
      else if (!(await this.#load(segment))) return;
    }
  }

  async #work(job: Job): Promise<void> {
    if (job.released) {
      await this.#checkpoint(true);
      if (this.#loaded.length > 0) return job.refuse(new StoreError('unavailable', 'What is loaded cannot be made safe yet.'));
    }
    this.#atWork = true;
    await job.run();
    this.#atWork = false;
  }

  async #load(segment: Segment): Promise<boolean> {
    if (!(await this.#insert(segment))) return false;
    this.#inDoubt = false;
    this.#queue.shift();
    this.#queuedBytes -= segment.bytes;
    this.#loaded.push(segment);
    this.options.onLoaded(segment);
    this.#arm();
    return true;
  }

  async #insert(segment: Segment): Promise<boolean> {
    let examineAt = 0;
    let half: StoreError | null = null;
    for (let attempt = 1, pause = FIRST_PAUSE_MS; !this.#stopped; attempt++, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const started = performance.now();
      try {
        this.#inDoubt = true;
        if (half) throw half;
        await this.options.store.insertFile(TABLE, segment.file, segment.token);
        this.lastMs = performance.now() - started;
        return true;
      } catch (error) {
        const reason = error instanceof StoreError ? `${error.reason}: ${error.message}` : String(error);
        this.options.onTrouble(`batch ${segment.token} is not loaded yet, next try in ${pause} ms (${reason})`);
        const refused = error instanceof StoreError && error.reason === 'refused' && attempt > 1;
        if (refused && (half || started >= examineAt)) {
          const found = await this.#examine(segment, error);
          if (found === 'booked') return true;
          if (found === 'half') half = error;
          examineAt = performance.now() + EXAMINE_MS;
        }
      }
      await new Promise<void>((wake) => {
        const timer = setTimeout(wake, pause);
        this.#pause = {
          wake: () => {
            clearTimeout(timer);
            wake();
          },
        };
      });
    }
    return false;
  }

  async #examine(segment: Segment, error: StoreError): Promise<'booked' | 'half' | 'not'> {
    try {
      if (!(await this.options.refused(segment, error, this.#loaded))) return 'not';
    } catch (failure) {
      this.options.onTrouble(`batch ${segment.token} could not be examined (${String(failure)})`);
      return failure instanceof HalfBooked ? 'half' : 'not';
    }
    // Its token must never be used again, so it is remembered before anything else that the batch is in.
    this.#due = true;
    return 'booked';
  }

  /** While anything is loaded and not safe a checkpoint is on its way, whether or not more comes and whatever the clock says. */
  #arm(): void {
    if (this.#timer || this.#loaded.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#due = true;
      this.#start();
    }, CHECKPOINT_MS);
    this.#timer.unref();
  }

  /**
   * Syncs the file system under the store, then lets go of the segments it covers. A segment whose parts are not safe is never removed. To be
   * called while nothing is being loaded: where something is, it does nothing.
   */
  checkpoint(): Promise<void> {
    return this.#checkpoint(false);
  }

  /** `note`: take one also where there is nothing to let go of. */
  async #checkpoint(note: boolean): Promise<void> {
    // What a batch or a job that is half way in has left in the store must not be taken for what was there before it.
    if (this.#inDoubt || this.#atWork) return;
    this.#due = false;
    const covered = this.#loaded.splice(0);
    if (covered.length === 0 && !note) return;
    const { journal, syncDir } = this.options;
    try {
      if (syncDir !== null) await syncFileSystem(syncDir);
      const since = this.#queue.reduce((first, { at }) => Math.min(first, at), Date.now());
      const taken = await this.options.note(since);
      await (covered.length === 0 ? journal.remember(taken) : journal.release(covered, taken));
      this.#noted = since - EARLIER_MS;
    } catch (error) {
      this.#loaded.unshift(...covered);
      this.options.onTrouble(`loaded batches stay in the journal: ${String(error)}`);
      this.#arm();
    }
  }
}

interface Job {
  run(): Promise<void>;
  refuse(error: StoreError): void;
  /** Nothing that is loaded may be in the journal still. */
  readonly released: boolean;
}

/** Waits for `work`, but no longer than that. */
async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
