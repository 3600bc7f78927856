import type { Context } from '../context.ts';
import type { Conversation, TaskStatus } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { findRow } from '../runs/detail.ts';
import { readLive } from '../runs/read.ts';
import { sql } from '../sql.ts';
import { ofRun } from '../tasks/list.ts';
import { type Figure, instant, nanos, orNull, storedTime } from '../values.ts';
import { type Call, conversation } from './conversation.ts';
import { sideOf } from './exchange.ts';
import type { Side } from './normalise.ts';
import { type DetailRow, readDetails, readTexts } from './texts.ts';

const CALLS = sql('messages/calls');

/** Calls that one conversation is made of. Beyond it nobody reads on, and no answer could hold it. */
const MOST_CALLS = 10_000;

interface CallRow {
  span: string;
  trace: string;
  started: string;
  duration_ns: Figure;
  status: TaskStatus;
  kind: string;
  counted: number;
  model: string;
  request_model: string;
  inputs: string[];
  outputs: string[];
}

/**
 * The conversation of a run, from its first turn to its last.
 * @throws Refusal 404 where there is no such run
 */
export async function readConversation(context: Context, id: string): Promise<Conversation> {
  const run = await findRow(context, id);
  if (!run) return announcedOnly(context, id);
  const rows = await context.store.query<CallRow>(CALLS, { ...ofRun(context, run), calls: MOST_CALLS + 1 });
  const details = detailsBySpan(await readDetails(context, run.trace_ids));
  const telling = tellers(
    rows.slice(0, MOST_CALLS),
    (row) => row.inputs.length + row.outputs.length + (details.get(spanKey(row))?.length ?? 0) > 0,
  );
  const hashes = telling.flatMap((row) => [...row.inputs, ...row.outputs, ...(details.get(spanKey(row)) ?? []).map((d) => d.text_hash)]);
  const texts = await readTexts(context, hashes);
  const toText = (hash: string) => texts.get(hash) ?? [];
  const calls = telling.map((row): Call => {
    const said = (side: Side, own: readonly string[]) => {
      const logged = (details.get(spanKey(row)) ?? []).filter((detail) => detail.side === side).map((detail) => detail.text_hash);
      return sideOf({ own: own.flatMap(toText), details: logged.flatMap(toText) }, side);
    };
    return {
      taskId: row.span,
      traceId: row.trace,
      startedAt: instant(row.started),
      endedAt: row.status === 'running' ? null : instant(storedTime(nanos(row.started) + BigInt(row.duration_ns))),
      model: orNull(row.model || row.request_model),
      input: said('input', row.inputs),
      output: said('output', row.outputs),
    };
  });
  return { runId: run.id, messages: conversation(calls), ...(rows.length > MOST_CALLS ? { truncated: true } : {}) };
}

/**
 * The calls that tell the conversation: the counted ones. Where one call was seen twice the counted span may carry no text and its twin
 * all of it, so a trace whose counted calls tell nothing is told by the others.
 */
function tellers<R extends { trace: string; counted: number }>(rows: readonly R[], tells: (row: R) => boolean): R[] {
  const telling = rows.filter(tells);
  const told = new Set(telling.filter((row) => row.counted === 1).map((row) => row.trace));
  return telling.filter((row) => row.counted === 1 || !told.has(row.trace));
}

const spanKey = (row: { trace: string; span: string }) => `${row.trace}:${row.span}`;

export function detailsBySpan(rows: readonly DetailRow[]): Map<string, DetailRow[]> {
  const bySpan = new Map<string, DetailRow[]>();
  for (const row of rows) if (!bySpan.get(spanKey(row))?.push(row)) bySpan.set(spanKey(row), [row]);
  return bySpan;
}

async function announcedOnly(context: Context, id: string): Promise<Conversation> {
  const { unbooked } = await readLive(context);
  const run = unbooked.find((one) => one.runId === id || one.traceId === id);
  if (!run) throw notFound(`run ${id}`);
  return { runId: run.runId, messages: [] };
}
