import { readFileSync } from 'node:fs';
import type { Store } from '../../schema/index.ts';
import { getOrCreate } from '../collections.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Settler } from '../settle/settle.ts';
import { Stage, type Tombstone, type Tombstones } from './tombstones.ts';

const sql = (name: string): string => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
const OF_RUNS = sql('of-runs');
const OF_USER = sql('of-user');
const HIDE = sql('hide');

/** Traces whose rows are taken out of the books in one batch: senders wait for it. */
const TRACES_AT_ONCE = 200;
const RUNS_AT_ONCE = 1000;
const PAUSE_MS = 1000;
/** Seconds a search through all tasks of a project may take. */
const SEARCH_SECONDS = 300;

/** How far a delete is. */
export interface Progress {
  runs: number;
  traces: number;
  /** Traces that are still in the books. */
  left: number;
}

export interface DeletesOptions {
  store: Store;
  settler: Settler;
  pipeline: Pipeline;
  tombstones: Tombstones;
  onTrouble(message: string): void;
}

/**
 * Deleting is a correction of the books. First a tombstone is written for each trace, durable, and from then on what comes of it is refused; then
 * its runs are hidden; then its rows are taken back as a batch like any other, so that every total loses them. A crash at any point is made
 * good at the next start: a tombstone that is not `unbooked` yet is taken up again, and what is gone already books nothing.
 */
export class Deletes {
  #stopped = false;
  #wake: (() => void) | null = null;
  constructor(private readonly options: DeletesOptions) {}

  /** Refuses what earlier processes deleted, and says what they did not finish. To be called before the first request. */
  async bury(): Promise<Tombstone[]> {
    const open: Tombstone[] = [];
    for await (const tombstone of this.options.tombstones.all()) {
      this.#bury([tombstone]);
      if (tombstone.stage === Stage.asked) open.push(tombstone);
    }
    return open;
  }

  /** Takes up what {@link bury} found. Hiding is not repeated: what is out of the books is in no list. */
  async resume(open: readonly Tombstone[]): Promise<void> {
    await this.#unbook(open, () => undefined);
  }

  /**
   * Deletes runs: resolves when every total is without them. `progress` is called when the tombstones are durable, and again as it goes.
   * @param traceIds traces of which nothing may be booked yet
   */
  async runs(project: string, runIds: readonly string[], traceIds: readonly string[], progress: (p: Progress) => void): Promise<Progress> {
    const total: Progress = { runs: 0, traces: 0, left: 0 };
    await this.#settled();
    for (let i = 0; i === 0 || i < runIds.length; i += RUNS_AT_ONCE) {
      const ids = runIds.slice(i, i + RUNS_AT_ONCE);
      const found = await this.#find(project, ids, i === 0 ? traceIds : []);
      total.runs += found.runs.size;
      total.traces += found.tombstones.length;
      total.left += found.tombstones.length;
      if (found.tombstones.length === 0) continue;
      await this.options.tombstones.mark(found.tombstones, Stage.asked);
      // Between two batches: what was being settled without knowing of it is journaled when it is done.
      await this.options.pipeline.between(() => this.#bury(found.tombstones));
      await this.#hide(project, [...found.runs]);
      progress({ ...total });
      await this.#unbook(found.tombstones, (done) => {
        total.left -= done;
        progress({ ...total });
      });
    }
    return total;
  }

  /** Deletes all runs that are a user's now. */
  async user(project: string, user: string, progress: (p: Progress) => void): Promise<Progress> {
    await this.#settled();
    const rows = await this.options.store.query<{ run: string }>(OF_USER, { project, user }, { maxSeconds: SEARCH_SECONDS });
    return this.runs(
      project,
      rows.map((row) => row.run),
      [],
      progress,
    );
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** What was acknowledged before must be found. */
  async #settled(): Promise<void> {
    const { pipeline } = this.options;
    await pipeline.untilLoaded(await pipeline.between((slot) => slot.lastBatch));
  }

  async #find(
    project: string,
    runs: readonly string[],
    traceIds: readonly string[],
  ): Promise<{ runs: Set<string>; tombstones: Tombstone[] }> {
    const rows = await this.options.store.query<{ trace: string; runs: string[]; shared: number }>(
      OF_RUNS,
      { project, runs },
      { maxSeconds: SEARCH_SECONDS },
    );
    const named = new Set(rows.flatMap((row) => row.runs));
    const tombstones = rows.flatMap(({ trace, runs: inTrace, shared }) =>
      (shared ? inTrace : ['']).map((runId): Tombstone => ({ project, traceId: trace, runId })),
    );
    const known = new Set(rows.map((row) => row.trace));
    for (const traceId of traceIds) if (!known.has(traceId)) tombstones.push({ project, traceId, runId: '' });
    return { runs: named, tombstones };
  }

  #bury(tombstones: readonly Tombstone[]): void {
    for (const { project, traceId, runId } of tombstones) this.options.settler.bury(project, [traceId], runId || undefined);
  }

  async #hide(project: string, runs: readonly string[]): Promise<void> {
    for (let i = 0; i < runs.length; i += RUNS_AT_ONCE)
      await this.options.store.command(HIDE, { project, runs: runs.slice(i, i + RUNS_AT_ONCE) });
  }

  /** Takes the rows of buried traces back, a batch of traces at a time, as often as it takes. `done` is told how many traces left the books. */
  async #unbook(tombstones: readonly Tombstone[], done: (traces: number) => void): Promise<void> {
    for (const group of batches(tombstones)) {
      while (!this.#stopped && !(await this.#unbookSome(group))) await this.#pause();
      if (this.#stopped) throw new Error('the rest is deleted after the next start');
      done(group.length);
    }
  }

  async #unbookSome(group: readonly Tombstone[]): Promise<boolean> {
    const { pipeline, settler } = this.options;
    const { project, runId } = group[0]!;
    const traces = group.map((t) => t.traceId);
    try {
      const last = await pipeline.between(async (slot) => {
        const change = runId === '' ? ({ kind: 'delete' } as const) : ({ kind: 'delete', runId } as const);
        return slot.append(project, await settler.change(project, traces, change, slot.now));
      });
      await pipeline.untilLoaded(last);
      await this.options.tombstones.mark(group, Stage.unbooked);
      return true;
    } catch (error) {
      this.options.onTrouble(`a delete of ${traces.length} traces is not finished, next try in ${PAUSE_MS} ms (${String(error)})`);
      // A part of it may be journaled that memory does not know of: what is left is asked of the store, once it has that part.
      await pipeline.untilLoaded(
        await pipeline.between((slot) => {
          settler.forget(project, traces, slot.lastBatch);
          return slot.lastBatch;
        }),
      );
      return false;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Tombstones of one project and one run (or of whole traces) together, not too many at once. */
function batches(tombstones: readonly Tombstone[]): Tombstone[][] {
  const groups = new Map<string, Tombstone[]>();
  for (const tombstone of tombstones) getOrCreate(groups, `${tombstone.project}\n${tombstone.runId}`, () => []).push(tombstone);
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / TRACES_AT_ONCE) }, (_, i) => group.slice(i * TRACES_AT_ONCE, (i + 1) * TRACES_AT_ONCE)),
  );
}
