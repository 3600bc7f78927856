import type { Attributes, Span } from '@opentelemetry/api';
import { capturesContent } from './current.ts';
import { KINDS, type Kind } from './kinds.ts';
import { GEN_AI } from './names.ts';
import type { Outcome } from './outcome.ts';
import { present, safely } from './safely.ts';
import { type Usage, usageAttributes } from './usage.ts';

/** What a model call's answer says about itself. */
export interface TaskResponse {
  id?: string | null | undefined;
  /** The model that answered; providers may answer with another one than was asked for. */
  model?: string | null | undefined;
  finishReasons?: readonly string[] | undefined;
}

/** What `fn` has in hand while its task is under way. No call ever throws; after the task's end they do nothing. */
export interface Task {
  /** Id of the task (its span) and of the trace it is in; all zeroes while nothing records. */
  readonly taskId: string;
  readonly traceId: string;
  /** Sets the call's usage. A later call replaces the figures it names. */
  recordUsage(usage: Usage): void;
  /** The first piece of the answer is here. Streams that `fn` returns do this by themselves. */
  firstToken(): void;
  /** What goes in: text or messages for models and agents, arguments for a tool, the query for a retrieval. */
  setInput(input: unknown): void;
  /** What comes out: text or messages, a tool's result, a retrieval's documents. */
  setOutput(output: unknown): void;
  /** The model that answered. */
  setModel(model: string): void;
  setResponse(response: TaskResponse): void;
  /** Attributes of your own. */
  setAttributes(attributes: Attributes): void;
  /** Marks the task as failed although `fn` does not throw. */
  fail(error: unknown): void;
  /** Marks the task as cancelled: neither completed nor failed. */
  cancel(reason?: string): void;
}

export class OpenTask implements Task {
  readonly taskId: string;
  readonly traceId: string;
  readonly #span: Span;
  readonly #kind: Kind;
  readonly #outcome: Outcome;
  readonly #startedAt = performance.now();
  #hasFirstToken = false;

  constructor(span: Span, kind: Kind, outcome: Outcome) {
    const { traceId, spanId } = span.spanContext();
    this.taskId = spanId;
    this.traceId = traceId;
    this.#span = span;
    this.#kind = kind;
    this.#outcome = outcome;
  }

  recordUsage(usage: Usage): void {
    this.#set(() => usageAttributes(usage));
  }

  firstToken(): void {
    if (this.#hasFirstToken) return;
    this.#hasFirstToken = true;
    this.#set(() => ({ [GEN_AI.timeToFirstChunk]: (performance.now() - this.#startedAt) / 1000 }));
  }

  setInput(input: unknown): void {
    if (capturesContent()) this.#set(() => KINDS[this.#kind].input(input));
  }

  setOutput(output: unknown): void {
    if (capturesContent()) this.#set(() => KINDS[this.#kind].output(output));
  }

  setModel(model: string): void {
    this.setResponse({ model });
  }

  setResponse(response: TaskResponse): void {
    this.#set(() =>
      present({
        [GEN_AI.responseId]: response.id,
        [GEN_AI.responseModel]: response.model,
        [GEN_AI.finishReasons]: response.finishReasons && [...response.finishReasons],
      }),
    );
  }

  setAttributes(attributes: Attributes): void {
    this.#set(() => attributes);
  }

  fail(error: unknown): void {
    this.#outcome.fail(error);
  }

  cancel(reason?: string): void {
    this.#outcome.cancel(reason);
  }

  #set(attributes: () => Attributes): void {
    safely(() => this.#span.setAttributes(attributes()));
  }
}
