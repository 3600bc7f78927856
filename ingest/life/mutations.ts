import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../schema/index.ts';
import type { Loader } from '../load/loader.ts';

const POLL_MS = 100;

/** A change of a table's parts that was ordered and may still be under way. */
export interface Mutation {
  readonly table: string;
  readonly id: string;
}

/**
 * Runs `ALTER TABLE <table> <change>` to its end. The wait holds no statement of the engine, so nothing else waits with it. Rejects, and nothing
 * is ordered, where what is loaded is not safe yet.
 */
export async function mutate(store: Store, loader: Loader, table: string, change: string, stop: AbortSignal): Promise<void> {
  await finishMutation(store, await loader.released(() => beginMutation(store, table, change)), stop);
}

/**
 * Orders the change of all parts there are, and of none that come later. It survives a crash: the engine goes on with it when it starts. To be
 * called while nothing that is loaded is still in the journal: a part that gets empty takes the tokens of its batches with it.
 * @param change values are literals of its text: a mutation outlives the session, and with it the parameters
 */
export async function beginMutation(store: Store, table: string, change: string): Promise<Mutation> {
  await store.command(`ALTER TABLE ${table} ${change} SETTINGS mutations_sync = 0, allow_nondeterministic_mutations = 1`);
  const [last] = await store.query<{ id: string }>(
    `SELECT mutation_id AS id FROM system.mutations WHERE database = currentDatabase() AND table = {table:String}
     ORDER BY toUInt64OrZero(extract(mutation_id, '[0-9]+')) DESC LIMIT 1`,
    { table },
  );
  return { table, id: last?.id ?? '' };
}

/** @throws Error where the engine cannot make the change, or `stop` is asked for */
export async function finishMutation(store: Store, { table, id }: Mutation, stop: AbortSignal): Promise<void> {
  for (;;) {
    const [row] = await store.query<{ done: number; failure: string }>(
      `SELECT is_done AS done, latest_fail_reason AS failure FROM system.mutations
       WHERE database = currentDatabase() AND table = {table:String} AND mutation_id = {id:String}`,
      { table, id },
    );
    // Finished ones are forgotten after a while.
    if (!row || row.done === 1) return;
    if (row.failure !== '') throw new Error(`the change of ${table} fails: ${row.failure}`);
    await sleep(POLL_MS, undefined, { signal: stop });
  }
}
