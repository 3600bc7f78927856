import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';

/** Answers with the one shape all errors have. `code` is for programs, `message` for people. */
export function answerError(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}

/** For paths of the API that nobody serves. */
export const unknownRoute: RequestHandler = (request, response) => {
  answerError(response, 404, 'not_found', `There is no ${request.method} ${request.originalUrl.split('?')[0]}.`);
};

/** The last stop of a request that failed: the log learns everything, the caller what it can act on. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const status = clientStatus(error);
    if (status === undefined) logger.error({ err: error, method: request.method, path: request.path }, 'a request failed');
    if (response.headersSent) return next(error);
    if (status !== undefined) return answerError(response, status, 'bad_request', error instanceof Error ? error.message : 'Bad request.');
    answerError(response, 500, 'internal', 'Something went wrong. The log of the server says more.');
  };
}

/** Express and its parsers mark what the caller did wrong with a 4xx status. */
function clientStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
