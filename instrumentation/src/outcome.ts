import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Watcher } from './follow.ts';
import { ERROR_TYPE, HTTP_STATUS, RUN } from './names.ts';
import { present, safely } from './safely.ts';

/** How a span ends: completed, failed or cancelled. The first verdict stands, and it ends once. */
export class Outcome implements Watcher {
  readonly #span: Span;
  readonly #onEnd: () => void;
  readonly #onChunk: () => void;
  #verdict: 'failed' | 'cancelled' | undefined;
  #ended = false;

  constructor(span: Span, on: { end?: () => void; chunk?: () => void } = {}) {
    this.#span = span;
    this.#onEnd = on.end ?? (() => {});
    this.#onChunk = on.chunk ?? (() => {});
  }

  fail(error: unknown): void {
    if (this.#verdict) return;
    this.#verdict = 'failed';
    safely(() => {
      const message = messageOf(error);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
      this.#span.setAttributes(present({ [ERROR_TYPE]: typeOf(error), [HTTP_STATUS]: statusOf(error) }));
      this.#span.recordException(error instanceof Error ? error : message);
    });
  }

  /** Cancelled is no failure: the status stays unset, and an error thrown on the way out is not recorded as one. */
  cancel(reason?: string): void {
    if (this.#verdict) return;
    this.#verdict = 'cancelled';
    safely(() => {
      this.#span.setAttribute(RUN.status, 'cancelled');
      this.#span.addEvent('airuns.cancelled', present({ reason }));
    });
  }

  done(): void {
    if (this.#ended) return;
    this.#ended = true;
    safely(this.#onEnd);
    safely(() => this.#span.end());
  }

  failed(error: unknown): void {
    if (this.#ended) return;
    if (isAbort(error)) this.cancel(messageOf(error));
    else this.fail(error);
    this.done();
  }

  closed(): void {
    if (this.#ended) return;
    this.cancel('the stream was closed before its end');
    this.done();
  }

  chunk(): void {
    this.#onChunk();
  }
}

/** What `AbortController` throws, and the official OpenAI and Anthropic clients' own version of it. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.constructor.name === 'APIUserAbortError');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : (safely(() => String(error)) ?? 'unknown error');
}

/** Many SDKs leave `name` at "Error" and say what it is with the class. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? 'Error' : typeof error;
  return error.name === 'Error' ? error.constructor.name : error.name;
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null | undefined)?.status;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}
