import { readFileSync } from 'node:fs';
import type { Store } from '../../schema/index.ts';

const MARK = readFileSync(new URL('./tombstones.sql', import.meta.url), 'utf8');
/** Traces in one statement. */
const AT_ONCE = 2000;
/** A power of two. */
const SLICES = 16;

/** How far a delete has come. It only grows. */
export const Stage = {
  /** Refused from now on; still in the books. */
  asked: 0,
  /** Out of every total. */
  unbooked: 1,
  /** Its rows and texts are being removed from disk. */
  sweeping: 2,
  gone: 3,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

/** A trace that is deleted, or one run of a trace that holds others, too (runId; empty = the whole trace). */
export interface Tombstone {
  readonly project: string;
  readonly traceId: string;
  readonly runId: string;
}

/** The deletes of all times, durable. */
export class Tombstones {
  constructor(private readonly store: Store) {}

  /** All of them, with how far they have come, in slices so that no answer is large. */
  async *all(): AsyncGenerator<Tombstone & { stage: Stage }> {
    for (let slice = 0; slice < SLICES; slice++) {
      yield* await this.store.query<Tombstone & { stage: Stage }>(
        `SELECT project, leftPad(lower(hex(trace_id)), 32, '0') AS traceId, run_id AS runId, max(t.stage) AS stage
         FROM tombstones AS t WHERE bitAnd(toUInt64(trace_id), {mask:UInt8}) = {slice:UInt8} GROUP BY project, trace_id, run_id`,
        { slice, mask: SLICES - 1 },
        { maxSeconds: 300 },
      );
    }
  }

  /** Durable when it resolves. */
  async mark(tombstones: readonly Tombstone[], stage: Stage): Promise<void> {
    for (let i = 0; i < tombstones.length; i += AT_ONCE) {
      const some = tombstones.slice(i, i + AT_ONCE);
      await this.store.command(MARK, {
        projects: some.map((t) => t.project),
        traces: some.map((t) => t.traceId),
        runs: some.map((t) => t.runId),
        stage,
      });
    }
  }

  /** Takes all of one stage to the next. */
  async advance(from: Stage, to: Stage): Promise<void> {
    await this.store.command(
      `INSERT INTO tombstones SELECT project, trace_id, run_id, now64(3), {to:UInt8} FROM tombstones
       GROUP BY project, trace_id, run_id HAVING max(stage) = {from:UInt8}`,
      { from, to },
    );
  }

  async count(stage: Stage): Promise<number> {
    const [row] = await this.store.query<{ n: string }>(
      'SELECT count() AS n FROM (SELECT max(stage) AS s FROM tombstones GROUP BY project, trace_id, run_id) WHERE s = {stage:UInt8}',
      { stage },
    );
    return Number(row?.n ?? 0);
  }
}
