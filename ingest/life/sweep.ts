import { readFileSync } from 'node:fs';
import type { Store } from '../../schema/index.ts';
import type { Loader } from '../load/loader.ts';
import { syncFileSystem } from '../load/sync.ts';
import type { Pipeline } from '../pipeline.ts';
import { beginMutation, finishMutation, mutate } from './mutations.ts';
import { Stage, type Tombstones } from './tombstones.ts';

const sql = (name: string): string => readFileSync(new URL(`./sweep/${name}.sql`, import.meta.url), 'utf8');
const CANDIDATES = sql('candidates');
const DEAD = sql('dead');
const LOOSE_RUNS = sql('loose-runs');
const DETAILS = sql('details');
const TASKS = sql('tasks');
const GONE = sql('gone');
const TEXTS_AT_ONCE = 100_000;
const SEARCH_SECONDS = 600;

export interface SweepOptions {
  store: Store;
  pipeline: Pipeline;
  loader: Loader;
  tombstones: Tombstones;
  /** The folder whose file system holds the embedded engine's parts; null where the store is another machine's. */
  syncDir: string | null;
}

/**
 * Removes from disk what left the books: the rows of deleted traces with all their earlier versions, their runs' names, and the texts that nothing
 * refers to any more. Every step can be repeated: a sweep that was cut off is done again from its beginning at the next call. Nothing is recounted
 * meanwhile: a change goes through its table part by part, and half of it looks like a total that is wrong.
 * @returns false where there was nothing to do
 */
export function sweep(options: SweepOptions, stop: AbortSignal): Promise<boolean> {
  return options.loader.alone(() => sweepAll(options, stop));
}

async function sweepAll(options: SweepOptions, stop: AbortSignal): Promise<boolean> {
  const { store, tombstones, loader, syncDir } = options;
  await tombstones.advance(Stage.unbooked, Stage.sweeping);
  if ((await tombstones.count(Stage.sweeping)) === 0) return false;
  await store.command(CANDIDATES);
  // Details say which texts are candidates, and tasks which details of a shared trace go: hence the order.
  await mutate(store, loader, 'details', `DELETE WHERE ${DETAILS}`, stop);
  // The rows that say "deleted" go when nothing older is left: for as long as there is, they are what is newest.
  await mutate(store, loader, 'tasks', `DELETE WHERE ${TASKS}`, stop);
  await mutate(store, loader, 'tasks', `DELETE WHERE ${GONE}`, stop);
  await sweepRuns(options, stop);
  await sweepTexts(options, stop);
  // What cancels out is dropped when it is merged; so are the marks that a later version replaced.
  for (const table of ['usage_daily', 'run_marks']) await store.command(`OPTIMIZE TABLE ${table} FINAL`);
  for (const table of ['loose_texts', 'loose_runs']) await store.command(`TRUNCATE TABLE ${table}`);
  // Who says that it is gone must not have it again after a power cut.
  if (syncDir !== null) await syncFileSystem(syncDir);
  await tombstones.advance(Stage.sweeping, Stage.gone);
  return true;
}

/** While it is found out which runs are empty nothing is loaded: all their rows go, or a sum would be left of some. */
async function sweepRuns({ store, loader }: SweepOptions, stop: AbortSignal): Promise<void> {
  await store.command('TRUNCATE TABLE loose_runs');
  const removal = await loader.released(async () => {
    await store.command(LOOSE_RUNS);
    return beginMutation(store, 'runs', 'DELETE WHERE (project, run_id) IN (SELECT project, run_id FROM loose_runs)');
  });
  await finishMutation(store, removal, stop);
}

async function sweepTexts({ store, pipeline, loader }: SweepOptions, stop: AbortSignal): Promise<void> {
  for await (const { project, refs } of candidates(store)) pipeline.forgetTexts(project, refs);
  // A batch that relied on the text being there is in the store before anybody looks for its references.
  await pipeline.untilLoaded(await pipeline.between((slot) => slot.lastBatch));
  const sweep = Date.now();
  // From the search to the removal nothing is loaded: a batch that comes later brings the text itself, in a part that the removal does not touch.
  const removal = await loader.released(async () => {
    await store.command(DEAD, { sweep });
    return beginMutation(
      store,
      'messages',
      `DELETE WHERE (project, hash) IN (SELECT project, hash FROM loose_texts WHERE sweep = ${sweep})`,
    );
  });
  await finishMutation(store, removal, stop);
}

async function* candidates(store: Store): AsyncGenerator<{ project: string; refs: string[] }> {
  for (let offset = 0; ; offset += TEXTS_AT_ONCE) {
    const rows = await store.query<{ project: string; refs: string[] }>(
      `SELECT project, groupArray(ref) AS refs FROM (
         SELECT DISTINCT project, hash, leftPad(lower(hex(hash)), 32, '0') AS ref FROM loose_texts WHERE sweep = 0
         ORDER BY project, hash LIMIT {most:UInt32} OFFSET {offset:UInt64}
       ) GROUP BY project`,
      { most: TEXTS_AT_ONCE, offset },
      { maxSeconds: SEARCH_SECONDS },
    );
    if (rows.length === 0) return;
    yield* rows;
  }
}
