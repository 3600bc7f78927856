import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Router } from 'express';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Store } from '../schema/index.ts';

/** What the probes ask. Parts appear while the server starts. */
export interface Health {
  store?: Store;
  ingest?: { ready(): boolean; metrics(): Promise<string> };
  stopping: boolean;
}

const STORE_SECONDS = 2;
const LOOP_RESOLUTION_MS = 10;

/** /healthz: the process answers. /readyz: what was accepted before is loaded, and the store answers. /metrics: Prometheus text. */
export function healthRoutes(health: Health): Router {
  const router = Router();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchEventLoop(registry);
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

/** How long the thread that serves HTTP was held up at most since the metrics were last read, beyond the timer that measures it. */
function watchEventLoop(registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  new Gauge({
    name: 'airuns_event_loop_max_seconds',
    help: 'Longest time the HTTP thread was blocked since the last reading',
    registers: [registry],
    collect() {
      this.set(Math.max(0, delay.max / 1e9 - LOOP_RESOLUTION_MS / 1e3));
      delay.reset();
    },
  });
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
