import { z } from 'zod';
import { type RunSort, runSort } from '../contract/index.ts';
import { Refusal } from '../http/errors.ts';
import { parseInstant } from '../http/params.ts';

/** The place in a list after which the next page starts. */
export interface Cursor {
  readonly sort: RunSort;
  /** The engine's own text of the value sorted by, so that no precision is lost on the way. */
  readonly value: string;
  readonly runId: string;
  /** Milliseconds since 1970 as of which runs that are going are measured; only where the order depends on it. */
  readonly asOf?: number | undefined;
}

interface Order {
  /** A column or expression on totals.sql. Unknown amounts sort below every known one. */
  readonly by: string;
  readonly type: string;
  /** Whether the engine can read a text as this type. */
  readonly reads: (text: string) => boolean;
}

const STORED_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}$/;
const isTime = (text: string) => STORED_TIME.test(text) && parseInstant(`${text.replace(' ', 'T')}Z`) !== undefined;
const isInt64 = (text: string) => /^-?\d{1,19}$/.test(text) && BigInt(text) === BigInt.asIntN(64, BigInt(text));
const isMoney = (text: string) => /^-?\d{1,26}(\.\d{1,12})?$/.test(text);

/** The closed table of orders: a caller names one, and never writes one. */
export const ORDER: Record<RunSort, Order> = {
  '-startedAt': { by: 'first_start', type: "DateTime64(9, 'UTC')", reads: isTime },
  '-cost': { by: 'if(n_known_cost > 0, sum_cost, toDecimal128(-1, 12))', type: 'Decimal(38, 12)', reads: isMoney },
  '-tokens': { by: 'if(n_known_input + n_known_output > 0, sum_input + sum_output, toInt64(-1))', type: 'Int64', reads: isInt64 },
  '-durationMs': { by: 'took', type: 'Int64', reads: isInt64 },
  '-tasks': { by: 'n_tasks', type: 'Int64', reads: isInt64 },
};

/** Half a character cannot be sent to the engine. */
const HALF_CHARACTER = /\p{Surrogate}/u;
const runId = z
  .string()
  .min(1)
  .refine((id) => !HALF_CHARACTER.test(id));
/** 2105, as for instants. */
const LAST_MS = 4_291_747_200_000;
const shape = z.strictObject({ s: runSort, v: z.string(), id: runId, at: z.int().min(0).max(LAST_MS).optional() });

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify({ s: cursor.sort, v: cursor.value, id: cursor.runId, at: cursor.asOf })).toString('base64url');
}

/** @throws Refusal 400 for a cursor that we did not give out, or gave out for another order */
export function decodeCursor(text: string, sort: RunSort): Cursor {
  const parsed = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!parsed.success || !ORDER[parsed.data.s].reads(parsed.data.v)) throw new Refusal(400, 'bad_cursor', 'cursor: not one of ours');
  if (parsed.data.s !== sort) throw new Refusal(400, 'bad_cursor', `cursor: belongs to sort=${parsed.data.s}, not to ${sort}`);
  return { sort, value: parsed.data.v, runId: parsed.data.id, asOf: parsed.data.at };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rows below the cursor in the list's order. */
export function below(sort: RunSort): string {
  const { by, type } = ORDER[sort];
  return `(${by}, id) < ({afterValue:${type}}, {afterId:String})`;
}
