import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { StoreError, type StoreFailure } from '../../schema/store.ts';

/** A refusal with its reason, turned into `{error: {code, message, details}}` by {@link answerErrors}. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

export const notFound = (what: string) => new Refusal(404, 'not_found', `${what} was not found`);

const RETRY_AFTER_SECONDS = 2;
const STORE_STATUS: Record<StoreFailure, { status: number; code: string; message: string }> = {
  unavailable: { status: 503, code: 'unavailable', message: 'the store is not available, try again' },
  overloaded: { status: 503, code: 'overloaded', message: 'the store is busy, try again' },
  closed: { status: 503, code: 'unavailable', message: 'the service is shutting down' },
  timeout: { status: 504, code: 'timeout', message: 'the question took too long; narrow the range or the filters' },
  refused: { status: 500, code: 'internal', message: 'the question could not be answered' },
};

/** The one place where failures become answers. Nobody sees a stack or the store's own words. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const answer = describe(error);
    if (answer.status >= 500) logger.error({ err: error, method: request.method, path: request.path }, 'a question failed');
    if (answer.status === 503) response.set('Retry-After', String(RETRY_AFTER_SECONDS));
    const { code, message, details } = answer;
    response.status(answer.status).json({ error: details === undefined ? { code, message } : { code, message, details } });
  };
}

function describe(error: unknown): { status: number; code: string; message: string; details?: unknown } {
  if (error instanceof Refusal) return error;
  if (error instanceof StoreError) return STORE_STATUS[error.reason];
  if (isBodyError(error)) return { status: error.status, code: 'bad_request', message: error.message };
  return { status: 500, code: 'internal', message: 'something went wrong' };
}

/** What express's own parsers throw: malformed JSON, a body too large, a path that does not decode. */
function isBodyError(error: unknown): error is { status: number; message: string } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}
