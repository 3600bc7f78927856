import { readFileSync } from 'node:fs';
import { literal, type Store } from '../../schema/index.ts';
import { getOrCreate } from '../collections.ts';
import type { Loader } from '../load/loader.ts';
import type { Pipeline, Slot } from '../pipeline.ts';
import type { Settler } from '../settle/settle.ts';
import { beginMutation } from './mutations.ts';
import { Stage, type Tombstone, type Tombstones } from './tombstones.ts';

const sql = (name: string): string => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
const OF_RUNS = sql('of-runs');
const OF_EXPIRED = sql('of-expired');
const OF_USER = sql('of-user');
const HIDE = sql('hide');

/** Traces whose rows are taken out of the books in one batch: senders wait for it. */
const TRACES_AT_ONCE = 200;
const RUNS_AT_ONCE = 1000;
const PAUSE_MS = 1000;
/** Seconds a search through all tasks of a project may take. */
const SEARCH_SECONDS = 300;
/** How often what is found may be out of date before senders wait until it is found again. */
const LOOKS = 3;

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
  loader: Loader;
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
  #tellStop: () => void = () => undefined;
  readonly #stopping = new Promise<void>((done) => {
    this.#tellStop = done;
  });
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
    for (let i = 0; i === 0 || i < runIds.length; i += RUNS_AT_ONCE) {
      const ids = runIds.slice(i, i + RUNS_AT_ONCE);
      const found = await this.#findAndBury(project, ids, i === 0 ? traceIds : []);
      total.runs += found.runs.size;
      total.traces += found.tombstones.length;
      total.left += found.tombstones.length;
      if (found.tombstones.length === 0) continue;
      await this.#hide(project, [...found.runs]);
      progress({ ...total });
      await this.#unbook(found.tombstones, (done) => {
        total.left -= done;
        progress({ ...total });
      });
    }
    return total;
  }

  /** Deletes what names a user now: whole runs, traces that are no run, and days of which no tasks are kept. */
  async user(project: string, user: string, progress: (p: Progress) => void): Promise<Progress> {
    await this.#settled();
    const { store, loader } = this.options;
    const rows = await store.query<{ run: string; trace: string }>(OF_USER, { project, user }, { maxSeconds: SEARCH_SECONDS });
    const runs = rows.flatMap(({ run }) => (run === '' ? [] : [run]));
    const traces = rows.flatMap(({ trace }) => (trace === '' ? [] : [trace]));
    const total = await this.runs(project, runs, traces, progress);
    const days = `project = ${literal(project)} AND user_id = ${literal(user)}
      AND (project, month) IN (SELECT project, month FROM retention_log WHERE what = 'payload')`;
    const [left] = await store.query<{ n: string }>(`SELECT count() AS n FROM usage_daily WHERE ${days}`);
    if (Number(left?.n) > 0) await loader.alone(() => loader.released(() => beginMutation(store, 'usage_daily', `DELETE WHERE ${days}`)));
    return total;
  }

  stop(): void {
    this.#stopped = true;
    this.#tellStop();
    this.#wake?.();
  }

  /** What was acknowledged before must be found. Resolves to the number of its last batch. */
  async #settled(): Promise<number> {
    const { pipeline } = this.options;
    const last = await pipeline.between((slot) => slot.lastBatch);
    await pipeline.untilLoaded(last);
    return last;
  }

  /**
   * Finds what is to be deleted, and refuses it from then on. Nothing is booked between the two: a trace that held one run may hold another
   * by then, which stays.
   */
  async #findAndBury(project: string, runs: readonly string[], traceIds: readonly string[]): Promise<Found> {
    const { pipeline, tombstones } = this.options;
    for (let looks = 1; ; looks++) {
      const last = await this.#settled();
      const found = await this.#find(project, runs, traceIds);
      const buried = await pipeline.between(async (slot) => {
        const current = slot.lastBatch === last ? found : looks < LOOKS ? null : await this.#findNow(slot, project, runs, traceIds);
        if (current === null) return null;
        await tombstones.mark(current.tombstones, Stage.asked);
        this.#bury(current.tombstones);
        return current;
      });
      if (buried) return buried;
    }
  }

  async #findNow(slot: Slot, project: string, runs: readonly string[], traceIds: readonly string[]): Promise<Found> {
    await Promise.race([this.options.pipeline.untilLoaded(slot.lastBatch), this.#stopping]);
    if (this.#stopped) throw new Error('the server stops');
    return this.#find(project, runs, traceIds);
  }

  async #find(project: string, runs: readonly string[], traceIds: readonly string[]): Promise<Found> {
    const ask = (sql: string) =>
      this.options.store.query<{ trace: string; runs: string[]; shared: number }>(sql, { project, runs }, { maxSeconds: SEARCH_SECONDS });
    const rows = runs.length === 0 ? [] : [...(await ask(OF_RUNS)), ...(await ask(OF_EXPIRED))];
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
      // A store that is behind comes first: it could not tell more batches apart.
      while (!this.#stopped && (this.options.pipeline.full || !(await this.#unbookSome(group)))) await this.#pause();
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

interface Found {
  readonly runs: ReadonlySet<string>;
  readonly tombstones: readonly Tombstone[];
}

/** Tombstones of one project and one run (or of whole traces) together, not too many at once. */
function batches(tombstones: readonly Tombstone[]): Tombstone[][] {
  const groups = new Map<string, Tombstone[]>();
  for (const tombstone of tombstones) getOrCreate(groups, `${tombstone.project}\n${tombstone.runId}`, () => []).push(tombstone);
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / TRACES_AT_ONCE) }, (_, i) => group.slice(i * TRACES_AT_ONCE, (i + 1) * TRACES_AT_ONCE)),
  );
}
