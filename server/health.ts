import { Router } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Store } from '../schema/index.ts';

/** What the probes ask. Parts appear while the server starts. */
export interface Health {
  store?: Store;
  ingest?: { ready(): boolean; metrics(): Promise<string> };
  stopping: boolean;
}

const STORE_SECONDS = 2;

/** /healthz: the process answers. /readyz: what was accepted before is loaded, and the store answers. /metrics: Prometheus text. */
export function healthRoutes(health: Health): Router {
  const router = Router();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'up' });
  });
  router.get('/readyz', async (_request, response) => {
    const why = await notReady(health);
    response.status(why ? 503 : 200).json(why ? { status: 'not ready', why } : { status: 'ready' });
  });
  router.get('/metrics', async (_request, response) => {
    const parts = [await registry.metrics(), (await health.ingest?.metrics()) ?? ''];
    response.type(registry.contentType).send(parts.join('\n'));
  });
  return router;
}

async function notReady({ store, ingest, stopping }: Health): Promise<string | undefined> {
  if (stopping) return 'stopping';
  if (!store || !ingest?.ready()) return 'starting';
  try {
    await store.query('SELECT 1', {}, { maxSeconds: STORE_SECONDS });
    return undefined;
  } catch {
    return 'the store does not answer';
  }
}
