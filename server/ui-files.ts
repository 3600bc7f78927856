import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';
import { unknownRoute } from './errors.ts';

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>AI Runs</title>
<h1>The page is not built yet</h1><p>The server runs and takes OpenTelemetry data. For the page: <code>npm run build</code>, then reload.</p>`;

/**
 * The page in `directory`: hashed assets may be cached for ever, every other path that a browser navigates to gets index.html, asked anew
 * each time. A build that appears later is served without a restart.
 */
export function uiFiles(directory: string): Router {
  const router = Router();
  router.use('/assets', express.static(join(directory, 'assets'), { immutable: true, maxAge: '1y' }), unknownRoute);
  router.use(express.static(directory, { index: false, cacheControl: true, maxAge: 0 }));
  router.get('/{*path}', (request, response, next) => {
    if (!request.accepts('html')) return next();
    response.set('Cache-Control', 'no-cache');
    if (!existsSync(join(directory, 'index.html'))) return void response.type('html').send(NOT_BUILT);
    response.sendFile('index.html', { root: directory });
  });
  return router;
}
