import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import compression from 'compression';
import express, { type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { answerError, errorHandler, unknownRoute } from './errors.ts';
import { hostCheck, originCheck, securityHeaders } from './security.ts';

/** How long requests under way may take once the server stops. */
const GRACE_MS = 5_000;
const RETRY_AFTER_S = 1;
/**
 * A sender that trickles gives its place up, and so does one that connects and says nothing; one that comes back every few seconds keeps its
 * connection. More connections than this would take the file descriptors that the database needs.
 */
const LIMITS = { headersTimeout: 20_000, requestTimeout: 45_000, keepAliveTimeout: 65_000, maxConnections: 10_000 };
const CHECK_MS = 5_000;

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  /** Answered from the first moment on. */
  readonly health: RequestHandler;
}

/** A port that is open at once and serves once it is told what: until then senders hear "come back", not "nobody here". */
export interface Http {
  /** How this process reaches itself, e.g. http://127.0.0.1:4318. */
  readonly url: string;
  /** Starts to serve, in this order: `fast` routes without the costs of a browser's needs, then the API, then the page. */
  serve(routes: { fast: RequestHandler; api: readonly RequestHandler[]; page: RequestHandler }): void;
  /** Takes no new connection, lets requests under way end (5 s at most) and closes. */
  close(): Promise<void>;
}

/** Rejects with an Error whose `code` is EADDRINUSE, EACCES ... */
export async function listen({ host, port, logger, health }: HttpOptions): Promise<Http> {
  const routes = Router();
  const app = express();
  app.disable('x-powered-by');
  app.use(hostCheck(host), health, routes, notYet, errorHandler(logger));
  const server = createServer({ connectionsCheckingInterval: CHECK_MS }, app);
  const open = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  Object.assign(server, LIMITS);
  await listening(server, port, host);
  return {
    url: ownUrl(server.address() as AddressInfo),
    serve: ({ fast, api, page }) => {
      routes.use(originCheck(), fast);
      routes.use(securityHeaders(), compress(), requestLog(logger));
      routes.use(...api);
      routes.use(['/api', '/v1'], unknownRoute);
      routes.use(page, unknownRoute);
    },
    close: () => close(server, open),
  };
}

const notYet: RequestHandler = (_request, response) => {
  response.set('Retry-After', String(RETRY_AFTER_S));
  answerError(response, 503, 'unavailable', 'The server is starting.');
};

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A wildcard address is no address to connect to. */
function ownUrl({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** An event stream must reach the page event by event. */
function compress(): RequestHandler {
  return compression({ filter: (request, response) => !isEventStream(response) && compression.filter(request, response) });
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

/** Neither bodies nor secrets: prompts and answers are in the database, and only there. */
function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    redact: ['req.headers.authorization', 'req.headers.cookie'],
    serializers: {
      req: (request: { id: unknown; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url.split('?')[0],
      }),
    },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'debug'),
  });
}

function close(server: Server, open: ReadonlySet<ServerResponse>): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    // These never end by themselves.
    for (const response of open) if (isEventStream(response)) response.end();
    server.closeIdleConnections();
  });
}
