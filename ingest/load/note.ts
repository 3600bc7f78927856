import { type Baseline, type Blocks, readBaseline, readBlocks, type Store } from '../../schema/index.ts';

/** What a checkpoint remembers of the moment when the store was safe. */
export interface Note {
  /** Milliseconds since 1970: what was written to the store before is safe. */
  readonly at: number;
  readonly balance: Baseline;
  readonly blocks: readonly Blocks[];
}

/** Requests are booked under the minute in which their batch was begun, which is a little before it is known here. */
export const EARLIER_MS = 10 * 60_000;

/** To be taken right after a sync, while nothing is loaded. `since`: when the oldest batch was begun that the store does not have (milliseconds since 1970). */
export async function takeNote(store: Store, since: number): Promise<Note> {
  return { at: Date.now(), balance: await readBaseline(store, since - EARLIER_MS), blocks: await readBlocks(store) };
}
