import type { Kind, NotCountedBecause, Task } from '../../../query/contract/index.ts';
import { picoOrNull } from '../format/money.ts';

export interface ModelLine {
  model: string;
  kind: Kind;
  provider: string;
  calls: number;
  input: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  output: number | null;
  total: number | null;
  /** Sum of the calls whose cost is known; null when none is. */
  cost: bigint | null;
  unknownCalls: number;
}

export interface ModelBill {
  lines: ModelLine[];
  calls: number;
  /** null when no call has a known cost. */
  cost: bigint | null;
  unknownCalls: number;
}

function add(a: number | null, b: number | null): number | null;
function add(a: bigint | null, b: bigint | null): bigint | null;
/** A sum of what is known; null while nothing is. */
function add(a: number | bigint | null, b: number | bigint | null): number | bigint | null {
  if (a === null || b === null) return a ?? b;
  return typeof a === 'bigint' ? a + BigInt(b) : a + Number(b);
}

/** Lines of a bill that is still being added up, by model and provider. */
export type OpenBill = Map<string, ModelLine>;

/** Adds the counted calls among these tasks to a bill. */
export function enter(lines: OpenBill, tasks: readonly Task[]): void {
  for (const task of tasks) {
    if (!task.counted) continue;
    const model = task.model ?? task.requestModel ?? task.name;
    const key = `${model}/${task.provider ?? ''}`;
    const cost = picoOrNull(task.cost);
    const line = lines.get(key) ?? emptyLine(model, task);
    const { tokens } = task;
    lines.set(key, {
      ...line,
      calls: line.calls + 1,
      input: add(line.input, tokens.input),
      cacheRead: add(line.cacheRead, tokens.cacheRead),
      cacheWrite: add(line.cacheWrite, tokens.cacheWrite),
      output: add(line.output, tokens.output),
      total: add(line.total, tokens.total),
      cost: add(line.cost, cost),
      unknownCalls: line.unknownCalls + (cost === null ? 1 : 0),
    });
  }
}

/** The counted calls of a run, added up by model, dearest first. */
export function billOf(tasks: readonly Task[]): ModelBill {
  const lines: OpenBill = new Map();
  enter(lines, tasks);
  return closed(lines);
}

/** A bill with its sum. */
export function closed(lines: OpenBill): ModelBill {
  const sorted = [...lines.values()].sort((a, b) => ((b.cost ?? -1n) > (a.cost ?? -1n) ? 1 : -1));
  return {
    lines: sorted,
    calls: sorted.reduce((sum, { calls }) => sum + calls, 0),
    cost: sorted.reduce<bigint | null>((sum, { cost }) => add(sum, cost), null),
    unknownCalls: sorted.reduce((sum, { unknownCalls }) => sum + unknownCalls, 0),
  };
}

function emptyLine(model: string, { kind, provider }: Task): ModelLine {
  return {
    model,
    kind,
    provider: provider ?? '',
    calls: 0,
    input: null,
    cacheRead: null,
    cacheWrite: null,
    output: null,
    total: null,
    cost: null,
    unknownCalls: 0,
  };
}

/** Why a span that reported usage was not counted, in a sentence. */
export const NOT_COUNTED: Record<NotCountedBecause, string> = {
  not_a_model_call: 'It is not a model call, so its usage is not booked.',
  same_call_inner: 'A span inside it is the same call, and that one is booked.',
  same_call_outer: 'The span around it is the same call, and that one is booked.',
  same_response_id: 'Another span has the same response id, and that one is booked.',
  usage_below: 'The calls below it report the same usage, and they are booked.',
  aggregated_by_sender: 'It is a sum of other calls that the sender made.',
  marker: 'It is a sign of life of the run, not a call.',
};

/** Spans that reported usage and are not in the books, because it would be there twice. */
export function uncounted(tasks: readonly Task[]): Task[] {
  return tasks.filter(({ counted, tokens, cost }) => !counted && (tokens.total !== null || cost !== null));
}
