import type { Context } from '../context.ts';
import { sql } from '../sql.ts';
import type { Side } from './normalise.ts';

const TEXTS = sql('messages/texts');
const DETAILS = sql('messages/details');

/** As many hashes as go into one statement. */
const CHUNK = 5000;

/** Stored texts by hash (decimal). A hash whose text is gone is not among them. */
export async function readTexts(context: Context, hashes: Iterable<string>): Promise<Map<string, string>> {
  const wanted = [...new Set(hashes)];
  const texts = new Map<string, string>();
  for (let i = 0; i < wanted.length; i += CHUNK) {
    const rows = await context.store.query<{ text_hash: string; body: string }>(TEXTS, {
      project: context.project,
      hashes: wanted.slice(i, i + CHUNK),
    });
    for (const row of rows) texts.set(row.text_hash, row.body);
  }
  return texts;
}

export interface DetailRow {
  span: string;
  trace: string;
  side: Side;
  /** When, in the engine's own text, and the place among the records of that instant: sorts as text. */
  logged: string;
  text_hash: string;
}

/** Messages of these traces that came as log records, oldest first. */
export function readDetails(context: Context, traces: readonly string[]): Promise<DetailRow[]> {
  return context.store.query<DetailRow>(DETAILS, { project: context.project, traces });
}
