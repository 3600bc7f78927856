import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Store, StoreError } from './store.ts';

/** A part on this machine's disk whose bytes are not those that were written. */
export interface TornPart {
  readonly table: string;
  readonly name: string;
  readonly path: string;
}

const MAX_SECONDS = 3600;

/**
 * Reads the parts that were written since `since` (milliseconds since 1970) and finds those whose checksums differ. The engine itself looks
 * only at the length of files when it starts, and a power cut may leave zeros.
 */
export async function findTornParts(store: Store, since: number): Promise<TornPart[]> {
  const fresh = await store.query<TornPart>(
    `SELECT table, name, path FROM system.parts
     WHERE database = currentDatabase() AND active AND toUnixTimestamp(modification_time) >= {since:UInt64} ORDER BY table, name`,
    { since: Math.floor(since / 1000) },
  );
  const torn: TornPart[] = [];
  for (const part of fresh) if (!(await isWhole(store, part))) torn.push(part);
  return torn;
}

async function isWhole(store: Store, { table, name }: TornPart): Promise<boolean> {
  try {
    const sql = `CHECK TABLE ${table} PART '${name}' SETTINGS check_query_single_value_result = 0`;
    const rows = await store.query<{ is_passed: number }>(sql, {}, { maxSeconds: MAX_SECONDS });
    return rows.every((row) => row.is_passed === 1);
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'refused') return false;
    throw error;
  }
}

/**
 * Puts parts beside their tables, as the engine does with those it cannot read at a start, and lets it look for what they were merged from:
 * that is still there for some minutes after a merge. Nothing may use the tables meanwhile.
 */
export async function putBeside(store: Store, parts: readonly TornPart[]): Promise<void> {
  for (const table of new Set(parts.map((part) => part.table))) {
    await store.command(`DETACH TABLE ${table} SYNC`);
    try {
      for (const { name, path } of parts.filter((part) => part.table === table)) {
        const folder = path.replace(/\/$/, '');
        await rename(folder, join(dirname(folder), 'detached', `broken-on-start_${name}`));
      }
    } finally {
      await store.command(`ATTACH TABLE ${table}`);
    }
  }
}
