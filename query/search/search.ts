import type { Context } from '../context.ts';
import type { RunFilters } from '../http/params.ts';
import { fill, sql } from '../sql.ts';
import { type Figure, nanos, storedTime } from '../values.ts';

const HOLDS = sql('search/holds').trim();
const COUNT_FEW = fill(sql('search/few'), { holds: HOLDS });
const HASHES = fill(sql('search/hashes'), { holds: HOLDS });
const BY_INDEX = sql('search/by-index');
const BY_RANGE = fill(sql('search/by-range'), { holds: HOLDS });

/** Up to so many texts are looked up one by one, wherever in time they are. */
const FEW = 200;
/** Texts that one search follows. */
const MOST_TEXTS = 500_000;
/** Runs that one search names. */
const MOST_RUNS = 10_000;
/** Words in so many texts that they are not looked up one by one are sought in this many days where no range is given. */
const DAYS = 30n;
const DAY_NS = 86_400_000_000_000n;

/** Filters with what is known of the words in `q`. */
export interface Searched extends RunFilters {
  /** Runs that hold all the words of `q` in one text of theirs. */
  readonly found?: readonly string[] | undefined;
}

/** The words of a text as the index knows them: letters of ASCII and digits in small letters, and whatever is not ASCII. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[a-z0-9\u0080-\u{10ffff}]+/gu) ?? [])];
}

/**
 * The filters with the runs that hold the words of `q` in a text that was sent or answered. `cut`: there may be more of them, because the
 * words are in very many texts, or because no range was given and they are in too many texts for all time.
 */
export async function search<F extends RunFilters>(context: Context, filters: F): Promise<{ filters: F & Searched; cut: boolean }> {
  const words = filters.q === undefined ? [] : wordsOf(filters.q);
  if (words.length === 0) return { filters, cut: false };
  const from = filters.from === undefined ? 0n : nanos(filters.from);
  const asked = { project: context.project, words };
  const [row] = await context.store.query<{ n: Figure }>(COUNT_FEW, { ...asked, month: monthOf(from), few: FEW + 1 });
  const few = Number(row?.n ?? 0);
  if (few === 0) return { filters: { ...filters, found: [] }, cut: false };
  const ids = few <= FEW ? await byIndex(context, asked, monthOf(from)) : await byRange(context, asked, from);
  const unbounded = few > FEW && filters.from === undefined;
  return { filters: { ...filters, found: ids }, cut: unbounded || ids.length >= MOST_RUNS };
}

type Asked = { project: string; words: readonly string[] };

async function byIndex(context: Context, asked: Asked, month: string): Promise<string[]> {
  const hashes = await context.store.query<{ text_hash: string }>(HASHES, { ...asked, month });
  const bound = { project: asked.project, hashes: hashes.map((row) => row.text_hash), most: MOST_RUNS };
  return (await context.store.query<{ id: string }>(BY_INDEX, bound)).map((row) => row.id);
}

async function byRange(context: Context, asked: Asked, from: bigint): Promise<string[]> {
  const since = from === 0n ? BigInt(context.now()) * 1_000_000n - DAYS * DAY_NS : from;
  const bound = { ...asked, month: monthOf(since), since: storedTime(since), texts: MOST_TEXTS, most: MOST_RUNS };
  return (await context.store.query<{ id: string }>(BY_RANGE, bound)).map((row) => row.id);
}

/** The first month in which a text of a task that started then can be stored: that of booking, a day's disagreement of clocks allowed for. */
function monthOf(from: bigint): string {
  const ns = from > DAY_NS ? from - DAY_NS : 0n;
  return `${storedTime(ns).slice(0, 7)}-01`;
}
