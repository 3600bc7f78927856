import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../schema/index.ts';
import type { Loader } from '../load/loader.ts';
import type { Pipeline } from '../pipeline.ts';
import type { DeleteAnswer, DeleteAsk } from '../protocol.ts';
import type { Settler } from '../settle/settle.ts';
import { Deletes, type Progress } from './deletes.ts';
import { finishMutation } from './mutations.ts';
import { Projects } from './projects.ts';
import { expire, findExpired, type Policy } from './retention.ts';
import { sweep } from './sweep.ts';
import { Tombstones } from './tombstones.ts';

/** How long an answer waits for a delete to be done before it says how far it is. */
const ANSWER_MS = 10_000;
const RETENTION_MS = 3_600_000;
const CLOSE_MS = 2000;
/** A sweep waits for a quiet moment, but not for ever. */
const MOST_WAITS = 20;

export interface LifeSettings {
  /** Kept by projects that have no time of their own. */
  readonly policy: Policy;
  /** Milliseconds from a delete to the sweep that removes it from disk. Many deletes share one. */
  readonly sweepMs: number;
}

export interface LifeOptions {
  store: Store;
  settler: Settler;
  pipeline: Pipeline;
  loader: Loader;
  settings: LifeSettings;
  /** The folder whose file system holds the embedded engine's parts; null where the store is another machine's. */
  syncDir: string | null;
  onTrouble(message: string): void;
}

/** What ends: deletes that somebody asks for, and what is older than it has to be kept. */
export class Life {
  readonly #deletes: Deletes;
  readonly #projects: Projects;
  readonly #tombstones: Tombstones;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #toSweep = true;
  #retentionAt = 0;
  constructor(private readonly options: LifeOptions) {
    const { store, settler, pipeline, loader, onTrouble } = options;
    this.#tombstones = new Tombstones(store);
    this.#deletes = new Deletes({ store, settler, pipeline, loader, tombstones: this.#tombstones, onTrouble });
    this.#projects = new Projects({ store, settler, pipeline, loader });
  }

  /**
   * From here on what was deleted is refused. To be called when the journal is loaded, before the first request.
   * @returns deleted projects
   */
  async open(): Promise<readonly string[]> {
    const unfinished = await this.#deletes.bury();
    const closed = await this.#projects.open();
    this.#track(
      this.#deletes.resume(unfinished).finally(() => {
        this.#toSweep = true;
      }),
    );
    for (const project of closed) this.#track(this.#projects.remove(project, this.#stop.signal));
    this.#track(this.#loop());
    return closed;
  }

  /** Resolves when it is done, or after ten seconds if it is certain that it will be. Rejects where that cannot be said. */
  async delete(ask: DeleteAsk): Promise<DeleteAnswer> {
    const started = performance.now();
    let progress: Progress | null = null;
    const work = this.#delete(ask, (p) => {
      progress = p;
    }).then((done): DeleteAnswer => ({ ...done, done: true }));
    this.#track(work);
    const late = sleep(ANSWER_MS, null, { signal: this.#stop.signal, ref: false });
    const answer = await Promise.race([work, late]);
    late.catch(() => undefined);
    if (answer) return answer;
    if (progress) return { ...(progress as Progress), done: false };
    throw new Error(`nothing is deleted after ${Math.round(performance.now() - started)} ms, try again`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#deletes.stop();
    // What waits for a store that does not come is taken up after the next start.
    await Promise.race([Promise.allSettled(this.#underWay), sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  async #delete(ask: DeleteAsk, progress: (p: Progress) => void): Promise<Progress> {
    try {
      if (ask.kind === 'run') return await this.#deletes.runs(ask.project, [ask.runId], ask.traceIds, progress);
      if (ask.kind === 'user') return await this.#deletes.user(ask.project, ask.user, progress);
      const none = { runs: 0, traces: 0, left: 0 };
      await this.#projects.close(ask.project, () => progress(none));
      this.#track(this.#projects.remove(ask.project, this.#stop.signal));
      return none;
    } finally {
      this.#toSweep = true;
    }
  }

  #track(work: Promise<unknown>): void {
    const told = work
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.options.onTrouble(`life: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => this.#underWay.delete(told));
    this.#underWay.add(told);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    for (let waits = 0; !signal.aborted; ) {
      await sleep(this.options.settings.sweepMs, undefined, { signal, ref: false });
      if (this.options.loader.queued > 0 && waits++ < MOST_WAITS) continue;
      waits = 0;
      await this.#round(signal).catch((error: unknown) => {
        this.#toSweep = true;
        if (!signal.aborted) this.options.onTrouble(`nothing is removed from disk yet: ${String(error)}`);
      });
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    if (this.#toSweep) {
      this.#toSweep = false;
      await sweep({ ...this.options, tombstones: this.#tombstones }, signal);
    }
    if (Date.now() >= this.#retentionAt) {
      await this.options.loader.alone(() => this.#retain(signal));
      this.#retentionAt = Date.now() + RETENTION_MS;
    }
  }

  async #retain(signal: AbortSignal): Promise<void> {
    const { store, pipeline, settler, loader } = this.options;
    const policyOf = await this.#policies();
    const expired = await findExpired(store, policyOf, Date.now());
    if (expired.length === 0) return;
    const underWay = await pipeline.between(async () => {
      // Waiting for the store here would keep every sender waiting: the next round comes.
      if (loader.queued > 0) throw new Error('the store is behind');
      settler.forgetAll();
      return loader.released(() => expire(store, expired));
    });
    for (const mutation of underWay) await finishMutation(store, mutation, signal);
  }

  async #policies(): Promise<(project: string) => Policy> {
    const rows = await this.options.store.query<{ project: string; payload: number | null; totals: number | null }>(
      'SELECT project, payload_days AS payload, totals_days AS totals FROM retention FINAL',
    );
    const own = new Map(
      rows.map(({ project, payload, totals }): [string, Policy] => [project, { payloadDays: payload, totalsDays: totals }]),
    );
    return (project) => own.get(project) ?? this.options.settings.policy;
  }
}
