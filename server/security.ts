import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { isLoopback } from './config.ts';
import { answerError } from './errors.ts';

/** Text of spans comes from anywhere and ends up in the page: nothing but our own files may run or be asked. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // The port speaks plain HTTP. Whoever puts TLS in front of it says so there.
    strictTransportSecurity: false,
  });
}

/**
 * On a loopback address only names of this machine may be in the Host header: a web page elsewhere can point its own name at 127.0.0.1
 * and would then be same-origin with us.
 */
export function hostCheck(host: string): RequestHandler {
  if (!isLoopback(host)) return (_request, _response, next) => next();
  return (request, response, next) => {
    if (isLoopback(hostName(request.headers.host))) return next();
    answerError(response, 403, 'forbidden_host', 'This server answers to localhost only.');
  };
}

/** A page of another site may not write. Programs send no Origin. */
export function originCheck(): RequestHandler {
  return (request, response, next) => {
    const { origin, host } = request.headers;
    const reads = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    if (reads || origin === undefined || sameHost(origin, host)) return next();
    answerError(response, 403, 'forbidden_origin', 'Pages of other sites may not change anything here.');
  };
}

function hostName(header: string | undefined): string {
  const name = (header ?? '').replace(/:\d*$/, '').toLowerCase();
  return name.startsWith('[') ? name.slice(1, -1) : name;
}

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
