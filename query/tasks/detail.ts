import type { Context } from '../context.ts';
import type { Message, Task, TaskDetail } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { sideOf, type Told } from '../messages/exchange.ts';
import type { NormalMessage, Side } from '../messages/normalise.ts';
import { readDetails, readTexts } from '../messages/texts.ts';
import { lean, unpack } from '../messages/value.ts';
import { readRuns } from '../runs/read.ts';
import { fill, sql } from '../sql.ts';
import { type Figure, money, orNull } from '../values.ts';
import { eventsOf, linksOf, notesOf, senderOf } from './cargo.ts';
import { withLargeValues } from './large.ts';
import { receiptOf } from './receipt.ts';
import { KNOWN, type TaskRow, toTask } from './task.ts';

const DETAIL = fill(sql('tasks/detail'), { columns: sql('tasks/columns') });

interface DetailRow extends TaskRow {
  reported_cost: Figure;
  priced_cost: Figure;
  price_id: string;
  flags: number;
  response_id: string;
  events: string;
  links: string;
  attributes: Record<string, string>;
  visible: number;
  /** Hash of the text that names the sender; 0 = none. */
  sender: string;
  inputs: string[];
  outputs: string[];
}

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/**
 * Everything that is kept of one task.
 * @throws Refusal 404 where there is none, or its run was deleted
 */
export async function readTask(context: Context, traceId: string, spanId: string): Promise<TaskDetail> {
  const [trace, span] = [traceId.toLowerCase(), spanId.toLowerCase()];
  const missing = notFound(`task ${spanId} of trace ${traceId}`);
  if (!TRACE_ID.test(trace) || !SPAN_ID.test(span)) throw missing;
  const [stored] = await context.store.query<DetailRow>(DETAIL, { project: context.project, trace, span });
  if (stored?.visible !== 1) throw missing;
  const row = await withLargeValues(context, stored);
  const [run] = await readRuns(context, [row.run], []);
  if (run?.deleted) throw missing;
  const told = await readTold(context, row);
  const task = toTask(row);
  return {
    ...task,
    ...said(task, told),
    sender: senderOf(told.sender),
    attributes: lean(row.attributes) as Record<string, string>,
    events: eventsOf(row.events),
    links: linksOf(row.links),
    receipt: receiptOf(task, {
      reported: money(row.reported_cost, (row.known & KNOWN.reportedCost) !== 0),
      priced: money(row.priced_cost, (row.known & KNOWN.pricedCost) !== 0),
      priceId: row.price_id,
    }),
    notes: notesOf(row.flags),
    responseId: orNull(row.response_id),
  };
}

type Texts = Record<Side, Told> & { sender: string | undefined };

/** The texts of a task: of both sides those on the span and those that came as log records, and who sent it. */
async function readTold(context: Context, row: DetailRow): Promise<Texts> {
  const details = (await readDetails(context, [row.trace])).filter((detail) => detail.span === row.span);
  const texts = await readTexts(context, [row.sender, ...row.inputs, ...row.outputs, ...details.map((detail) => detail.text_hash)]);
  const toText = (hash: string) => [texts.get(hash)].filter((text) => text !== undefined);
  const logged = (side: Side) =>
    details
      .filter((detail) => detail.side === side)
      .flatMap((detail) => toText(detail.text_hash).map((text) => ({ at: detail.logged, text })));
  return {
    sender: texts.get(row.sender),
    input: { own: row.inputs.flatMap(toText), details: logged('input') },
    output: { own: row.outputs.flatMap(toText), details: logged('output') },
  };
}

/** Model calls and agents speak in messages, everything else has a value that goes in and one that comes out. */
function said(task: Task, told: Texts): Pick<TaskDetail, 'input' | 'output' | 'messages' | 'outputFrom'> {
  const speaks = task.kind === 'llm' || task.kind === 'agent';
  const input = speaks ? sideOf(told.input, 'input') : [];
  const output = speaks ? sideOf(told.output, 'output') : [];
  return {
    input: task.kind === 'llm' ? null : recorded(told.input),
    output: task.kind === 'llm' ? null : recorded(told.output),
    messages: [...input.map(messageOf(task, task.startedAt, null)), ...output.map(messageOf(task, task.endedAt, task.model))],
    outputFrom: input.length,
  };
}

const messageOf =
  (task: Task, at: string | null, model: string | null) =>
  ({ role, parts }: NormalMessage): Message => ({ role, parts: [...parts], taskId: task.taskId, traceId: task.traceId, at, model });

/** One text is the value itself, several are a list; parsed where it is JSON, null where nothing was recorded. */
function recorded({ own, details }: Told): unknown {
  const values = [...own, ...details.map(({ text }) => text)].map((text) => lean(unpack(text)));
  return values.length > 1 ? values : (values[0] ?? null);
}
