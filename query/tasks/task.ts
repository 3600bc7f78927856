import type { Kind, Tokens } from '../contract/index.ts';
import { type NotCountedBecause, notCountedBecause, type Task, type TaskStatus } from '../contract/index.ts';
import { type Figure, instant, milliseconds, money, nanos, orNull, storedTime } from '../values.ts';

/** A row of columns.sql. */
export interface TaskRow {
  span: string;
  parent: string;
  trace: string;
  run: string;
  kind: Kind;
  status: TaskStatus;
  name: string;
  started: string;
  duration_ns: Figure;
  ttft_ns: Figure;
  model: string;
  request_model: string;
  provider: string;
  known: number;
  counted: number;
  not_counted: string;
  error_type: string;
  error_message: string;
  cost: Figure;
  input_tokens: Figure;
  output_tokens: Figure;
  cache_read_tokens: Figure;
  cache_write_tokens: Figure;
  reasoning_tokens: Figure;
}

/** Bits of `known`: what the sender reported, or we could price. A bit that is not set makes the figure unknown, never zero. */
export const KNOWN = { input: 1, output: 2, cacheRead: 4, cacheWrite: 8, reasoning: 16, reportedCost: 32, pricedCost: 64 } as const;

const NO_PARENT = '0000000000000000';

export function toTask(row: TaskRow): Task {
  const running = row.status === 'running';
  const duration = BigInt(row.duration_ns);
  return {
    taskId: row.span,
    parentTaskId: row.parent === NO_PARENT ? null : row.parent,
    traceId: row.trace,
    runId: row.run,
    kind: row.kind,
    name: row.name,
    status: row.status,
    startedAt: instant(row.started),
    endedAt: running ? null : instant(storedTime(nanos(row.started) + duration)),
    durationMs: milliseconds(duration),
    ttftMs: Number(row.ttft_ns) > 0 ? milliseconds(BigInt(row.ttft_ns)) : null,
    model: orNull(row.model),
    requestModel: orNull(row.request_model),
    provider: orNull(row.provider),
    tokens: taskTokens(row),
    cost: money(row.cost, (row.known & (KNOWN.reportedCost | KNOWN.pricedCost)) !== 0),
    counted: row.counted === 1,
    notCountedBecause: whyNotCounted(row),
    error: taskError(row),
  };
}

function taskTokens(row: TaskRow): Tokens {
  const known = (bit: number, figure: Figure) => ((row.known & bit) !== 0 ? Number(figure) : null);
  const input = known(KNOWN.input, row.input_tokens);
  const output = known(KNOWN.output, row.output_tokens);
  return {
    input,
    output,
    cacheRead: known(KNOWN.cacheRead, row.cache_read_tokens),
    cacheWrite: known(KNOWN.cacheWrite, row.cache_write_tokens),
    reasoning: known(KNOWN.reasoning, row.reasoning_tokens),
    total: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
  };
}

function whyNotCounted(row: TaskRow): NotCountedBecause | null {
  if (row.counted === 1) return null;
  return notCountedBecause.safeParse(row.not_counted).data ?? 'not_a_model_call';
}

function taskError(row: TaskRow): Task['error'] {
  if (row.status !== 'failed' && row.error_type === '' && row.error_message === '') return null;
  return { type: orNull(row.error_type), message: row.error_message };
}
