import type { Store } from './store.ts';

/** Where the parts of a table's partition ended at a moment: what came later has higher numbers. */
export interface Blocks {
  readonly table: string;
  readonly partition: string;
  readonly last: number;
}

export async function readBlocks(store: Store): Promise<Blocks[]> {
  const rows = await store.query<{ table: string; partition: string; last: string }>(
    `SELECT table, partition_id AS partition, max(max_block_number) AS last FROM system.parts
     WHERE database = currentDatabase() AND active GROUP BY table, partition`,
  );
  return rows.map((row) => ({ ...row, last: Number(row.last) }));
}

/** A part that the engine could not read when it started, and put beside the table. */
export interface BrokenPart {
  readonly table: string;
  readonly name: string;
  readonly partition: string;
  /** Number of the first block in it. */
  readonly first: number;
}

export async function readBrokenParts(store: Store): Promise<BrokenPart[]> {
  const rows = await store.query<{ table: string; name: string; partition: string; first: string }>(
    `SELECT table, name, partition_id AS partition, min_block_number AS first FROM system.detached_parts
     WHERE database = currentDatabase() AND startsWith(reason, 'broken') ORDER BY table, name`,
  );
  return rows.map((row) => ({ ...row, first: Number(row.first) }));
}
