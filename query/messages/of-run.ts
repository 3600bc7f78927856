import type { Context } from '../context.ts';
import type { Conversation, TaskStatus } from '../contract/index.ts';
import { groupBy } from '../group.ts';
import { notFound } from '../http/errors.ts';
import { findAnnounced, findRow } from '../runs/detail.ts';
import { readLive } from '../runs/read.ts';
import { sql } from '../sql.ts';
import { ofRun } from '../tasks/list.ts';
import { type Figure, instant, nanos, orNull, storedTime } from '../values.ts';
import { type Call, conversation } from './conversation.ts';
import { sideOf } from './exchange.ts';
import type { NormalMessage, Side } from './normalise.ts';
import { tellers } from './tellers.ts';
import { readDetails, readTexts } from './texts.ts';

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
  const details = groupBy(await readDetails(context, run.trace_ids), spanKey);
  const detailsOf = (row: CallRow, side: Side) => (details.get(spanKey(row)) ?? []).filter((detail) => detail.side === side);
  const candidates = rows.slice(0, MOST_CALLS).map((row) => ({
    ...row,
    texts: { input: row.inputs.length + detailsOf(row, 'input').length, output: row.outputs.length + detailsOf(row, 'output').length },
  }));
  const telling = tellers(candidates);
  const logged = telling.flatMap(({ span }) => details.get(spanKey(span)) ?? []);
  const texts = await readTexts(context, [
    ...telling.flatMap(({ span }) => [...span.inputs, ...span.outputs]),
    ...logged.map((detail) => detail.text_hash),
  ]);
  const said = (row: CallRow, side: Side): NormalMessage[] => {
    const own = (side === 'input' ? row.inputs : row.outputs).flatMap((hash) => texts.get(hash) ?? []);
    const records = detailsOf(row, side).map((detail) => ({ at: detail.logged, text: texts.get(detail.text_hash) ?? '' }));
    return sideOf({ own, details: records }, side);
  };
  const calls = telling.map(
    ({ span, sides }): Call => ({
      ...callOf(span),
      input: sides.includes('input') ? said(span, 'input') : [],
      output: sides.includes('output') ? said(span, 'output') : [],
    }),
  );
  return { runId: run.id, messages: conversation(calls), ...(rows.length > MOST_CALLS ? { truncated: true } : {}) };
}

function callOf(row: CallRow): Omit<Call, 'input' | 'output'> {
  const end = nanos(row.started) + BigInt(row.duration_ns);
  return {
    taskId: row.span,
    traceId: row.trace,
    startedAt: instant(row.started),
    endedAt: row.status === 'running' ? null : instant(storedTime(end)),
    model: orNull(row.model || row.request_model),
  };
}

const spanKey = (row: { trace: string; span: string }) => `${row.trace}:${row.span}`;

async function announcedOnly(context: Context, id: string): Promise<Conversation> {
  const run = findAnnounced(await readLive(context), id);
  if (!run) throw notFound(`run ${id}`);
  return { runId: run.runId, messages: [] };
}
