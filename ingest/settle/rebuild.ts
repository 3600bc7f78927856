import type { Store } from '../../schema/index.ts';
import type { SeenTraces } from './seen.ts';

const SLICES = 16;

/**
 * Fills the seen index from the store after a start, in slices so that no answer is large. Until it is complete every trace costs a
 * look-up: slower, never wrong. `stop` ends it early, with the store's error where a query is under way.
 */
export async function rebuildSeen(store: Store, seen: SeenTraces, stop: AbortSignal): Promise<void> {
  for (let slice = 0; slice < SLICES; slice++) {
    if (stop.aborted) return;
    const rows = await store.query<{ project: string; trace: string }>(
      `SELECT DISTINCT project, leftPad(lower(hex(trace_id)), 32, '0') AS trace FROM tasks WHERE bitAnd(toUInt64(trace_id), ${SLICES - 1}) = {slice:UInt8}`,
      { slice },
      { maxSeconds: 300, signal: stop },
    );
    for (const { project, trace } of rows) seen.add(project, trace);
  }
  seen.complete = true;
}
