import { literal, type Store } from '../../schema/index.ts';
import type { Loader } from '../load/loader.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Settler } from '../settle/settle.ts';
import { mutate } from './mutations.ts';

/** Everything that has rows of a project, in an order that leaves no row which refers to one that is gone. Tombstones stay: they hold ids only. */
const TABLES = [
  'run_marks',
  'runs',
  'usage_hourly',
  'usage_daily',
  'ingest_log',
  'tasks',
  'details',
  'messages',
  'loose_texts',
  'loose_runs',
];

export interface ProjectsOptions {
  store: Store;
  settler: Settler;
  pipeline: Pipeline;
  loader: Loader;
}

/** Deletes whole projects: refused and empty to every question at once, removed from disk afterwards. */
export class Projects {
  readonly #deleted = new Set<string>();
  constructor(private readonly options: ProjectsOptions) {}

  /** Closes the projects that earlier processes deleted. To be called before the first request. Resolves to them. */
  async open(): Promise<readonly string[]> {
    const rows = await this.options.store.query<{ id: string }>('SELECT id FROM projects FINAL WHERE deleted');
    for (const { id } of rows) this.#close(id);
    return rows.map(({ id }) => id);
  }

  /** Takes nothing more of the project. `closed` is called when that is durable; resolves when all that came before is in the store. */
  async close(project: string, closed: () => void): Promise<void> {
    if (!this.#deleted.has(project)) {
      await this.options.store.command(
        'INSERT INTO projects SELECT {project:String}, any(name), now64(3), 1 FROM projects WHERE id = {project:String}',
        { project },
      );
    }
    const last = await this.options.pipeline.between((slot) => {
      this.#close(project);
      return slot.lastBatch;
    });
    closed();
    await this.options.pipeline.untilLoaded(last);
  }

  /** Removes what is left of a closed project. Can be repeated. Nothing is recounted meanwhile. */
  remove(project: string, stop: AbortSignal): Promise<void> {
    return this.options.loader.alone(() => this.#remove(project, stop));
  }

  async #remove(project: string, stop: AbortSignal): Promise<void> {
    const { store, settler, pipeline, loader } = this.options;
    for (const table of TABLES) {
      const [left] = await store.query<{ n: string }>(`SELECT count() AS n FROM ${table} WHERE project = {project:String}`, { project });
      if (Number(left?.n) > 0) await mutate(store, loader, table, `DELETE WHERE project = ${literal(project)}`, stop);
    }
    // Should a project of this name begin anew, nothing may be known of the one before.
    await pipeline.between(() => {
      settler.forgetAll();
      pipeline.forgetAllTexts();
    });
  }

  #close(project: string): void {
    this.#deleted.add(project);
    this.options.pipeline.closeProject(project);
  }
}
